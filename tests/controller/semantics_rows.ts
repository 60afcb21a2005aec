/** The table of semantics: what each call does in each state. */
import { assert } from "@std/assert";
import type { ModuleDescription, TaskHandle } from "../../mod.ts";
import { tasks } from "./semantics_states.ts";
import { until } from "../until.ts";
import { describe, type Row, VALUE } from "./semantics.ts";

const quote = (value: string): string => `"${value}"`;

function sortOut(
  { done, notDone }: { done: TaskHandle[]; notDone: TaskHandle[] },
  handle: TaskHandle<number>,
): string {
  assert(done.length + notDone.length === 1);
  assert((done[0] ?? notDone[0]) === handle);
  return done.length === 1 ? "done" : "not done";
}

/** What the task has come to by then. */
const ended = (_: unknown, handle: TaskHandle<number>): string =>
  handle.done ? describe(handle.peek()) : "nothing";

const BY_STATE = [
  "throws InvalidStateError",
  "throws InvalidStateError",
  "throws InvalidStateError",
  "the value",
  "throws Error",
  "throws CancelledError",
  "throws LoopLostError",
] as const;

const OUTCOMES = [
  "waits: succeeded",
  "waits: succeeded",
  "waits: cancelled: CancelledError",
  "succeeded",
  "failed: Error",
  "cancelled: CancelledError",
  "failed: LoopLostError",
] as const;

const NOTHING_AFTER_THE_END = [
  "nothing",
  "nothing",
  "nothing",
  "nothing",
] as const;

