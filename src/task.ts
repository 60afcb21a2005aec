/**
 * What a task is on both sides: its id, its states, its snapshot, its outcome.
 *
 * @module
 */

/**
 * The id of a task. The tasks of a controller are 1, 2, 3 …; the children of
 * task 3 are `"3.1"`, `"3.2"` …
 */
export type TaskId = number | `${number}.${number}`;

/** The state of a task. It changes only as {@linkcode LEGAL_MOVES} allows. */
export type TaskState =
  | "queued"
  | "running"
  | "succeeded"
  | "failed"
  | "cancelled";

/** How a task can end. */
export type EndState = Exclude<TaskState, "queued" | "running">;

/** The states that may follow each state. */
export const LEGAL_MOVES: { readonly [S in TaskState]: readonly TaskState[] } =
  {
    queued: ["running", "succeeded", "failed", "cancelled"],
    // Back to the queue if the loop is lost and the task is to run again.
    running: ["queued", "succeeded", "failed", "cancelled"],
    succeeded: [],
    failed: [],
    cancelled: [],
  };

/** Whether a task in this state has ended. */
export function isDone(state: TaskState): boolean {
  return state !== "queued" && state !== "running";
}

/** How a task ended. */
export type Outcome<T = unknown> =
  | Succeeded<T>
  | Failed
  | Cancelled;

/** The task returned a value. */
export interface Succeeded<T = unknown> {
  /** Tells the three outcomes apart. */
  readonly state: "succeeded";
  /** What the task returned, copied by structured clone. */
  readonly value: T;
}

/** The task threw, or its loop was lost. */
export interface Failed {
  /** Tells the three outcomes apart. */
  readonly state: "failed";
  /** What the task threw, or a `LoopLostError` if its loop ended. */
  readonly error: Error;
}

/** The task was cancelled, or one of its limits fired. */
export interface Cancelled {
  /** Tells the three outcomes apart. */
  readonly state: "cancelled";
  /** A `CancelledError`, or the `TimeoutError` of the limit that fired. */
  readonly reason: Error;
  /**
   * Whether the task has really stopped. `false` means that the task was still
   * running at the end of its grace, and may be running now.
   */
  readonly confirmed: boolean;
  /**
   * What the task threw instead of the reason while it was stopping, for example
   * because its cleanup failed. Awaiting the task throws a `CancelledError` or
   * `TimeoutError` with this error as its `cause`.
   */
  readonly error?: Error;
}

/**
 * What a request to cancel achieved: the task has stopped (`"cancelled"`), had
 * ended or ended in its own way (`"finished"`), or was still running at the end
 * of its grace (`"ignored"`).
 */
export type CancelResult = "cancelled" | "finished" | "ignored";

/** The progress that a task last reported. */
export interface Progress {
  /** Units done so far. */
  readonly done: number;
  /** Units in total, if the task knows. */
  readonly total?: number;
  /** A note of the task. */
  readonly note?: string;
  /** Units per second of running time. */
  readonly perSecond?: number;
  /** Milliseconds that the rest takes at this rate, if there is a total. */
  readonly remainingMs?: number;
}

/**
 * One task at one moment: plain data, safe to keep or to send.
 *
 * `submittedAt`, `startedAt`, `stopAskedAt` and `endedAt` use a clock that nobody
 * can set, which starts at the system's time when the controller's thread begins.
 * Differences between them are therefore exact. The times do not follow the
 * system's clock when that is set, and do not count the time for which the
 * machine sleeps.
 */
export interface TaskSnapshot {
  /** The task's id. */
  readonly id: TaskId;
  /** Its name; by default the name of the function. */
  readonly name: string;
  /** The name of the function that it runs, or `(inline)`. */
  readonly task: string;
  /** The URL of the module that exports the function; none if it is inline. */
  readonly module?: string;
  /**
   * What it was given, to tell it from other tasks: values that are short as
   * they are, plain copies of others, with `…` where something is cut. Objects
   * are shown as they were sent.
   */
  readonly args: readonly unknown[];
  /** Its state. */
  readonly state: TaskState;
  /** Whether the task was asked to stop and has not ended. */
  readonly cancelling: boolean;
  /** Whether the task counts as cancelled, but is still running. */
  readonly abandoned: boolean;
  /** Whether the task waits because the task itself or the queue is paused. */
  readonly paused: boolean;
  /** The task that started it, for a child. */
  readonly parent?: TaskId;
  /** The name of the group that it was started in. */
  readonly group?: string;
  /** The task that this one was submitted to repeat. */
  readonly retryOf?: TaskId;
  /** Tasks with a higher priority leave the queue first. */
  readonly priority: number;
  /** Which attempt this is, from 1. */
  readonly attempt: number;
  /** The maximum number of attempts. */
  readonly attempts: number;
  /** Milliseconds until the next attempt, while the task waits for it. */
  readonly retryInMs?: number;
  /** What the last attempt that failed threw, in a line: `TypeError: no`. */
  readonly lastError?: string;
  /** When it was submitted, in milliseconds since the epoch. */
  readonly submittedAt: number;
  /** When it left the queue, in milliseconds since the epoch. */
  readonly startedAt?: number;
  /**
   * When it was first asked to stop, in milliseconds since the epoch; not there
   * if it had not started.
   */
  readonly stopAskedAt?: number;
  /** When it ended, in milliseconds since the epoch. */
  readonly endedAt?: number;
  /** Milliseconds of running time so far, or in total; 0 while queued. */
  readonly elapsedMs: number;
  /** Its limit on running time in milliseconds, if it has one. */
  readonly timeoutMs?: number;
  /**
   * Its absolute limit by the system's clock, in milliseconds since the epoch,
   * if it has one.
   */
  readonly deadlineAt?: number;
  /** Its limit on the time without progress in milliseconds, if it has one. */
  readonly stallTimeoutMs?: number;
  /** Milliseconds until its first limit fires, while it is queued or runs. */
  readonly remainingMs?: number;
  /** The progress that it last reported. */
  readonly progress?: Progress;
}

/** One line that a task wrote, or that loopctl noted about the task. */
export interface LogEntry {
  /** The system's time in milliseconds since the epoch. */
  readonly at: number;
  /** The level of the `console` method; `note` is a remark of loopctl. */
  readonly level: "debug" | "log" | "info" | "warn" | "error" | "note";
  /** The text as `console` would print it, without colour. */
  readonly text: string;
}
