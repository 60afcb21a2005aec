/**
 * The interface of a running task.
 *
 * @module
 */
import type { TaskReference } from "../protocol/reference.ts";
import type { TaskId } from "../task.ts";
import type { AsyncWaitOptions } from "../wait.ts";
import type { ChildTask, SpawnOptions } from "./child.ts";
import type {
  ChildGroup,
  GatherEntries,
  GatherOptions,
  WaitResult,
} from "./gather.ts";

/** The running task, as its own code sees it. */
export interface Task {
  /** Its id; `undefined` outside a loop. */
  readonly id: TaskId | undefined;
  /** Its name; `""` outside a loop. */
  readonly name: string;
  /** The number of the current attempt, from 1; see the option `retry`. */
  readonly attempt: number;
  /**
   * Aborts when the task is asked to stop. The reason is a `CancelledError` or
   * the `TimeoutError` of the limit that fired. {@linkcode Task.sleep} and
   * `fetch` follow the signal without being given it; pass it to anything else
   * that takes a signal.
   *
   * The signal does not abort when the task ends: a `fetch` that a task leaves
   * behind runs on. In code that {@linkcode Task.shielded} runs, the signal
   * aborts only at the end of the grace. Outside a loop it never aborts.
   *
   * @example
   * ```ts
   * import { LoopController } from "@loopctl/loopctl";
   * import { task } from "@loopctl/loopctl/task";
   * import { assertEquals } from "@std/assert";
   *
   * await using loop = new LoopController();
   * const handle = loop.submit(() =>
   *   new Promise((_, reject) =>
   *     task.signal.addEventListener("abort", () => reject(task.signal.reason))
   *   )
   * );
   * assertEquals(await handle.cancel(), "cancelled");
   * ```
   */
  readonly signal: AbortSignal;
  /**
   * Waits at least `ms` milliseconds, and longer if the loop is blocked. In a
   * loop, `Infinity` waits until the task is asked to stop.
   *
   * Rejects with the reason of the signal as soon as the task is asked to stop.
   * In a task that was asked to stop before, it rejects in a later macrotask.
   * Outside a loop nothing ends it early.
   *
   * @example
   * ```ts
   * import { task } from "@loopctl/loopctl/task";
   *
   * await task.sleep(10);
   * ```
   */
  sleep(ms: number): Promise<void>;
  /**
   * Calls `run` and returns what it returns. Within that call a request to stop
   * has no effect until the task's grace ends: {@linkcode Task.signal} aborts
   * only then, and {@linkcode Task.sleep}, `fetch` and {@linkcode Task.spawn}
   * work until then. A task can use it to wait while it cleans up.
   *
   * The grace runs from the first request to stop, 2000 ms by default. A later
   * request can shorten it. When it ends and the shielded code does not stop at
   * once, the task is abandoned. Outside a loop it only calls `run`. What `run` throws is thrown.
   *
   * @example
   * ```ts
   * import { task } from "@loopctl/loopctl/task";
   *
   * export async function job(url: string): Promise<void> {
   *   try {
   *     await fetch(url, { method: "POST" });
   *     await task.sleep(60_000);
   *   } finally {
   *     await task.shielded(() => fetch(url, { method: "DELETE" }));
   *   }
   * }
   * ```
   */
  shielded<R>(run: () => R): R;
  /**
   * Reports progress: `done` units, of `total` if the task knows it. A report
   * restarts the option `stallTimeout`.
   *
   * Reports are gathered for about 50 ms, and longer while the controller is
   * busy; only the last one counts. None arrives after the outcome. The values
   * are converted to numbers and a string; the call throws what the conversion
   * throws, such as a `TypeError` for a symbol. Outside a loop it does nothing.
   *
   * @example
   * ```ts
   * import { task } from "@loopctl/loopctl/task";
   *
   * for (let n = 1; n <= 3; n++) task.progress(n, 3, `page ${n}`);
   * ```
   */
  progress(done: number, total?: number, note?: string): void;
  /**
   * Starts a child. It runs at once: the controller's concurrency does not limit
   * children. Nothing is copied, so the function may use outer variables, and
   * the result reaches the parent as it is.
   *
   * When the parent ends, in whatever way, it asks its children to stop. The
   * parent settles after they have stopped or were abandoned. Outside a loop the
   * function is only called, and the options have no effect.
   *
   * Throws a `TypeError` or `RangeError` for an invalid option, and the reason of
   * the signal in a task that was asked to stop. What the function throws is
   * thrown only where the child is awaited.
   *
   * @example
   * ```ts
   * import { LoopController } from "@loopctl/loopctl";
   * import { task } from "@loopctl/loopctl/task";
   * import { assertEquals } from "@std/assert";
   *
   * await using loop = new LoopController();
   * const sum = loop.submit(async () => {
   *   const one = task.spawn(() => 1);
   *   const two = task.spawn((n: number) => 2 * n, [1], { timeout: 1000 });
   *   return await one + await two;
   * });
   * assertEquals(await sum, 3);
   * ```
   */
  spawn<A extends readonly unknown[], R>(
    task: TaskReference<A, R>,
    args?: A,
    options?: SpawnOptions,
  ): ChildTask<Awaited<R>>;
  /**
   * Starts several children as a group. Awaiting the group gives their values in
   * order. If a child does not succeed, it throws what that child threw, or the
   * reason for which it was cancelled: at once with `onFailure: "keep-going"`
   * (the default), when all have ended with `"cancel-rest"`. Each child can be
   * controlled alone, through `members`.
   *
   * Throws as {@linkcode Task.spawn} does, and then cancels the children that it
   * has started.
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
   * Waits for these children: until all have ended, or what the option `until`
   * says, or for at most `timeout` milliseconds. Resolves to the children that
   * have ended and those that have not, whatever the outcomes.
   *
   * Rejects with the reason when `signal` aborts or the task is asked to stop.
   * That does not cancel the children; nor does the timeout. Rejects with a
   * `TypeError` for an invalid option, or for what is no child.
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
   * Submits a task that does not end with this one. The controller lists it as
   * one of its own, queues it if the concurrency is used up, and reports its
   * failure if nobody reads that. It has the priority of this task, and a process
   * of its own if this task has one.
   *
   * Resolves to the id of the new task when the controller has accepted it, not
   * when it has started. As with `submit`, the arguments are copied now, and an
   * inline function sees only its arguments, the loop's globals and `task`.
   * Outside a loop the function is only called, its error goes to
   * `console.error`, and the id is 0.
   *
   * Rejects with a `TypeError`, a `RangeError` or a `DataCloneError` for an
   * argument or option that is invalid or can't be sent, and with an
   * `InvalidStateError` if the controller accepts no more tasks or this task has
   * ended. A task that was asked to stop can still detach another one.
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
   * Asks this task to stop, as `cancel` of its handle does: its signal aborts
   * with the given error or a `CancelledError` with the given message, its
   * children are asked to stop, and its grace begins.
   *
   * The call does not end the task's code: the task is cancelled when it throws
   * the reason, and succeeds if it returns a value all the same. Throws a
   * `TypeError` if `reason` is neither a string nor an Error. Outside a loop it
   * does nothing.
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

/** The part of `task` that a loop provides; the rest is built on it. */
export type CurrentTask = Omit<Task, "gather" | "wait">;
