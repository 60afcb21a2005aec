/**
 * What a task can ask and tell about itself: its signal, sleep, progress,
 * children. Inside a loop {@linkcode task} speaks of the task that calls it,
 * through any chain of awaits and timers; outside of one it is harmless, so
 * that a task function stays a plain function.
 *
 * @example A task function, run without a loop
 * ```ts
 * import { task } from "@loopctl/loopctl/task";
 * import { assertEquals } from "@std/assert";
 *
 * async function countdown(from: number): Promise<string> {
 *   for (let n = from; n > 0; n--) {
 *     task.progress(from - n, from);
 *     await task.sleep(1);
 *   }
 *   return "lift-off";
 * }
 * assertEquals(await countdown(3), "lift-off");
 * ```
 *
 * @module
 */
import type { TaskFunction, TaskReference } from "./protocol/reference.ts";
import type { TaskId } from "./task.ts";
import type { ChildTask, SpawnOptions } from "./task_api/child.ts";
import {
  type ChildGroup,
  gather,
  type GatherEntries,
  type GatherEntry,
  type GatherOptions,
  wait,
  type WaitResult,
} from "./task_api/gather.ts";
import { outside } from "./task_api/outside.ts";
import type { AsyncWaitOptions, WaitOptions } from "./wait.ts";

export { CancelledError, type Limit, TimeoutError } from "./errors.ts";
export type { RetryOptions } from "./protocol/messages.ts";
export type { ModuleTask } from "./protocol/reference.ts";
export type { CancelResult, TaskState } from "./task.ts";
export type {
  AsyncWaitOptions,
  ChildGroup,
  ChildTask,
  GatherEntries,
  GatherEntry,
  GatherOptions,
  SpawnOptions,
  TaskFunction,
  TaskId,
  TaskReference,
  WaitOptions,
  WaitResult,
};

