import { assert, assertEquals } from "@std/assert";
import type { Style } from "../../../src/cli/text/style.ts";
import { displayWidth } from "../../../src/cli/text/width.ts";
import { itemsOf, START } from "../../../src/cli/watch/state.ts";
import { Surveyor, type Watched } from "../../../src/cli/watch/survey.ts";
import {
  pageLines,
  type Watching,
  watchLines,
} from "../../../src/cli/watch/view.ts";
import { NOON } from "../render/samples.ts";
import { sample } from "./tasks.ts";

function view(
  tasks: readonly Watched[],
  [width, rows]: readonly [number, number],
  fields: Partial<Watching> = {},
  color = false,
): string[] {
  const style: Style = { width, color, now: NOON };
  const survey = new Surveyor().take(tasks, 0);
  const { state = START } = fields;
  return watchLines(
    {
      survey,
      items: itemsOf(survey, state.folded),
      state,
      filter: "",
      message: "",
      paused: false,
      blocked: undefined,
      statusOf: (task) => ({ task: task.snapshot(), outcome: task.peek() }),
      ...fields,
    },
    style,
    rows,
  );
}

const WIDE = [80, 12] as const;
const NARROW = [40, 12] as const;

const TASKS = [
  sample({ id: 1, progress: { done: 1, total: 2, note: "pages" } }),
  sample({ id: 2, group: "crawl", name: "front", timeoutMs: 5000 }),
  sample({ id: 3, group: "crawl", state: "queued" }),
  sample({ id: 4, state: "failed", endedAt: 5 }),
  sample({ id: 5, state: "succeeded", endedAt: 6 }),
];

Deno.test("watch shows sums with a bar, what runs, what waits, and the latest ends", () => {
  assertEquals(view(TASKS, WIDE), [
    "██████████████████████████████▍░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░ 40%",
    "1 queued · 2 running · 1 succeeded · 1 failed",
    "› #1 sleep                       █████░░░░░    1.2s  50% 1 of 2 pages",
    "  ▾ crawl  ░░░░░░░░░░░░░░░░░░░░  0 of 2 done",
    "    #2 front (sleep)             running       1.2s  timeout 5s",
    "    #3 sleep                     queued",
    "latest ends",
    '  #5 sleep                       succeeded     1.2s  → "done"',
    "  #4 sleep                       failed        1.2s  Error: no",
    "",
    "",
    "q leave  c cancel  k kill  Enter result  l logs  / filter  p pause  + - time",
  ]);
});

Deno.test("watch at 40 columns leaves the details out", () => {
  assertEquals(view(TASKS, NARROW).slice(0, 5), [
    "██████████████▍░░░░░░░░░░░░░░░░░░░░░ 40%",
    "1 queued · 2 running · 1 succeeded · 1 …",
    "› #1 sleep            █████░░░░░    1.2s",
    "  ▾ crawl  ░░░░░░░░░░░░░░░░  0 of 2 done",
    "    #2 front (sleep)  running       1.2s",
  ]);
});

Deno.test("watch of more tasks than rows shows the ends too, and how many are hidden", () => {
  const many = Array.from({ length: 500 }, (_, id) => sample({ id: id + 10 }));
  const lines = view([...TASKS.slice(3), ...many], WIDE);
  assertEquals(lines[8], "494 more · latest ends");
  assertEquals([lines.length, lines[2]?.slice(0, 5)], [12, "› #10"]);
  const state = {
    ...START,
    chosen: { what: many[7], at: 7 },
  };
  const paged = view([...TASKS.slice(3), ...many], WIDE, { state });
  assertEquals([paged[2]?.slice(0, 5), paged[3]?.slice(0, 5)], [
    "  #16",
    "› #17",
  ]);
});

Deno.test("no line of watch is wider than the screen, and none is missing", () => {
  const names = ["漢字".repeat(40), "e\u0301".repeat(90), "\x1b[2J", "x"];
  const tasks = names.flatMap((name, n) => [
    sample({ id: 1000 + n, name, group: name }),
    sample({ id: 2000 + n, name, group: name, state: "failed" }),
    sample({ id: 3000 + n, name, group: name, state: "queued" }),
  ]);
  for (const width of [30, 40, 59, 60, 80, 119, 120, 300]) {
    for (const rows of [5, 12, 24]) {
      for (const message of ["", "m".repeat(500)]) {
        const lines = view(tasks, [width, rows], {
          message,
          filter: "f".repeat(400),
          paused: true,
          blocked: "b".repeat(400),
        });
        assertEquals(lines.length, rows);
        for (const line of lines) {
          assert(displayWidth(line) <= width, `${width}: ${line}`);
        }
      }
    }
  }
});

Deno.test("watch says what a second press of a key does, and what is being typed", () => {
  const foot = (fields: Partial<typeof START>) =>
    view(TASKS, NARROW, { state: { ...START, ...fields } }).at(-1);
  assertEquals(foot({ armed: "kill" }), "k again: kill #1");
  assertEquals(foot({ typed: "fai" }), "/fai▏");
  assertEquals(foot({}), "q leave  c cancel  k kill  Enter result");
});

Deno.test("a page shows where it is scrolled to, its end at most", () => {
  const style: Style = { width: 40, color: false, now: NOON };
  const lines = Array.from({ length: 9 }, (_, n) => `line ${n + 1}`);
  assertEquals(pageLines("#1 sleep", lines, Infinity, style, 5), {
    lines: [
      "#1 sleep",
      "line 7",
      "line 8",
      "line 9",
      "q back · ↑↓ scroll · 7–9 of 9",
    ],
    lastTop: 6,
  });
});
