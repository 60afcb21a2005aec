/** Replies that leave the terminal: into a file, a pager, a shell command. */
import { assertEquals } from "@std/assert";
import { KEYS, Terminal, terminalTest } from "../screen.ts";

/** What a program writes last may not end its line: the prompt has its own. */
function promptAfter(last: string): (lines: readonly string[]) => boolean {
  return (lines) =>
    lines.some((line, row) =>
      line.trimEnd() === last && lines[row + 1] === "> "
    );
}

terminalTest(
  "a pager after | has the keys and the screen, and gives both back",
  async () => {
    await using terminal = Terminal.open({ env: { LESS: "" } });
    await terminal.sees("> ");
    await terminal.ask(
      "run Array.from({ length: 90 }, (_, n) => `row ${n}`).join('\\n')",
      "succeeded",
    );
    await terminal.type("result 1 --raw | less\r");
    await terminal.until((lines) => lines[0] === "row 0");
    await terminal.type("G");
    await terminal.until("row 89");
    await terminal.type("q");
    await terminal.until("less\n> ");
    await terminal.ask("poll", "90");
    await terminal.type("quit\r");
    assertEquals((await terminal.ends()).code, 0);
  },
);

terminalTest("--page opens a long value whole in $PAGER", async () => {
  await using terminal = Terminal.open({ env: { PAGER: "wc -c" } });
  await terminal.sees("> ");
  await terminal.ask("run 'x'.repeat(50_000)", "succeeded");
  await terminal.type("result 1 --page\r");
  await terminal.until("50001\n> ");
  await terminal.type("result 1 --raw | tail -c 3\r");
  await terminal.until(promptAfter("xxx"));
});

terminalTest(
  "Ctrl-C ends the command after |, and not the prompt",
  async () => {
    await using terminal = Terminal.open();
    await terminal.sees("> ");
    await terminal.ask("submit sleep 60", "#1 sleep");
    await terminal.type("poll | (cat; echo ready; sleep 60)\r");
    await terminal.until("ready\n");
    await terminal.type(KEYS.ctrlC);
    await terminal.until(promptAfter("^C"));
    await terminal.ask("poll 1", "running");
    await terminal.ask("cancel 1", "cancelled\n");
  },
);

terminalTest(
  "a task that ends while a command has the terminal is told of after",
  async () => {
    await using terminal = Terminal.open();
    await terminal.sees("> ");
    await terminal.ask("submit sleep 0.3 tea", "#1 sleep");
    await terminal.type("poll | (cat >/dev/null; sleep 0.8; echo done)\r");
    const lines = await terminal.until("succeeded");
    const at = lines.indexOf("done");
    assertEquals(lines[at + 1]?.startsWith("#1 sleep"), true, `${terminal}`);
  },
);

terminalTest(
  "what was collected stays readable until it is forgotten",
  async () => {
    await using terminal = Terminal.open();
    await terminal.sees("> ");
    await terminal.ask(
      "run console.log('written'), 'x'.repeat(999) + 'end'",
      "succeeded",
    );
    await terminal.ask("collect", "characters in all\n");
    await terminal.ask("collect", "nothing to collect\n");
    await terminal.ask("poll", "no tasks\n");
    await terminal.ask("poll 1", "succeeded");
    await terminal.ask("result 1", "xend\n");
    await terminal.ask("logs 1", "written\n");
    await terminal.ask("forget 1", "forgot #1");
    await terminal.ask("result 1", "no task #1 here\n");
  },
);

terminalTest("quit asks once if a result was not collected", async () => {
  await using terminal = Terminal.open();
  await terminal.sees("> ");
  await terminal.ask("run 'x'.repeat(999)", "succeeded");
  await terminal.ask("quit", "1 result was not collected: #1");
  await terminal.ask("collect", "characters in all\n");
  await terminal.type("quit\r");
  assertEquals((await terminal.ends()).code, 0);
});

terminalTest("quit does not ask for a value that was shown whole", async () => {
  await using terminal = Terminal.open();
  await terminal.sees("> ");
  await terminal.ask("run 6 * 7", "→ 42");
  await terminal.type(KEYS.ctrlD);
  assertEquals((await terminal.ends()).code, 0);
});

terminalTest("the history says when it drops what was collected", async () => {
  await using terminal = Terminal.open({ args: ["--history", "2"] });
  await terminal.sees("> ");
  for (const [n, id] of ["#1", "#2", "#3"].entries()) {
    const dropped = "the history is full: #1 is forgotten";
    if (n === 2) await terminal.ask(`run ${n}`, dropped);
    else await terminal.ask(`run ${n}`, `→ ${n}\n`);
    await terminal.ask("collect", `${id} ${n}  `);
  }
  await terminal.ask("result 1", "no task #1 here\n");
  await terminal.ask("result 2", "1\n");
});
