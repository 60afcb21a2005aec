/** The words of `./repl`, typed by a person into a real `deno repl`. */
import { assertEquals } from "@std/assert";
import { Terminal, terminalTest } from "../cli/screen.ts";
import { IMPORT_MAP } from "../command_line.ts";

const LOAD = 'import * as l from "@loopctl/loopctl/repl"; ' +
  'const t = await l.use("./tests/repl/tasks.ts")';

/** A `deno repl` with the words at hand. */
async function open(): Promise<Terminal> {
  const repl = Terminal.open({
    rows: 40,
    command: [
      ...[Deno.execPath(), "repl", "-q", "-A", ...IMPORT_MAP],
      ...["--eval", LOAD],
    ],
  });
  await repl.sees("crawl, fail");
  await repl.sees("> ");
  return repl;
}

terminalTest(
  "deno repl shows live tasks, sums and values without an await",
  async () => {
    await using repl = await open();
    await repl.ask('const h = l.submit(t.crawl, ["http://a/"])', "undefined");
    for (let echo = ""; !echo.includes("10 of 20 pages");) {
      echo = await repl.ask("h", " s");
      echo += await repl.sees("\n>");
    }
    await repl.ask("h.cancel('enough')", "Promise");
    const entries = "[[(n) => n, [1]], [t.fail, ['no']]]";
    await repl.ask(`const g = l.gather(${entries})`, "undefined");
    await repl.ask("await l.wait(g), g", "group-1: 2/2 done, 1 failed [");
    await repl.ask("g.members[0].result()", "\n1");
    const table = await repl.ask("l.ps()", "undefined");
    const rows = ["cancelled", "2 of 2 done", "succeeded", "RangeError: no"];
    for (const row of rows) assertEquals(table.includes(row), true, table);
    await repl.type("\x04");
    assertEquals((await repl.ends()).code, 0);
  },
);

terminalTest(
  "deno repl tells of a failure at the next word, and once",
  async () => {
    await using repl = await open();
    await repl.ask('const h = l.submit(t.fail, ["gone wrong"])', "undefined");
    await repl.ask("await l.wait(h), 'ended'", '"ended"');
    await repl.ask("l.submit(() => 7).id", "\n2");
    await repl.ask("l.submit(() => 7).id", "\n3");
    const told = repl.lines()
      .filter((line) => line.includes("RangeError: gone wrong"));
    assertEquals(told.length, 1, `${repl}`);
  },
);
