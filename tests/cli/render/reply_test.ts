import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { CancelledError } from "../../../mod.ts";
import { cancelReply } from "../../../src/cli/commands/cancel.ts";
import { groupReply } from "../../../src/cli/commands/gather.ts";
import { logReply } from "../../../src/cli/commands/logs.ts";
import { forgottenReply } from "../../../src/cli/commands/forget.ts";
import { quitReply } from "../../../src/cli/commands/quit.ts";
import { resultReply } from "../../../src/cli/commands/result.ts";
import { submittedReply } from "../../../src/cli/commands/starting.ts";
import { moduleReply, staysReply } from "../../../src/cli/render/module.ts";
import { LineError } from "../../../src/cli/language/line.ts";
import { endedReply, outcomeReply } from "../../../src/cli/render/outcome.ts";
import {
  errorReply,
  notice,
  render,
  type Reply,
} from "../../../src/cli/render/reply.ts";
import { withoutStack } from "../../../src/errors.ts";
import type { Outcome } from "../../../src/task.ts";
import {
  json,
  NARROW,
  NOON,
  PIPED,
  snapshot,
  tableReply,
  text,
} from "./samples.ts";

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
    submittedReply(task),
    groupReply(HUGE, [task]),
    tableReply([{ kind: "task", depth: 0, task }]),
    moduleReply(moduleCalled(HUGE), moduleCalled(HUGE)),
    staysReply(HUGE, HUGE),
    notice(HUGE),
    errorReply(new Error(HUGE), { text: "" }),
    ...[failed, cancelled, succeeded].flatMap((outcome) => [
      endedReply({ task, outcome }),
      outcomeReply(task, outcome),
    ]),
  ];
}

function moduleCalled(name: string): Parameters<typeof moduleReply>[0] {
  const exports = [
    { name, kind: "function", parameters: name },
    { name, kind: "class" },
  ] as const;
  return { url: name, label: name, exports, files: new Map([[name, 1]]) };
}

Deno.test("render shows of what a task says no more than anybody reads", () => {
  for (const reply of hugeReplies()) {
    // Through a pipe, an outcome is whole.
    for (const style of reply.outcome ? [NARROW] : [PIPED, NARROW]) {
      const { length } = text(reply, style);
      assert(length < 20_000, `${length} characters: ${text(reply, style)}`);
    }
  }
});

Deno.test("render makes JSON that a terminal can't act on, and that says the same", () => {
  const name = "\x1b[2J\x9b\x7f\u202e\u200b\ud800 e\u0301 😀";
  const said = render(submittedReply(snapshot({ name })), "json");
  assertEquals(JSON.parse(said).name, name);
  // deno-lint-ignore no-control-regex
  assertEquals(/[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e\u200b]/.test(said), false);
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
    submittedReply(task),
    tableReply([{ kind: "task", depth: 0, task }]),
    tableReply([
      { kind: "group", depth: 0, name: evil, members: [1], done: 0 },
    ]),
    groupReply(evil, [task]),
    endedReply({ task, outcome: failed }),
    outcomeReply(task, failed),
    outcomeReply(task, { state: "succeeded", value }),
    resultReply(task, evil),
    logReply(task, { at: 0, level: "log", text: evil }),
    moduleReply(moduleCalled(evil), moduleCalled(evil)),
    staysReply(evil, evil),
    quitReply({ running: [task], uncollected: [] }),
    quitReply({ running: [], uncollected: [task] }),
    forgottenReply([task]),
    notice(evil),
    errorReply(new Error(evil), { text: "" }),
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
    logReply(task, { at: NOON, level: "log", text: painted }),
    outcomeReply(task, { state: "failed", error }),
    errorReply(new Error(painted), { text: "" }),
  ];
  assertEquals(replies.map((reply) => text(reply)), [
    "12:00:00  log    red\n",
    "#1 sleep  1.2s failed: Error: red\n",
    "error: red\n",
  ]);
});

Deno.test("render tells the place of an error in a script", () => {
  const error = new LineError("what?\nsecond line", { start: 3, end: 4 });
  const reply = errorReply(error, { text: "漢字 x", number: 7 });
  assertEquals(text(reply), "line 7, column 4: error: what?\n  second line\n");
  assertEquals(json(reply), [{
    type: "error",
    name: "CommandError",
    message: "what?\nsecond line",
    line: 7,
    column: 4,
  }]);
});

Deno.test("render as JSON has type, id, task, args, name, state and elapsedMs for a task", () => {
  const task = snapshot({ state: "failed", name: "n" });
  const common = {
    id: 1,
    task: "sleep",
    args: [],
    name: "n",
    state: "failed",
    elapsedMs: 1234,
  };
  assertEquals(json(submittedReply(task)), [
    { type: "submitted", ...common },
  ]);
  assertEquals(json(cancelReply(task, "ignored")), [
    { type: "cancel", ...common, answer: "ignored" },
  ]);
  assertEquals(
    json(outcomeReply(task, {
      state: "failed",
      error: Object.assign(
        withoutStack(() => new TypeError("t", { cause: 1n })),
        { status: 503 },
      ),
    })),
    [{
      type: "outcome",
      ...common,
      error: {
        name: "TypeError",
        message: "t",
        stack: "TypeError: t",
        cause: { $type: "bigint", value: "1" },
        fields: { status: 503 },
      },
    }],
  );
  const reason = withoutStack(() => new CancelledError("bored"));
  assertEquals(
    json(outcomeReply(task, { state: "cancelled", reason, confirmed: true })),
    [{
      type: "outcome",
      ...common,
      reason: {
        name: "CancelledError",
        message: "bored",
        stack: "CancelledError: bored",
      },
      confirmed: true,
    }],
  );
  const fails = withoutStack(() => new RangeError("cleanup failed"));
  const [told] = json(
    outcomeReply(task, {
      state: "cancelled",
      reason,
      confirmed: true,
      error: fails,
    }),
  ) as [{ error: unknown }];
  assertEquals(told.error, {
    name: "RangeError",
    message: "cleanup failed",
    stack: "RangeError: cleanup failed",
  });
});
