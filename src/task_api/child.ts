/**
 * A task that a task has started, as that one sees it.
 *
 * @module
 */
import type { RetryOptions } from "../protocol/messages.ts";
import type { CancelResult, TaskId, TaskState } from "../task.ts";

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
  /**
   * Whether it came to something that its parent has to see to: it failed, ran
   * into a limit, or threw something else while it was being cancelled.
   */
  readonly failed: boolean;
  /**
   * Asks it to stop. What it resolves to, which need not be awaited, says when
   * that is known what came of it: `"cancelled"`, it has stopped; `"finished"`,
   * it ended in its own way; `"ignored"`, it did not stop within its grace.
   */
  cancel(reason?: string | Error): Promise<CancelResult>;
  /**
   * Sets, moves or (with `null`) lifts the limit on its running time, in
   * milliseconds from its start. One that is shorter than what has passed fires
   * now. After its end it does nothing.
   *
   * @throws {TypeError} `ms` is no number of milliseconds.
   */
  setTimeout(ms: number | null): void;
  /**
   * Sets, moves or (with `null`) lifts its absolute limit; a number is
   * milliseconds since the epoch. One that has passed fires now. After its end
   * it does nothing.
   *
   * @throws {TypeError} `at` is no moment.
   */
  setDeadline(at: number | Date | null): void;
}
