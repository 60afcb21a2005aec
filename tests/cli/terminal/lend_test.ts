/** What has the terminal while a command runs: the prompt, or another program. */
import { assertEquals } from "@std/assert";
import { KEYS, Terminal, terminalTest } from "../screen.ts";

terminalTest("!command has the keys and the screen until it ends", async () => {
  await using terminal = Terminal.open();
  await terminal.sees("> ");
  await terminal.type('!echo ready; read word; echo "got $word"; exit 3\r');
  await terminal.until("ready\n");
  await terminal.type("tea\r");
  await terminal.until("got tea\nexit 3\n> ");
  await terminal.ask("poll", "no tasks\n");
});

terminalTest("Ctrl-C is for the program that has the terminal", async () => {
  await using terminal = Terminal.open();
  await terminal.sees("> ");
  await terminal.type(
    "!trap 'echo caught; exit 0' INT; echo ready; while :; do sleep 0.01; done\r",
  );
  await terminal.until("ready\n");
  await terminal.type(KEYS.ctrlC);
  await terminal.until("caught\n> ");
  await terminal.ask("poll", "no tasks\n");
});

terminalTest(
  "a task that ends is told of when the terminal is back",
  async () => {
    await using terminal = Terminal.open();
    await terminal.sees("> ");
    await terminal.ask("submit sleep 0.1 tea", "#1 sleep 0.1 tea\n");
    await terminal.type("!echo ready; read _; echo done\r");
    await terminal.until("ready\n");
    await terminal.type("\r");
    const lines = await terminal.until("succeeded");
    const at = lines.indexOf("done");
    assertEquals(
      lines[at + 1]?.startsWith("#1 sleep 0.1 tea  succeeded"),
      true,
    );
  },
);

terminalTest("clear leaves the prompt alone on the screen", async () => {
  await using terminal = Terminal.open({ columns: 40, rows: 12 });
  await terminal.sees("> ");
  await terminal.ask("poll", "no tasks\n");
  await terminal.type("clear\r");
  await terminal.until((lines) =>
    lines[0] === "> " && lines.slice(1).every((line) => line === "")
  );
});
