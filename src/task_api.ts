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
import type { RetryOptions } from "./protocol/messages.ts";
import type { TaskFunction, TaskReference } from "./protocol/reference.ts";
import type { TaskId, TaskState } from "./task.ts";

export type { RetryOptions, TaskFunction, TaskId, TaskReference, TaskState };
export type { ModuleTask } from "./protocol/reference.ts";

/** What {@linkcode Task.spawn} takes besides what to run. All times in ms. */
export interface SpawnOptions {
  /** What `poll` calls it; by default the name of what it runs. */
  readonly name?: string;
  /** Limit on its running time. With 0 it never begins. */
  readonly timeout?: number;
  /**
   * Absolute limit; a number is milliseconds since the epoch. If it has passed,
   * the child never begins.
   */
  readonly deadline?: number | Date;
  /** Limit on the time without progress. */
  readonly stallTimeout?: number;
  /** How long it may take to unwind when it is asked to stop. */
  readonly grace?: number;
  /** How often it is tried again when it fails. */
  readonly retry?: RetryOptions;
}

/**
 * A task that a task has started. Awaiting it gives its value or throws its
 * error, both without crossing a thread. As in asyncio, a task that does not
 * catch the `CancelledError` of a child that was cancelled is cancelled itself.
 */
export interface ChildTask<T = unknown> extends PromiseLike<T> {
  /** Its id: the parent's, a dot, a number. */
  readonly id: TaskId;
  /** Its state. */
  readonly state: TaskState;
  /** Asks it to stop. Await the child to know that it has. */
  cancel(reason?: string | Error): void;
}

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
}

/**
 * Under this name a loop tells which of its tasks is running. A symbol of the
 * registry, not an import, so that a task module meets its loop even when the
 * two were loaded as different versions of this package.
 */
export const CURRENT_TASK: unique symbol = Symbol.for("loopctl.currentTask");

interface LoopGlobal {
  [CURRENT_TASK]?: () => Task | undefined;
}

/** A loop's own way to say which task is running; not for tasks to call. */
export function provideCurrentTask(current: () => Task | undefined): void {
  (globalThis as LoopGlobal)[CURRENT_TASK] = current;
}

function current(): Task {
  return (globalThis as LoopGlobal)[CURRENT_TASK]?.() ?? outside;
}

const outside: Task = {
  id: undefined,
  name: "",
  attempt: 1,
  signal: new AbortController().signal,
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  shielded: (run) => run(),
  progress: () => {},
  spawn: <A extends readonly unknown[], R>(
    reference: TaskReference<A, R>,
    args?: A,
  ) => new PlainCall(call(reference, args)),
};

async function call<A extends readonly unknown[], R>(
  reference: TaskReference<A, R>,
  args: A = [] as unknown as A,
): Promise<Awaited<R>> {
  if (typeof reference === "function") return await reference(...args);
  const exports: Record<string, (...args: A) => R> = await import(
    reference.module
  );
  return await exports[reference.export]!(...args);
}

/** A child outside of a loop: the bare call. */
class PlainCall<T> implements ChildTask<T> {
  readonly id = 0;
  readonly #value: Promise<T>;
  state: TaskState = "running";

  constructor(value: Promise<T>) {
    this.#value = value;
    value.then(() => this.state = "succeeded", () => this.state = "failed");
  }

  then<A = T, B = never>(
    onValue?: ((value: T) => A | PromiseLike<A>) | null,
    onError?: ((error: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.#value.then(onValue, onError);
  }

  cancel(): void {}
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
};
