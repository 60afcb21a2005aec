/** Keys in, screen out: what is typed, pasted, remembered and completed. */
import { assert, assertEquals } from "@std/assert";
import { KEYS, Terminal, terminalTest } from "../screen.ts";

const CTRL_R = "\x12";

function paste(text: string): string {
  return `\x1b[200~${text}\x1b[201~`;
}

/** The last lines that are not empty. */
function bottom(lines: readonly string[], count: number): string[] {
  return lines.slice(0, lines.findLastIndex((line) => line !== "") + 1)
    .slice(-count);
}

terminalTest("a pasted block is one input, and waits for Enter", async () => {
  await using terminal = Terminal.open();
  await terminal.sees("> ");
  await terminal.type(
    paste("run const f = (n) => {\n  return n * 7;\n}\nf(6)\n"),
  );
  const lines = await terminal.until("… f(6)");
  assertEquals(bottom(lines, 4), [
    "> run const f = (n) => {",
    "…   return n * 7;",
    "… }",
    "… f(6)",
  ]);
  await terminal.type(KEYS.enter);
  await terminal.until("succeeded");
  await terminal.ask("result 1", "\n42\n");
});

terminalTest(
  "the commands of a pasted block are each shown above their replies",
  async () => {
    await using terminal = Terminal.open();
    await terminal.sees("> ");
    await terminal.type(
      paste("submit sleep 60 tea\r\ncancel 1\r\n") + KEYS.enter,
    );
    const lines = await terminal.until("cancelled");
    assert(lines.join("\n").includes("> submit sleep 60 tea\n#1 sleep"));
    assert(lines.join("\n").includes("> cancel 1\n#1 sleep"));
  },
);

terminalTest(
  "a line with an open bracket goes on, and Ctrl-C drops it all",
  async () => {
    await using terminal = Terminal.open();
    await terminal.sees("> ");
    await terminal.type("run [6,\r7].length\r");
    const lines = await terminal.until("succeeded");
    assert(lines.includes("> run [6,") && lines.includes("… 7].length"));
    await terminal.type("submit sleep '\rmore");
    await terminal.until("… more");
    await terminal.type(KEYS.ctrlC);
    await terminal.until((lines) => bottom(lines, 1)[0] === "> ");
    await terminal.ask("poll", "succeeded");
  },
);

terminalTest(
  "100 kB without marks around them are one line, which SIGTERM ends",
  async () => {
    await using terminal = Terminal.open();
    await terminal.sees("> ");
    await terminal.type("x".repeat(100_000));
    await terminal.until((lines) =>
      lines.every((line) => line === "x".repeat(80)) ||
      lines.slice(0, -1).every((line) => /^x+$/.test(line))
    );
    await terminal.type(KEYS.ctrlC);
    await terminal.until("leaves");
    await terminal.type("run process.kill(process.pid, 'SIGTERM')\r");
    const { code, raw } = await terminal.ends();
    assertEquals(code, 143);
    assert(raw.lastIndexOf("\x1b[?2004l") > raw.lastIndexOf("\x1b[?2004h"));
  },
);

terminalTest(
  "Ctrl-R searches what was typed, and Up finds what begins alike",
  async () => {
    await using terminal = Terminal.open();
    await terminal.sees("> ");
    await terminal.ask("submit sleep 0 tea", "succeeded");
    await terminal.ask("poll 1", "succeeded");
    await terminal.ask("submit sleep 0 milk", "succeeded");
    await terminal.type(`${CTRL_R}sleep`);
    await terminal.until(`search "sleep": submit sleep 0 milk`);
    await terminal.type(CTRL_R);
    await terminal.until(`search "sleep": submit sleep 0 tea`);
    await terminal.type("\x07");
    await terminal.until((lines) => bottom(lines, 1)[0] === "> ");
    await terminal.type(`po${KEYS.up}`);
    await terminal.until((lines) => bottom(lines, 1)[0] === "> poll 1");
  },
);

terminalTest("Ctrl-R and Enter run what was found", async () => {
  await using terminal = Terminal.open();
  await terminal.sees("> ");
  await terminal.ask("submit sleep 0 tea", "succeeded");
  await terminal.type(`${CTRL_R}tea\r`);
  await terminal.until("#2 sleep");
});

