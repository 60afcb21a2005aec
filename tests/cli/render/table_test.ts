import { assertEquals, assertStringIncludes } from "@std/assert";
import { CancelledError, TimeoutError } from "../../../mod.ts";
import type { GroupRow, TaskRow } from "../../../src/cli/render/table.ts";
import { json, NARROW, NOON, PIPED, row, tableReply, text } from "./samples.ts";

Deno.test("render puts groups and children in a tree, in aligned columns", () => {
  const rows: (TaskRow | GroupRow)[] = [
    row({
      id: 1,
      name: "home",
      task: "fetch",
      timeoutMs: 5000,
      remainingMs: 3766,
    }),
    {
      kind: "group",
      depth: 0,
      name: "naps",
      members: [2, 10],
      done: 1,
    },
    row({ id: 2, state: "succeeded" }, 1, { state: "succeeded", value: 1 }),
    row({ id: 10, name: "crawl", task: "crawl" }, 1),
    row({
      id: "10.1",
      name: "page",
      task: "page",
      progress: {
        done: 400,
        total: 1000,
        note: "pages",
        perSecond: 99.6,
        remainingMs: 6024,
      },
    }, 2),
    row({ id: 11, state: "queued", priority: 5, elapsedMs: 0 }),
  ];
  assertEquals(
    text(tableReply(rows)),
    `
#1         home (fetch)  running    1.2s  timeout 5s · 3.8s left
naps  1 of 2 done
├ #2       sleep         succeeded  1.2s
└ #10      crawl         running    1.2s
  └ #10.1  page          running    1.2s  40% 400 of 1,000 pages · 99.6/s · 6.0s to go
#11        sleep         queued           priority 5
`.slice(1),
  );
});

Deno.test("render says how a task stands that is neither quite here nor gone", () => {
  const reason = new TimeoutError("too long", "timeout", 100);
  const rows: (TaskRow | GroupRow)[] = [
    row({ cancelling: true }),
    row({ id: 2, state: "cancelled", abandoned: true }, 0, {
      state: "cancelled",
      reason: new CancelledError(),
      confirmed: false,
    }),
    row({ id: 3, state: "cancelled" }, 0, {
      state: "cancelled",
      reason,
      confirmed: true,
    }),
    row({ id: 4, attempt: 2, attempts: 3, deadlineAt: NOON + 60_000 }),
    row({ id: 5, state: "failed" }, 0, {
      state: "failed",
      error: new RangeError("1\n2"),
    }),
  ];
  assertEquals(
    text(tableReply(rows)),
    `
#1  sleep  cancelling  1.2s
#2  sleep  abandoned   1.2s  ignored its signal, still running
#3  sleep  timed out   1.2s  too long
#4  sleep  running     1.2s  deadline 12:01:00 · attempt 2 of 3
#5  sleep  failed      1.2s  RangeError: 1
`.slice(1),
  );
});

Deno.test("render keeps a row within the width, wide characters counted as two", () => {
  const rows: (TaskRow | GroupRow)[] = [
    row({ name: "漢字".repeat(20), task: "fetch" }),
    row({ id: 2, progress: { done: 1, note: "n".repeat(80) } }),
  ];
  assertEquals(
    text(tableReply(rows), NARROW),
    `
#1  漢字漢字漢字漢字漢字漢字…  running  1.2s
#2  sleep                      running  1.2s  1 nnnnnnnnnnn…
`.slice(1),
  );
});

Deno.test("render paints states only where there is colour", () => {
  const reply = tableReply([row({})]);
  assertEquals(text(reply).includes("\x1b"), false);
  assertStringIncludes(
    text(reply, { ...PIPED, color: true }),
    "\x1b[36mrunning\x1b[39m",
  );
});

Deno.test("render as JSON gives a table one object a line", () => {
  const rows: (TaskRow | GroupRow)[] = [
    { kind: "group", depth: 0, name: "g", members: [1, 2], done: 0 },
    row({ id: 1, group: "g", remainingMs: 10.4, timeoutMs: 20 }, 1),
    row({ id: "1.1", parent: 1 }, 2),
  ];
  const details = {
    task: "sleep",
    name: "sleep",
    args: [],
    state: "running",
    elapsedMs: 1234,
    cancelling: false,
    abandoned: false,
    paused: false,
    attempt: 1,
    attempts: 1,
    priority: 0,
  };
  assertEquals(json(tableReply(rows)), [
    { type: "group", name: "g", members: [1, 2], done: 0 },
    {
      type: "task",
      id: 1,
      ...details,
      group: "g",
      timeoutMs: 20,
      remainingMs: 10,
    },
    { type: "task", id: "1.1", ...details, parent: 1 },
  ]);
});