/** The task that is running, seen from its own code. */
export interface Task {
  /** Its id; `undefined` outside of a loop. */
  readonly id: TaskId | undefined;
  /** Its name; `""` outside of a loop. */
  readonly name: string;
  /** Which attempt this is, from 1. */
  readonly attempt: number;
  /**
   * Aborts when the task is asked to stop: with a `CancelledError`, or with
   * the `TimeoutError` of the limit that fired. `fetch` and
   * {@linkcode Task.sleep} follow it by themselves. The end of a task does not
   * abort it: a `fetch` that a task leaves behind runs on. Outside of a loop it
   * never aborts.
   */
  readonly signal: AbortSignal;
  /**
   * Waits `ms` milliseconds, or throws the signal's reason as soon as the task
   * is asked to stop. In a task that was asked to stop before, it throws once
   * the loop has turned.
   */
  sleep(ms: number): Promise<void>;
  /**
   * Calls `run`, and returns what that returns. Inside, a request to stop is
   * not heard until the task's grace ends: {@linkcode Task.signal} aborts only
   * then, and {@linkcode Task.sleep}, `fetch` and {@linkcode Task.spawn} work
   * till then. So a task can wait while it cleans up:
   *
   * ```ts
   * import { task } from "@loopctl/loopctl/task";
   *
   * async function job(url: string): Promise<void> {
   *   try {
   *     await fetch(url, { method: "POST" });
   *     await task.sleep(60_000);
   *   } finally {
   *     await task.shielded(() => fetch(url, { method: "DELETE" }));
   *   }
   * }
   * ```
   *
   * The grace runs from the first request to stop, 2000 ms unless something
   * else was said, and a second request with a shorter grace shortens it. When
   * it ends, the task is given up, shielded or not. Outside of a loop `run` is
   * simply called.
   */
  shielded<R>(run: () => R): R;
  /**
   * Says how far the task is: `done` units, of `total` where it knows. Calls
   * in quick succession are merged, the last one wins; none arrives after the
   * outcome.
   */
  progress(done: number, total?: number, note?: string): void;
  /**
   * Starts a task that belongs to this one: it shows under it, and is asked to
   * stop when this one ends, whichever way; this one is settled when it has
   * stopped, or was abandoned. It runs at once, in its parent's
   * place: the controller's concurrency does not hold it back. The function
   * may close over variables, since nothing is copied. Outside of a loop it is
   * simply called.
   *
   * Throws a `TypeError` or `RangeError` for an option that can't be used, and
   * the reason of the signal in a task that is asked to stop.
   */
  spawn<A extends readonly unknown[], R>(
    task: TaskReference<A, R>,
    args?: A,
    options?: SpawnOptions,
  ): ChildTask<Awaited<R>>;
  /**
   * Starts several children as a group. Awaiting it gives their values in their
   * order, or throws what the first that did not succeed threw or was cancelled
   * for: at once where the group keeps going, else when all have ended. Each
   * stays controllable alone, in `members`.
   *
   * Throws as {@linkcode Task.spawn} does; then those that it has started are
   * cancelled.
   *
   * @example The first failure cancels the rest
   * ```ts
   * import { task } from "@loopctl/loopctl/task";
   * import { assertEquals } from "@std/assert";
   *
   * const double = (n: number) => 2 * n;
   * const values = await task.gather(
   *   [[double, [1]], [double, [2], { name: "second" }]],
   *   { onFailure: "cancel-rest", timeout: 5000 },
   * );
   * assertEquals(values, [2, 4]);
   * ```
   */
  gather<const R extends readonly unknown[]>(
    entries: GatherEntries<R>,
    options?: GatherOptions,
  ): ChildGroup<R>;
  /**
   * Waits for these children. Resolves to those that have ended and those that
   * have not; also when the `timeout` is over, and without throwing what became
   * of any. Rejects when `signal` aborts, and when the task is asked to stop,
   * with the reason; the children are not cancelled by that.
   *
   * @example The first of two, and the other is not needed
   * ```ts
   * import { LoopController } from "@loopctl/loopctl";
   * import { task } from "@loopctl/loopctl/task";
   * import { assertEquals } from "@std/assert";
   *
   * await using loop = new LoopController();
   * const first = loop.submit(async () => {
   *   const mirrors = [5, 60_000].map((ms) =>
   *     task.spawn(async () => {
   *       await task.sleep(ms);
   *       return ms;
   *     })
   *   );
   *   const { done, notDone } = await task.wait(mirrors, { until: "any" });
   *   for (const child of notDone) child.cancel("not needed");
   *   return await done[0];
   * });
   * assertEquals(await first, 5);
   * ```
   */
  wait<C extends ChildTask>(
    children: Iterable<C>,
    options?: AsyncWaitOptions,
  ): Promise<WaitResult<C>>;
  /**
   * Submits a task that does not end with this one: the controller lists it as
   * one of its own, queues it where the concurrency is used up, and reports its
   * failure if nobody reads that. Resolves to its id, as soon as the controller
   * has taken it. Its priority is that of this task; it has a process of its
   * own if this task has one.
   *
   * It is sent as with `submit`: the arguments are copied as they are now, and
   * an inline function sees only them, the loop's globals and `task`. Outside
   * of a loop it is simply called, what it throws goes to `console.error`, and
   * its id is 0.
   *
   * Rejects with a `TypeError`, a `RangeError` or a `DataCloneError` for what
   * can't be sent or used, and with an `InvalidStateError` where the controller
   * takes no more tasks or this task has ended. A task that is being asked to
   * stop may still detach another one.
   *
   * @example
   * ```ts
   * import { LoopController } from "@loopctl/loopctl";
   * import { task } from "@loopctl/loopctl/task";
   * import { assertEquals } from "@std/assert";
   *
   * await using loop = new LoopController();
   * const id = await loop.submit(() => task.detach((n: number) => n + 1, [1]));
   * assertEquals(await loop.get(id), 2);
   * ```
   */
  detach<A extends readonly unknown[], R>(
    task: TaskReference<A, R>,
    args?: A,
    options?: SpawnOptions,
  ): Promise<TaskId>;
  /**
   * Asks this very task to stop, as `cancel` of its handle does: its signal
   * aborts with a `CancelledError` of this message or with the error given, its
   * children are asked to stop, and its grace begins. The task ends as
   * cancelled once it throws; if it returns a value all the same, it has
   * succeeded. Outside of a loop it does nothing.
   *
   * @example
   * ```ts
   * import { LoopController } from "@loopctl/loopctl";
   * import { task } from "@loopctl/loopctl/task";
   * import { assertEquals } from "@std/assert";
   *
   * await using loop = new LoopController();
   * const handle = loop.submit(async () => {
   *   task.cancel("nothing to do");
   *   await task.sleep(1000);
   * });
   * const outcome = await handle.outcome();
   * assertEquals(outcome.state, "cancelled");
   * ```
   */
  cancel(reason?: string | Error): void;
}

/** What a loop knows of one of its tasks; the rest of `task` stands on it. */
export type CurrentTask = Omit<Task, "gather" | "wait">;

/**
 * Under this name a loop tells which of its tasks is running. A symbol of the
 * registry, not an import, so that a task module meets its loop even when the
 * two were loaded as different versions of this package.
 */
export const CURRENT_TASK: unique symbol = Symbol.for("loopctl.currentTask");

interface LoopGlobal {
  [CURRENT_TASK]?: () => CurrentTask | undefined;
}

/** A loop's own way to say which task is running; not for tasks to call. */
export function provideCurrentTask(
  current: () => CurrentTask | undefined,
): void {
  (globalThis as LoopGlobal)[CURRENT_TASK] = current;
}

function current(): CurrentTask {
  return (globalThis as LoopGlobal)[CURRENT_TASK]?.() ?? outside;
}

/** The task that is running. */
export const task: Task = {
  get id() {
    return current().id;
  },
  get name() {
    return current().name;
  },
  get attempt() {
    return current().attempt;
  },
  get signal() {
    return current().signal;
  },
  sleep: (ms) => current().sleep(ms),
  shielded: (run) => current().shielded(run),
  progress: (done, total, note) => current().progress(done, total, note),
  spawn: (reference, args, options) =>
    current().spawn(reference, args, options),
  gather: (entries, options = {}) => gather(current(), entries, options),
  wait: (children, options = {}) => wait(current(), children, options),
  detach: (reference, args, options) =>
    current().detach(reference, args, options),
  cancel: (reason) => current().cancel(reason),
};
