/** What a person with many tasks sees, on a wide and on a narrow screen. */
import { assertEquals } from "@std/assert";
import { displayWidth } from "../../../src/cli/text/width.ts";
import { Terminal, terminalTest } from "../screen.ts";

const SIZES = [[80, 24], [40, 12]] as const;

/** The rows from the last line that begins so, to the next prompt. */
function answer(lines: readonly string[], command: string): string[] {
  const at = lines.findLastIndex((line) => line.startsWith(`> ${command}`));
  const rows = at < 0 ? [] : lines.slice(at + 1);
  return rows.slice(0, rows.findIndex((line) => line.startsWith(">")));
}

/** Whether the last command has been answered, and the prompt is back. */
const prompted = (lines: readonly string[]): boolean =>
  lines.findLast((line) => line !== "")?.startsWith(">") === true &&
  lines.findLast((line) => line !== "")!.length <= 2;

for (const [columns, rows] of SIZES) {
  const size = `${columns}×${rows}`;

  terminalTest(
    `each task is told apart by its arguments, at ${size}`,
    async () => {
      await using terminal = Terminal.open({ columns, rows });
      await terminal.sees("> ");
      const path = "http://127.0.0.1:1/a/long/path/to/tell/apart";
      await terminal.ask(
        `gather sleep 60 ${path}?1 ; sleep 60 ${path}?2`,
        "#2",
      );
      await terminal.until(prompted);
      await terminal.type("poll\r");
      const lines = await terminal.until((lines) =>
        prompted(lines) && answer(lines, "poll").length >= 3
      );
      const polled = answer(lines, "poll");
      assertEquals(polled.every((line) => displayWidth(line) <= columns), true);
      for (const n of [1, 2]) {
        const row = polled.find((line) => line.includes(`#${n} `)) ?? "";
        // The ids and states are whole; the end of the argument is what differs.
        assertEquals([row.includes(`?${n}`), row.includes("running")], [
          true,
          true,
        ], `${terminal}`);
      }
    },
  );

  terminalTest(
    `poll of more tasks than rows folds them, at ${size}`,
    async () => {
      await using terminal = Terminal.open({ columns, rows });
      await terminal.sees("> ");
      const calls = Array(40).fill("sleep 0").join(" ; ");
      await terminal.ask(`gather ${calls}`, "group-1");
      await terminal.ask("submit sleep 60 late", "#41");
      await terminal.type("clear\r");
      await terminal.type("poll\r");
      const lines = await terminal.until((lines) =>
        prompted(lines) && lines.some((line) => line.startsWith("41 tasks:"))
      );
      assertEquals(
        answer(lines, "poll").length <= rows - 2,
        true,
        `${terminal}`,
      );
      assertEquals(
        lines.some((line) => /40 sleep +succeeded/.test(line)),
        true,
      );
      assertEquals(lines.some((line) => /#41 +sleep/.test(line)), true);
    },
  );

  terminalTest(
    `a blocked loop is told once, with what helps, at ${size}`,
    async () => {
      await using terminal = Terminal.open({ columns, rows });
      await terminal.sees("> ");
      await terminal.type("run for (;;);\r");
      const lines = await terminal.until((lines) =>
        lines.some((line) => line.includes("loop blocked"))
      );
      assertEquals(lines.every((line) => displayWidth(line) <= columns), true);
      await terminal.until((lines) => lines.join(" ").includes("kill 1"));
      await terminal.ask("kill 1", "given up");
    },
  );

  terminalTest(
    `a retry says which attempt comes when, and why, at ${size}`,
    async () => {
      await using terminal = Terminal.open({ columns, rows });
      await terminal.sees("> ");
      const code = "throw new RangeError('busy')";
      await terminal.ask(`run --retry 4 --backoff 60s ${code}`, "#1");
      await terminal.until(prompted);
      const waits = /retry 2\/4 in \S+ (· )?last: Ra/;
      // The first attempt may not have failed yet.
      for (let polled = ""; !waits.test(polled);) {
        await terminal.type("clear\rpoll\r");
        const lines = await terminal.until((lines) =>
          prompted(lines) && answer(lines, "poll").length > 0
        );
        polled = lines.join(" ").replaceAll(/\s+/g, " ");
      }
    },
  );
}
