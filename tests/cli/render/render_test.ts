import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { CancelledError, TimeoutError } from "../../../mod.ts";
import { COMMANDS } from "../../../src/cli/language/grammar.ts";
import { render } from "../../../src/cli/render/render.ts";
import type { Reply, Row } from "../../../src/cli/render/reply.ts";
import type { Style } from "../../../src/cli/text/style.ts";
import { displayWidth } from "../../../src/cli/text/width.ts";
import { withoutStack } from "../../../src/errors.ts";
import type { Outcome, TaskSnapshot } from "../../../src/task.ts";

const NOON = new Date(2031, 4, 1, 12, 0, 0).getTime();
const PIPED: Style = { width: Infinity, color: false, now: NOON };
const NARROW: Style = { width: 60, color: false, now: NOON };

function snapshot(fields: Partial<TaskSnapshot> = {}): TaskSnapshot {
  return {
    id: 1,
    name: "sleep",
    task: "sleep",
    state: "running",
    cancelling: false,
    abandoned: false,
    priority: 0,
    attempt: 1,
    attempts: 1,
    submittedAt: NOON,
    elapsedMs: 1234,
    ...fields,
  };
}

function row(
  fields: Partial<TaskSnapshot>,
  depth = 0,
  outcome?: Outcome,
): Row {
  return { kind: "task", depth, task: snapshot(fields), outcome };
}

function text(reply: Reply, style = PIPED): string {
  return render(reply, style);
}

function json(reply: Reply): unknown {
  return render(reply, "json").trimEnd().split("\n")
    .map((line) => JSON.parse(line));
}