terminalTest("Up and Down move between the lines of one input", async () => {
  await using terminal = Terminal.open({ columns: 40, rows: 12 });
  await terminal.sees("> ");
  await terminal.type(paste("run [1,\n2,\n3]"));
  await terminal.until("… 3]");
  await terminal.type(`${KEYS.up}${KEYS.up}\x05 4,`);
  await terminal.until("> run [1, 4,");
  await terminal.type(`${KEYS.down}${KEYS.down}\x05.length`);
  await terminal.until("… 3].length");
  await terminal.type(KEYS.enter);
  await terminal.until("succeeded");
  await terminal.type(KEYS.up);
  await terminal.until((lines) => bottom(lines, 1)[0] === "… 3].length");
});

terminalTest(
  "what is typed is known to the next prompt, but not after a space",
  async () => {
    const folder = await Deno.makeTempDir();
    const env = { XDG_STATE_HOME: folder };
    {
      await using terminal = Terminal.open({ env });
      await terminal.sees("try: submit sleep");
      await terminal.sees("> ");
      await terminal.ask("poll", "no tasks");
      await terminal.ask(" poll all", "no tasks");
      await terminal.type(KEYS.ctrlD);
      await terminal.ends();
    }
    const file = `${folder}/loopctl/history`;
    assertEquals(await Deno.readTextFile(file), '"poll"\n');
    assertEquals((await Deno.stat(file)).mode! & 0o777, 0o600);
    assertEquals((await Deno.stat(`${folder}/loopctl`)).mode! & 0o777, 0o700);
    {
      await using terminal = Terminal.open({ env });
      const start = await terminal.sees("> ");
      assert(!start.includes("try:"), start);
      await terminal.type(KEYS.up);
      await terminal.until("> poll");
    }
    {
      await using terminal = Terminal.open({ env, args: ["--no-history"] });
      await terminal.sees("> ");
      await terminal.type(`${KEYS.up}quit\r`);
      await terminal.ends();
    }
    assertEquals(await Deno.readTextFile(file), '"poll"\n');
    await Deno.remove(folder, { recursive: true });
  },
);

terminalTest("Ctrl-C on an empty line says once how to leave", async () => {
  await using terminal = Terminal.open();
  await terminal.sees("> ");
  await terminal.type(KEYS.ctrlC);
  await terminal.sees('Ctrl-D or "quit" leaves');
  await terminal.type(KEYS.ctrlC);
  const said = await terminal.ask("poll", "no tasks");
  assertEquals(said.includes("leaves"), false);
});

terminalTest("a narrower window leaves no stale line of a wait", async () => {
  await using terminal = Terminal.open();
  await terminal.sees("> ");
  await terminal.ask("submit sleep 60", "#1 sleep");
  await terminal.type("wait\r");
  await terminal.until("wait · 1 running");
  for (const columns of [40, 25, 80, 40]) {
    await terminal.resize(columns, 12);
    const isStatus = (line: string): boolean => line.startsWith("wait · ");
    const lines = await terminal.until((lines) =>
      bottom(lines, 1).every((line) => isStatus(line) && line.length < columns)
    );
    assertEquals(lines.filter(isStatus).length, 1);
  }
  await terminal.type(KEYS.ctrlC);
  const lines = await terminal.until("left wait");
  assertEquals(lines.some((line) => line.startsWith("wait · ")), false);
});

terminalTest(
  "a long input takes as many rows as it needs at 40 columns, and is cleared whole",
  async () => {
    await using terminal = Terminal.open({ columns: 40, rows: 12 });
    await terminal.sees("> ");
    const text = `run "${"tea ".repeat(20)}早く".length`;
    await terminal.type(text);
    const lines = await terminal.until('早く".length');
    assertEquals(
      lines.slice(lines.findIndex((line) => line.startsWith("> run"))).join(""),
      `> ${text}`,
    );
    await terminal.type(KEYS.ctrlC);
    const after = await terminal.until("leaves");
    assertEquals(after.some((line) => line.includes("tea tea")), false);
  },
);

terminalTest(
  "Tab lists the running tasks for cancel, and what each one is",
  async () => {
    await using terminal = Terminal.open();
    await terminal.sees("> ");
    await terminal.ask("submit sleep 60 --name tea", "#1 tea (sleep");
    await terminal.ask("submit sleep 0 --name milk", "succeeded");
    await terminal.type("cancel \t");
    const lines = await terminal.until("running");
    assert(lines.some((line) => /^tea +tea \(sleep.*\) +running/.test(line)));
    assertEquals(lines.some((line) => line.startsWith("milk ")), false);
  },
);

terminalTest(
  "a terminal that does not know its size has a prompt",
  async () => {
    await using terminal = Terminal.open({ columns: 0, rows: 0 });
    await terminal.sees("> ");
    await terminal.ask("poll", "no tasks\n");
  },
);
