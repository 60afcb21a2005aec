/**
 * A child, as its parent's code sees it.
 *
 * @module
 */
import type { RetryOptions } from "../protocol/messages.ts";
import type { CancelResult, TaskId, TaskState } from "../task.ts";

/** The options of {@linkcode Task.spawn}. All durations are in milliseconds. */
export interface SpawnOptions {
  /** Its name in listings; by default the name of the function. */
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
  /** How long it may unwind when it is asked to stop. */
  readonly grace?: number;
  /** How it is retried if it fails; by default not at all. */
  readonly retry?: RetryOptions;
}

/**
 * A task that another task has started. Awaiting it returns its value or throws
 * its error, neither of which is copied. As in asyncio, a parent that does not
 * catch the `CancelledError` of its child is cancelled itself. A failure that
 * nobody awaits is not reported as an unhandled rejection.
 */
export interface ChildTask<T = unknown> extends PromiseLike<T> {
  /** Its id: the parent's id, a dot, a number. */
  readonly id: TaskId;
  /** Its state. */
  readonly state: TaskState;
  /**
   * Whether its parent should take notice: it failed, a limit fired, or it threw
   * another error while it was being cancelled.
   */
  readonly failed: boolean;
  /**
   * Asks the child to stop. Resolves when the result is known:
   * `"cancelled"` if it has stopped, `"finished"` if it had ended or ended in its
   * own way, `"ignored"` if it was still running at the end of its grace. The
   * promise never rejects and need not be awaited. Outside a loop nothing can
   * stop the child.
   *
   * @throws {TypeError} `reason` is neither a string nor an Error.
   */
  cancel(reason?: string | Error): Promise<CancelResult>;
  /**
   * Sets, moves or (with `null`) lifts the limit on its running time, in
   * milliseconds from its start. A limit that has already passed fires now. After
   * the child has ended, and outside a loop, it does nothing.
   *
   * @throws {TypeError} `ms` is not a number of milliseconds.
   */
  setTimeout(ms: number | null): void;
  /**
   * Sets, moves or (with `null`) lifts its absolute limit; a number is
   * milliseconds since the epoch. A limit that has already passed fires now.
   * After the child has ended, and outside a loop, it does nothing.
   *
   * @throws {TypeError} `at` is not a moment.
   */
  setDeadline(at: number | Date | null): void;
}