Deno.test("render puts groups and children in a tree, in aligned columns", () => {
  const rows: Row[] = [
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
    text({ type: "tasks", rows }),
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

/** Longer than anybody reads. */
const HUGE = "x".repeat(1_000_000);

/** Replies in which a task has said something huge, wherever it can. */
function hugeReplies(): Reply[] {
  const error = Object.assign(new RangeError(HUGE, { cause: Error(HUGE) }), {
    name: HUGE,
    field: HUGE,
    [HUGE]: 1,
  });
  const failed = { state: "failed", error } as const;
  const reason = new CancelledError(HUGE);
  const cancelled = { state: "cancelled", reason, confirmed: true } as const;
  const value = { [HUGE]: HUGE, big: 10n ** 5000n, re: new RegExp(HUGE) };
  const succeeded = { state: "succeeded", value } as const;
  const task = snapshot({
    name: HUGE,
    task: HUGE,
    progress: { done: 1, note: HUGE },
  });
  return [
    { type: "submitted", task },
    { type: "group", name: HUGE, members: [task] },
    { type: "tasks", rows: [{ kind: "task", depth: 0, task }] },
    { type: "module", module: HUGE, label: HUGE, exports: [HUGE] },
    { type: "notice", message: HUGE },
    { type: "error", name: "Error", message: HUGE },
    ...[failed, cancelled, succeeded].flatMap((outcome): Reply[] => [
      { type: "task", because: "ended", task, outcome },
      { type: "outcome", task, outcome },
    ]),
  ];
}

Deno.test("render shows of what a task says no more than anybody reads", () => {
  for (const reply of hugeReplies()) {
    for (const style of [PIPED, NARROW]) {
      const { length } = text(reply, style);
      assert(length < 20_000, `${reply.type}: ${length} characters`);
    }
  }
});

Deno.test("render makes JSON that a terminal can't act on, and that says the same", () => {
  const name = "\x1b[2J\x9b\x7f\u202e\u200b\ud800 e\u0301 😀";
  const said = render({ type: "submitted", task: snapshot({ name }) }, "json");
  assertEquals(JSON.parse(said).name, name);
  // deno-lint-ignore no-control-regex
  assertEquals(/[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e\u200b]/.test(said), false);
});

Deno.test("render says how a task stands that is neither quite here nor gone", () => {
  const reason = new TimeoutError("too long", "timeout", 100);
  const rows: Row[] = [
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
    text({ type: "tasks", rows }),
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
  const rows: Row[] = [
    row({ name: "漢字".repeat(20), task: "fetch" }),
    row({ id: 2, progress: { done: 1, note: "n".repeat(80) } }),
  ];
  assertEquals(
    text({ type: "tasks", rows }, NARROW),
    `
#1  漢字漢字漢字漢字漢字漢字漢…  running  1.2s
#2  sleep                        running  1.2s  1 nnnnnnnnn…
`.slice(1),
  );
});

Deno.test("render paints states only where there is colour", () => {
  const reply: Reply = { type: "tasks", rows: [row({})] };
  assertEquals(text(reply).includes("\x1b"), false);
  assertStringIncludes(
    text(reply, { ...PIPED, color: true }),
    "\x1b[36mrunning\x1b[39m",
  );
});

Deno.test("render says an outcome in a line, and below it what belongs to it", () => {
  const task = snapshot();
  const error = new AggregateError([new Error("a"), 3], "both", {
    cause: new TypeError("why"),
  });
  Object.assign(error, { code: "E1" });
  error.stack = "AggregateError: both\n    at page (file:///x/crawl.ts:3:5)";
  const outcomes: Outcome[] = [
    { state: "succeeded", value: "hi" },
    { state: "succeeded", value: undefined },
    { state: "failed", error },
    { state: "cancelled", reason: new CancelledError(), confirmed: true },
    {
      state: "cancelled",
      reason: new CancelledError("bored"),
      confirmed: false,
    },
    {
      state: "cancelled",
      reason: new TimeoutError("over 1s", "timeout", 1000),
      confirmed: true,
    },
    {
      state: "cancelled",
      reason: new CancelledError("bored"),
      confirmed: true,
      error: withoutStack(() => new RangeError("cleanup failed")),
    },
  ];
  assertEquals(
    outcomes.map((outcome) => text({ type: "outcome", task, outcome })).join(
      "",
    ),
    `
#1 sleep 1.2s → "hi"
#1 sleep 1.2s → undefined
#1 sleep 1.2s failed: AggregateError: both
   at page (file:///x/crawl.ts:3:5)
   { code: "E1" }
   - Error: a
   - 3
   cause: TypeError: why
#1 sleep 1.2s cancelled
#1 sleep 1.2s cancelled: bored; it ignored its signal, and may still be running
#1 sleep 1.2s timed out: over 1s
#1 sleep 1.2s cancelled: bored; it threw RangeError: cleanup failed
`.slice(1),
  );
});

Deno.test("render tells of an end on a terminal with the value, as far as it goes", () => {
  const task = snapshot({ state: "succeeded" });
  const told = (value: unknown, style = NARROW): string =>
    text({
      type: "task",
      because: "ended",
      task,
      outcome: { state: "succeeded", value },
    }, style);
  const end = "#1 sleep  succeeded after 1.2s";
  assertEquals(told(6), `${end} → 6\n`);
  assertEquals(told("a\nb"), `${end} → "a\\nb"\n`);
  assertEquals(told(undefined), `${end}\n`);
  assertEquals(
    told([{ a: 1 }, { b: [2] }]),
    `${end} → [ { a: 1 }, { b: [ 2 ] } ]\n`,
  );
  for (
    const long of [
      "x".repeat(50_000_000),
      { body: "漢".repeat(1000) },
      Array.from({ length: 100_000 }, (_, n) => n),
    ]
  ) {
    const line = told(long).trimEnd();
    assertEquals([displayWidth(line) <= 60, line.at(-1)], [true, "…"], line);
  }
  assertEquals(told(200, { ...NARROW, width: 36 }), `${end} → 200\n`);
  assertEquals(told(2000, { ...NARROW, width: 36 }), `${end}\n`);
  assertEquals(told(6, PIPED), `${end}\n`);
});

Deno.test("render lets nothing of a task's act on the terminal", () => {
  const evil = "\x1b[2J\u202ea\x07\u2028b\x9b";
  const task = snapshot({
    name: evil,
    task: evil,
    progress: { done: 1, note: evil },
  });
  const error = new Error(evil);
  error.name = evil;
  error.stack = `at ${evil} (file:///x.ts:1:1)`;
  const failed: Outcome = { state: "failed", error };
  const value = { [evil]: new Map([[evil, new Error(evil)]]) };
  const replies: Reply[] = [
    { type: "submitted", task },
    { type: "tasks", rows: [{ kind: "task", depth: 0, task }] },
    {
      type: "tasks",
      rows: [{ kind: "group", depth: 0, name: evil, members: [1], done: 0 }],
    },
    { type: "group", name: evil, members: [task] },
    { type: "task", because: "ended", task, outcome: failed },
    { type: "outcome", task, outcome: failed },
    { type: "outcome", task, outcome: { state: "succeeded", value } },
    { type: "result", task, value: evil },
    { type: "log", task, entry: { at: 0, level: "log", text: evil } },
    { type: "module", module: evil, label: evil, exports: [evil] },
    { type: "quit", running: [task] },
    { type: "notice", message: evil },
    { type: "error", name: "Error", message: evil },
  ];
  for (const reply of replies) {
    const shown = text(reply);
    assertEquals(shown.match(/[^\n\P{Cc}]|[\u2028\u202e]/u), null, shown);
    assertStringIncludes(shown, "\\x1b[2J\\u{202e}a\\x07\\u{2028}b\\x9b");
  }
});

Deno.test("render leaves the colours out of what a task wrote or threw", () => {
  const task = snapshot();
  const painted = "\x1b[0m\x1b[38;5;9mred\x1b[0m";
  const error = new Error(painted);
  error.stack = "";
  const replies: Reply[] = [
    { type: "log", task, entry: { at: NOON, level: "log", text: painted } },
    { type: "outcome", task, outcome: { state: "failed", error } },
    { type: "error", name: "Error", message: painted },
  ];
  assertEquals(replies.map((reply) => text(reply)), [
    "12:00:00  log    red\n",
    "#1 sleep 1.2s failed: Error: red\n",
    "error: red\n",
  ]);
});

Deno.test("render cuts a long value and says how long it is", () => {
  const big = "x".repeat(50_000_000);
  const said = (value: unknown): string =>
    text({
      type: "outcome",
      task: snapshot(),
      outcome: { state: "succeeded", value },
    });
  assertEquals(
    said(big),
    `#1 sleep 1.2s → "${"x".repeat(200)}" … 50,000,000 characters in all\n`,
  );
  assertStringIncludes(said({ body: big }), "49999920 more characters");
  assertStringIncludes(
    said(new Uint8Array(50_000_000)),
    "Uint8Array(50000000)",
  );
  const fields = Object.fromEntries(
    Array.from({ length: 100_000 }, (_, n) => [`k${n}`, n]),
  );
  assertStringIncludes(said(fields), "99,976 more fields");
});

Deno.test("render gives the value of a result whole through a pipe", () => {
  const value = "a\r\n\x1b".repeat(10_000);
  const reply: Reply = { type: "result", task: snapshot(), value };
  assertEquals(text(reply), "a\r\n\\x1b".repeat(10_000) + "\n");
  assertStringIncludes(text(reply, NARROW), "… 40,000 characters in all");
  assertEquals(json(reply), [{
    type: "result",
    id: 1,
    task: "sleep",
    name: "sleep",
    state: "running",
    elapsedMs: 1234,
    value,
  }]);
});

Deno.test("render tells the place of an error in a script", () => {
  const reply: Reply = {
    type: "error",
    name: "CommandError",
    message: "what?\nsecond line",
    place: { line: "漢字 x", number: 7, span: { start: 3, end: 4 } },
  };
  assertEquals(text(reply), "line 7, column 4: error: what?\n  second line\n");
  assertEquals(json(reply), [{
    type: "error",
    name: "CommandError",
    message: "what?\nsecond line",
    line: 7,
    column: 4,
  }]);
});

Deno.test("render as JSON has type, id, task, name, state and elapsedMs for a task", () => {
  const task = snapshot({ state: "failed", name: "n" });
  const common = {
    id: 1,
    task: "sleep",
    name: "n",
    state: "failed",
    elapsedMs: 1234,
  };
  assertEquals(json({ type: "submitted", task }), [
    { type: "submitted", ...common },
  ]);
  assertEquals(json({ type: "cancel", task, answer: "ignored" }), [
    { type: "cancel", ...common, answer: "ignored" },
  ]);
  assertEquals(
    json({
      type: "outcome",
      task,
      outcome: { state: "failed", error: new TypeError("t", { cause: 1n }) },
    }),
    [{
      type: "outcome",
      ...common,
      error: {
        name: "TypeError",
        message: "t",
        cause: { $type: "bigint", value: "1" },
      },
    }],
  );
  const reason = new CancelledError("bored");
  assertEquals(
    json({
      type: "outcome",
      task,
      outcome: { state: "cancelled", reason, confirmed: true },
    }),
    [{
      type: "outcome",
      ...common,
      reason: { name: "CancelledError", message: "bored" },
      confirmed: true,
    }],
  );
  const fails = withoutStack(() => new RangeError("cleanup failed"));
  const [told] = json({
    type: "outcome",
    task,
    outcome: { state: "cancelled", reason, confirmed: true, error: fails },
  }) as [{ error: unknown }];
  assertEquals(told.error, { name: "RangeError", message: "cleanup failed" });
});

Deno.test("render as JSON gives a table one object a line", () => {
  const rows: Row[] = [
    { kind: "group", depth: 0, name: "g", members: [1, 2], done: 0 },
    row({ id: 1, group: "g", remainingMs: 10.4, timeoutMs: 20 }, 1),
    row({ id: "1.1", parent: 1 }, 2),
  ];
  const details = {
    task: "sleep",
    name: "sleep",
    state: "running",
    elapsedMs: 1234,
    cancelling: false,
    abandoned: false,
    attempt: 1,
    attempts: 1,
    priority: 0,
  };
  assertEquals(json({ type: "tasks", rows }), [
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
  assertEquals(json({ type: "tasks", rows: [] }), [
    { type: "notice", message: "no tasks" },
  ]);
});

Deno.test("render explains every command and its options", () => {
  const help = text({ type: "help" });
  for (const spec of COMMANDS) {
    assertStringIncludes(help, `  ${spec.name}`);
    const detail = text({ type: "help", command: spec });
    for (const { flag, help } of spec.options) {
      assertStringIncludes(detail, flag);
      assertStringIncludes(detail, help);
    }
  }
});

Deno.test("render breaks explanations and long lists at words, in any window", () => {
  const members = Array.from({ length: 20 }, (_, n) => snapshot({ id: n + 1 }));
  const replies: Reply[] = [
    { type: "help" },
    ...COMMANDS.map((command): Reply => ({ type: "help", command })),
    { type: "group", name: "naps", members },
  ];
  const examples = COMMANDS.flatMap((spec): readonly string[] =>
    "examples" in spec ? spec.examples : []
  );
  for (const width of [40, 60, 80, 100]) {
    for (const reply of replies) {
      const lines = text(reply, { ...NARROW, width }).trimEnd().split("\n");
      const long = lines.filter((line) =>
        displayWidth(line) > width && !examples.includes(line.trim())
      );
      assertEquals(long, []);
      assertEquals(
        lines.join(" ").replaceAll(/\s+/g, " ").trim(),
        text(reply).replaceAll(/\s+/g, " ").trim(),
      );
    }
  }
});

Deno.test("render sums a table up that is longer than a screen", () => {
  const rows = (length: number): Row[] =>
    Array.from(
      { length },
      (_, n) => n % 3 === 0 ? row({ id: n, state: "queued" }) : row({ id: n }),
    );
  const last = (length: number): string =>
    text({ type: "tasks", rows: rows(length) }).trimEnd().split("\n").at(-1)!;
  assertEquals(last(20), "#19  sleep  running  1.2s");
  assertEquals(last(1500), "1,500 tasks: 500 queued, 1,000 running");
});

Deno.test("render says what came of a kill, and what went with it", () => {
  const task = snapshot({ state: "cancelled" });
  assertEquals(
    text({ type: "kill", task, answer: "killed" }),
    "#1 sleep  killed\n",
  );
  assertEquals(
    text({
      type: "siblings",
      lost: [snapshot({ id: 2 })],
      resubmitted: [snapshot({ id: 3, name: "a\x1b[2J" })],
    }),
    "lost with it: #2 sleep\nrun again from the start: #3 a\\x1b[2J (sleep)\n",
  );
  assertEquals(
    json({ type: "siblings", lost: [snapshot({ id: 2 })], resubmitted: [] }),
    [{ type: "siblings", lost: [2], resubmitted: [] }],
  );
  assertEquals(
    json({ type: "kill", task, answer: "unstoppable" }),
    [{
      type: "kill",
      id: 1,
      task: "sleep",
      name: "sleep",
      state: "cancelled",
      elapsedMs: 1234,
      answer: "unstoppable",
    }],
  );
});

Deno.test("render says how long the loop has been blocked, and what began last", () => {
  const blocked = { type: "blocked", blockedMs: 3240 } as const;
  assertEquals(
    text({ ...blocked, lastStarted: snapshot({ id: 7 }) }),
    "loop blocked 3.2 s, last started: #7 sleep; nothing in it goes on till " +
      'that yields, or "kill 7"\n',
  );
  assertEquals(
    text({ ...blocked, blockedMs: 125_000, lastStarted: undefined }),
    "loop blocked 2m05s; nothing in it goes on till that yields, or " +
      '"kill ID"\n',
  );
  assertEquals(
    json({ ...blocked, lastStarted: snapshot({ id: 7 }) }),
    [{ type: "blocked", blockedMs: 3240, lastStarted: 7 }],
  );
  assertEquals(
    json({ type: "threads", tasks: [snapshot()] }),
    [{ type: "threads", tasks: [1] }],
  );
});