export const ROWS: readonly Row[] = [
  {
    call: "handle.state",
    about: "answer",
    make: (_, handle) => handle.state,
    say: quote,
    cells: [
      '"queued"',
      '"running"',
      '"running"',
      '"succeeded"',
      '"failed"',
      '"cancelled"',
      '"failed"',
    ],
  },
  {
    call: "handle.done",
    about: "answer",
    make: (_, handle) => handle.done,
    cells: ["false", "false", "false", "true", "true", "true", "true"],
  },
  {
    call: "handle.cancelling",
    about: "answer",
    make: (_, handle) => handle.cancelling,
    cells: ["false", "false", "true", "false", "false", "false", "false"],
  },
  {
    call: "handle.result()",
    about: "answer",
    make: (_, handle) => handle.result(),
    cells: BY_STATE,
  },
  {
    call: "handle.resultSync(0)",
    about: "answer",
    make: (_, handle) => handle.resultSync(0),
    cells: [
      "throws TimeoutError",
      "throws TimeoutError",
      "throws TimeoutError",
      "the value",
      "throws Error",
      "throws CancelledError",
      "throws LoopLostError",
    ],
  },
  {
    call: "await handle",
    about: "answer",
    make: (_, handle) => handle,
    cells: [
      "waits: the value",
      "waits: the value",
      "waits: throws CancelledError",
      "the value",
      "throws Error",
      "throws CancelledError",
      "throws LoopLostError",
    ],
  },
  {
    call: "await handle.within(0)",
    about: "answer",
    make: (_, handle) => handle.within(0),
    cells: [
      "throws TimeoutError",
      "throws TimeoutError",
      "throws TimeoutError",
      "the value",
      "throws Error",
      "throws CancelledError",
      "throws LoopLostError",
    ],
  },
  {
    call: "handle.onSettled(callback)",
    about: "answer",
    make: (_, handle) => {
      const { promise, resolve } = Promise.withResolvers<[TaskHandle]>();
      handle.onSettled((settled) => resolve([settled]));
      return promise;
    },
    say: ([settled]: readonly [TaskHandle], handle) => {
      assert(settled === handle && handle.done);
      return "calls back";
    },
    cells: [
      "waits: calls back",
      "waits: calls back",
      "waits: calls back",
      "calls back",
      "calls back",
      "calls back",
      "calls back",
    ],
  },
  {
    call: "await handle.outcome()",
    about: "answer",
    make: (_, handle) => handle.outcome(),
    say: describe,
    cells: OUTCOMES,
  },
  {
    call: "handle.peek()",
    about: "answer",
    make: (_, handle) => handle.peek(),
    say: describe,
    cells: [
      "undefined",
      "undefined",
      "undefined",
      "succeeded",
      "failed: Error",
      "cancelled: CancelledError",
      "failed: LoopLostError",
    ],
  },
  {
    call: "await handle.cancel()",
    about: "answer",
    changes: "task",
    make: (_, handle) => handle.cancel(),
    say: quote,
    cells: [
      '"cancelled"',
      '"cancelled"',
      'waits: "cancelled"',
      '"finished"',
      '"finished"',
      '"finished"',
      '"finished"',
    ],
  },
  {
    call: "await handle.cancel(why, { grace: 0 })",
    about: "answer",
    changes: "task",
    make: (_, handle) => handle.cancel("why", { grace: 0 }),
    say: quote,
    cells: [
      '"cancelled"',
      '"cancelled"',
      '"ignored"',
      '"finished"',
      '"finished"',
      '"finished"',
      '"finished"',
    ],
    // Its own code has ended: what is given up is its child.
    but: { "cancelling, with children": '"cancelled"' },
  },
  {
    call: "await loop.cancel([handle])",
    about: "answer",
    changes: "task",
    make: (loop, handle) => loop.cancel([handle]),
    say: ([answer]: readonly [string]) => quote(answer),
    cells: [
      '"cancelled"',
      '"cancelled"',
      'waits: "cancelled"',
      '"finished"',
      '"finished"',
      '"finished"',
      '"finished"',
    ],
    but: {
      "running, of another controller": "throws TypeError",
    },
  },
  {
    call: "handle.kill()",
    about: "effect",
    changes: "loop",
    make: (_, handle) => handle.kill(),
    cells: [
      "cancelled: CancelledError",
      "cancelled: CancelledError",
      "cancelled: CancelledError",
      ...NOTHING_AFTER_THE_END,
    ],
  },
  {
    call: "handle.setTimeout(0)",
    about: "effect",
    changes: "task",
    make: (_, handle) => handle.setTimeout(0),
    cells: [
      "at its start: cancelled: TimeoutError",
      "cancelled: TimeoutError",
      "nothing",
      ...NOTHING_AFTER_THE_END,
    ],
  },
  {
    call: "handle.setTimeout(null)",
    about: "effect",
    changes: "task",
    make: (_, handle) => handle.setTimeout(null),
    cells: ["nothing", "nothing", "nothing", ...NOTHING_AFTER_THE_END],
  },
  {
    call: "handle.setDeadline(past)",
    about: "effect",
    changes: "task",
    make: (_, handle) => handle.setDeadline(new Date(0)),
    cells: [
      "cancelled: TimeoutError",
      "cancelled: TimeoutError",
      "nothing",
      ...NOTHING_AFTER_THE_END,
    ],
  },
  {
    call: "handle.followLogs()",
    about: "answer",
    make: (_, handle) => Array.fromAsync(handle.followLogs()),
    say: () => "ends",
    cells: [
      "waits: ends",
      "waits: ends",
      "waits: ends",
      "ends",
      "ends",
      "ends",
      "ends",
    ],
  },
  {
    call: "await loop.wait([handle])",
    about: "answer",
    make: (loop, handle) => loop.wait([handle]),
    say: sortOut,
    cells: [
      "waits: done",
      "waits: done",
      "waits: done",
      "done",
      "done",
      "done",
      "done",
    ],
    but: {
      "running, of another controller": "throws TypeError",
    },
  },
  {
    call: "await loop.wait([handle], { timeout: 0 })",
    about: "answer",
    make: (loop, handle) => loop.wait([handle], { timeout: 0 }),
    say: sortOut,
    cells: ["not done", "not done", "not done", "done", "done", "done", "done"],
    but: {
      "running, of another controller": "throws TypeError",
    },
  },
  {
    call: "loop.waitSync([handle], { timeout: 0 })",
    about: "answer",
    make: (loop, handle) => loop.waitSync([handle], { timeout: 0 }),
    say: sortOut,
    cells: ["not done", "not done", "not done", "done", "done", "done", "done"],
    but: {
      "running, of another controller": "throws TypeError",
    },
  },
  {
    call: "loop.asCompleted([handle])",
    about: "answer",
    make: async (loop, handle) => {
      // Not the handle itself, which would be awaited.
      for await (const one of loop.asCompleted([handle])) return [one];
    },
    say: (came: readonly [TaskHandle], handle) => {
      assert(came[0] === handle);
      return "yields it";
    },
    cells: [
      "waits: yields it",
      "waits: yields it",
      "waits: yields it",
      "yields it",
      "yields it",
      "yields it",
      "yields it",
    ],
    but: {
      "running, of another controller": "throws TypeError",
    },
  },
  {
    call: "loop.asCompleted([handle], { timeout: 0 })",
    about: "answer",
    make: async (loop, handle) => {
      for await (
        const one of loop.asCompleted([handle], { timeout: 0 })
      ) return [one];
    },
    say: (came: readonly [TaskHandle], handle) => {
      assert(came[0] === handle);
      return "yields it";
    },
    cells: [
      "throws TimeoutError",
      "throws TimeoutError",
      "throws TimeoutError",
      "yields it",
      "yields it",
      "yields it",
      "yields it",
    ],
    but: {
      "running, of another controller": "throws TypeError",
    },
  },
  {
    call: "loop.get(handle.id)",
    about: "answer",
    make: (loop, { id }) => [loop.get(id)],
    say: ([got]: readonly [TaskHandle | undefined], handle) => {
      if (got === undefined) return "nothing";
      assert(got === handle);
      return "the handle";
    },
    cells: [
      "the handle",
      "the handle",
      "the handle",
      "the handle",
      "the handle",
      "the handle",
      "the handle",
    ],
    but: {
      "running, of another controller": "nothing",
    },
  },
  {
    call: "loop.collect([handle])",
    about: "answer",
    changes: "task",
    make: (loop, handle) => {
      const [one] = loop.collect([handle]);
      assert(loop.collect([handle]).length === 0);
      return [one, loop.get(handle.id)];
    },
    say: (
      [collected, got]: readonly (TaskHandle | undefined)[],
      handle: TaskHandle,
    ) => {
      if (collected === undefined && got === handle) return "leaves it";
      assert(collected === handle && got === undefined);
      return "hands it out, forgets it";
    },
    cells: [
      "leaves it",
      "leaves it",
      "leaves it",
      "hands it out, forgets it",
      "hands it out, forgets it",
      "hands it out, forgets it",
      "hands it out, forgets it",
    ],
    but: {
      "running, of another controller": "throws TypeError",
    },
  },
  {
    call: "await loop.submit(another)",
    about: "answer",
    make: (loop) => loop.submit(tasks.echo, [VALUE]),
    cells: [
      "waits: the value",
      "the value",
      "the value",
      "the value",
      "the value",
      "the value",
      "throws InvalidStateError",
    ],
  },
  {
    call: "loop.concurrency = 2, handle.state",
    about: "answer",
    changes: "task",
    make: async (loop, handle) => {
      loop.concurrency = 2;
      await until(() => handle.state !== "queued");
      return handle.state;
    },
    say: quote,
    cells: [
      '"running"',
      '"running"',
      '"running"',
      '"succeeded"',
      '"failed"',
      '"cancelled"',
      '"failed"',
    ],
  },
  {
    call: "loop.pause([handle]), handle.snapshot().paused",
    about: "answer",
    changes: "loop",
    make: (loop, handle) => {
      loop.pause([handle]);
      return handle.snapshot().paused;
    },
    cells: [
      "true",
      "false",
      "false",
      "false",
      "false",
      "false",
      "throws InvalidStateError",
    ],
    but: { "running, of another controller": "throws TypeError" },
  },
  {
    call: "loop.pause(), await loop.close()",
    about: "answer",
    changes: "loop",
    make: (loop) => {
      loop.pause();
      return loop.close();
    },
    say: ended,
    cells: [
      "waits: succeeded",
      "waits: succeeded",
      "waits: cancelled: CancelledError",
      "succeeded",
      "failed: Error",
      "cancelled: CancelledError",
      "throws InvalidStateError",
    ],
    but: { "running, of another controller": "nothing" },
  },
  {
    call: "await loop.exportsOf(module)",
    about: "answer",
    make: (loop) => loop.exportsOf("node:path"),
    say: ({ exports }: ModuleDescription) => {
      assert(exports.some(({ name }) => name === "basename"));
      return "the exports";
    },
    cells: [
      "the exports",
      "the exports",
      "the exports",
      "the exports",
      "the exports",
      "the exports",
      "throws InvalidStateError",
    ],
  },
  {
    call: "loop.health().state",
    about: "answer",
    make: (loop) => loop.health().state,
    say: quote,
    cells: [
      '"responsive"',
      '"responsive"',
      '"responsive"',
      '"responsive"',
      '"responsive"',
      '"responsive"',
      '"closed"',
    ],
  },
  {
    call: "await loop.close()",
    about: "answer",
    changes: "loop",
    make: (loop) => loop.close(),
    say: ended,
    cells: OUTCOMES,
    but: {
      "running, of another controller": "nothing",
    },
  },
  {
    call: "await loop.close({ cancel: true })",
    about: "answer",
    changes: "loop",
    make: (loop) => loop.close({ cancel: true }),
    say: ended,
    cells: [
      "cancelled: CancelledError",
      "cancelled: CancelledError",
      "waits: cancelled: CancelledError",
      "succeeded",
      "failed: Error",
      "cancelled: CancelledError",
      "failed: LoopLostError",
    ],
    but: {
      "running, of another controller": "nothing",
    },
  },
  {
    call: 'await loop.close({ cancel: "queued" })',
    about: "answer",
    changes: "loop",
    make: (loop) => loop.close({ cancel: "queued" }),
    say: ended,
    cells: [
      "waits: cancelled: CancelledError",
      "waits: succeeded",
      "waits: cancelled: CancelledError",
      "succeeded",
      "failed: Error",
      "cancelled: CancelledError",
      "failed: LoopLostError",
    ],
    but: {
      "running, of another controller": "nothing",
    },
  },
  {
    call: "await loop.close({ timeout: 0 })",
    about: "answer",
    changes: "loop",
    make: (loop) => loop.close({ timeout: 0 }),
    say: ended,
    cells: [
      "cancelled: CancelledError",
      "cancelled: CancelledError",
      "waits: cancelled: CancelledError",
      "succeeded",
      "failed: Error",
      "cancelled: CancelledError",
      "failed: LoopLostError",
    ],
    but: {
      "running, of another controller": "nothing",
    },
  },
  {
    call: "loop.kill()",
    about: "effect",
    changes: "loop",
    make: (loop) => loop.kill(),
    cells: [
      "failed: LoopLostError",
      "failed: LoopLostError",
      "cancelled: CancelledError, not confirmed (process: cancelled: CancelledError)",
      ...NOTHING_AFTER_THE_END,
    ],
    but: {
      "running, of another controller": "nothing",
    },
  },
];
