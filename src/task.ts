/**
 * What a task is, on both sides: its id, its states and their
 * legal moves, the snapshot that `poll` shows, the outcome it comes to.
 *
 * @module
 */

/**
 * Names a task. The tasks of a controller count 1, 2, 3 …; a task started by a
 * task carries its parent's id: `"3.1"` is the first child of task 3.
 */
export type TaskId = number | `${number}.${number}`;

/** Where a task is in its life. It only ever moves along {@linkcode LEGAL_MOVES}. */
export type TaskState =
  | "queued"
  | "running"
  | "succeeded"
  | "failed"
  | "cancelled";

/** How a task can end. */
export type EndState = Exclude<TaskState, "queued" | "running">;

/** The state that each state may be followed by. */
export const LEGAL_MOVES: { readonly [S in TaskState]: readonly TaskState[] } =
  {
    queued: ["running", "succeeded", "failed", "cancelled"],
    // Back to the queue, where it lost its loop and was to be run again then.
    running: ["queued", "succeeded", "failed", "cancelled"],
    succeeded: [],
    failed: [],
    cancelled: [],
  };

/** Whether a task in this state has ended. */
export function isDone(state: TaskState): boolean {
  return state !== "queued" && state !== "running";
}

/** What a task came to. */
export type Outcome<T = unknown> =
  | Succeeded<T>
  | Failed
  | Cancelled;

/** The task returned a value. */
export interface Succeeded<T = unknown> {
  /** Tells the three outcomes apart. */
  readonly state: "succeeded";
  /** What the task returned, as structured clone brought it here. */
  readonly value: T;
}

/** The task threw, or its loop was lost. */
export interface Failed {
  /** Tells the three outcomes apart. */
  readonly state: "failed";
  /** What it threw; a `LoopLostError` if its loop ended under it. */
  readonly error: Error;
}

/** The task was cancelled, or one of its limits fired. */
export interface Cancelled {
  /** Tells the three outcomes apart. */
  readonly state: "cancelled";
  /** A `CancelledError`, or the `TimeoutError` of the limit that fired. */
  readonly reason: Error;
  /**
   * Whether the task has really stopped. `false`: it ignored its signal for
   * the whole grace, and may be running still.
   */
  readonly confirmed: boolean;
  /**
   * What the task threw besides the reason while it was stopping: a clean-up
   * that failed. Awaiting such a task throws its reason anew, as a
   * `CancelledError` or `TimeoutError` with this as its `cause`.
   */
  readonly error?: Error;
}

/** What a request to cancel came to. */
export type CancelResult = "cancelled" | "finished" | "ignored";

/** What a task last said about how far it is. */
export interface Progress {
  /** Units done so far. */
  readonly done: number;
  /** Units in all, where the task knows. */
  readonly total?: number;
  /** What the task says of it. */
  readonly note?: string;
  /** Units per second of running time. */
  readonly perSecond?: number;
  /** Milliseconds that the rest takes at this rate, where there is a total. */
  readonly remainingMs?: number;
}

/**
 * One task at one moment: plain data, safe to keep or to send on.
 *
 * `submittedAt`, `startedAt` and `endedAt` are counted on from the time at which
 * the controller's thread began, by a clock that nobody sets: two of them are
 * as far apart as what really passed. They do not follow the system's clock
 * when it is set, nor over the time for which the machine sleeps.
 */
export interface TaskSnapshot {
  /** The task's id. */
  readonly id: TaskId;
  /** Its name: the one given, else the name of what it runs. */
  readonly name: string;
  /** What it runs: a function's name, `(inline)` if it has none. */
  readonly task: string;
  /** Its state. */
  readonly state: TaskState;
  /** Asked to stop and given its grace, but not ended. */
  readonly cancelling: boolean;
  /** Ended as cancelled, not confirmed, and really running still. */
  readonly abandoned: boolean;
  /** The task that started it, for a child. */
  readonly parent?: TaskId;
  /** The name of the group that it was started in. */
  readonly group?: string;
  /** The larger, the sooner it leaves the queue. */
  readonly priority: number;
  /** Which attempt this is, from 1. */
  readonly attempt: number;
  /** How many attempts it has at most. */
  readonly attempts: number;
  /** When it was submitted, in milliseconds since the epoch. */
  readonly submittedAt: number;
  /** When it left the queue, in milliseconds since the epoch. */
  readonly startedAt?: number;
  /** When it ended, in milliseconds since the epoch. */
  readonly endedAt?: number;
  /** Milliseconds of running time so far, or in all; 0 while queued. */
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
  /** Milliseconds till the first of its limits fires, while it runs or waits. */
  readonly remainingMs?: number;
  /** What it last said of its progress. */
  readonly progress?: Progress;
}

/** One line that a task wrote with `console`, or that loopctl noted about it. */
export interface LogEntry {
  /** When, by the system's clock, in milliseconds since the epoch. */
  readonly at: number;
  /** The `console` method's level; `note` is loopctl's own remark. */
  readonly level: "debug" | "log" | "info" | "warn" | "error" | "note";
  /** The text as `console` would have printed it, without colour. */
  readonly text: string;
}
