/**
 * The controller's record of one task.
 *
 * @module
 */
import {
  CancelledError,
  cancelledWith,
  TimeoutError,
  withoutStack,
} from "../../errors.ts";
import type { Linked } from "../../linked_list.ts";
import type { MovableLimit, RunOptions } from "../../protocol/messages.ts";
import { shortArguments } from "../../protocol/preview.ts";
import type { Submittable } from "../../protocol/reference.ts";
import {
  isDone,
  LEGAL_MOVES,
  type LogEntry,
  type Outcome,
  type Progress,
  type TaskId,
  type TaskState,
} from "../../task.ts";
import type { Timer } from "../../timers.ts";

/** What can be asked of the loop that has a task. */
export interface TaskLoop {
  /** Posts what was gathered and takes in what the loop has said. */
  refresh(record: TaskRecord): void;
  /** Like `refresh`, but posts nothing: for many calls in a row. */
  update(record: TaskRecord): void;
  /** Whether the task waits, and is now certain never to start. */
  revoke(record: TaskRecord): boolean;
  /** Asks the task to stop; `grace` is in milliseconds. */
  cancel(record: TaskRecord, reason: string | Error, grace?: number): void;
  moveLimit(
    record: TaskRecord,
    limit: MovableLimit,
    value: number | undefined,
  ): void;
  /** Ends the loop by force; resolves when it has gone or takes too long to. */
  kill(how: Error): Promise<void>;
}

export interface SettleListener {
  /** Called once, when the task has settled. */
  onSettled(record: TaskRecord): void;
}

/** What few tasks have, kept apart from what a million of them have. */
export class TaskDetails {
  /** The options that the loop gets with the task. */
  options: RunOptions = {};
  priority: number = 0;
  paused: boolean = false;
  retryOf: TaskId | undefined = undefined;
  attempt: number = 1;
  /** When the next attempt begins, in milliseconds since the epoch. */
  retryAt: number | undefined = undefined;
  /** What the last attempt that failed threw. */
  lastError: string | undefined = undefined;
  /** The grace of this task in milliseconds, if it has its own. */
  grace: number | undefined = undefined;
  /** The end of the grace, in milliseconds since the epoch, once stopping. */
  graceEndsAt: number | undefined = undefined;
  stopAskedAt: number | undefined = undefined;
  progress: Progress | undefined = undefined;
  /** The time of the progress, in milliseconds since the epoch. */
  progressAt: number | undefined = undefined;
  log: TaskLog | undefined = undefined;
  /** The children that are not forgotten. */
  children: Set<TaskRecord> | undefined = undefined;
  /** How many more times the task may run again when its loop is lost. */
  resubmissions: number = 0;
  /** Whether the task gets a process of its own. */
  isolated: boolean = false;
  /** Objects that move to the loop with the arguments. */
  transfer: readonly Transferable[] | undefined = undefined;
  /** Watches the deadline while the task waits. */
  queueDeadline: Timer | undefined = undefined;
  /** Called when the task settles. */
  release: (() => void) | undefined = undefined;
}

export interface TaskLog {
  readonly entries: LogEntry[];
  /** The number of the first entry, counting all that arrived. */
  first: number;
  /** The length of all entries, in UTF-16 code units. */
  units: number;
  /** How many lines were dropped. */
  dropped: number;
  /** Whether the loop has ended, so that no more lines come. */
  closed: boolean;
  /** Called for each new line, and when no more will come. */
  readonly followers: Set<() => void>;
}

/**
 * Before the end: `none`, or `awaited` if somebody waits for the outcome. After
 * the end: in the history, `read` or `unread`, or `forgotten`.
 */
export type Retention = "none" | "awaited" | "unread" | "read" | "forgotten";

export class TaskRecord implements Linked<TaskRecord> {
  previous: TaskRecord | undefined = undefined;
  next: TaskRecord | undefined = undefined;

  state: TaskState = "queued";
  /** The task's number among those sent to its loop, from 1; 0 before. */
  sent = 0;
  /** The loop that has the task. */
  loop: TaskLoop | undefined = undefined;
  /** The handle of the task, once there is one. */
  handle: unknown = undefined;
  confirmed = true;
  abandoned = false;
  retention: Retention = "none";
  startedAt: number | undefined = undefined;
  endedAt: number | undefined = undefined;
  /** The task's number in the order of ends, from 1; 0 before. */
  settledAs = 0;
  details: TaskDetails | undefined = undefined;
  /** An error made where the task was submitted, for its stack. */
  submittedFrom: Error | undefined = undefined;
  #result: unknown = undefined;
  #stopReason: Error | string | undefined = undefined;
  #listeners: SettleListener | SettleListener[] | undefined = undefined;

  constructor(
    readonly id: TaskId,
    /** Only the loop has the inline function of a child. */
    readonly reference: Submittable | undefined,
    readonly task: string,
    /** Short once they were sent, so that no record keeps what is large. */
    public args: readonly unknown[],
    readonly submittedAt: number,
    readonly parent: TaskRecord | undefined,
    readonly group?: string,
  ) {}

  get name(): string {
    return this.details?.options.name ?? this.task;
  }

  get done(): boolean {
    return isDone(this.state);
  }

  /** Whether the task failed or one of its limits fired. */
  get failed(): boolean {
    return this.error !== undefined ||
      (this.state === "cancelled" && this.result instanceof TimeoutError);
  }

  get cancelling(): boolean {
    return this.#stopReason !== undefined && !this.done;
  }

  /** The details; allocates them when first needed. */
  ensureDetails(): TaskDetails {
    return this.details ??= new TaskDetails();
  }

  /** Why the task was first asked to stop, if it was. */
  get stopReason(): Error | undefined {
    // The error is made on demand: of thousands of cancelled tasks, few are read.
    if (typeof this.#stopReason === "string") {
      const message = this.#stopReason;
      this.#stopReason = withoutStack(() => new CancelledError(message));
    }
    return this.#stopReason;
  }

  /** A string is the message of a `CancelledError`. */
  stopFor(reason: string | Error | undefined): void {
    this.#stopReason ??= reason;
  }

  /** What awaiting the task returns or throws. */
  get result(): unknown {
    return this.state === "cancelled"
      ? this.#result ?? this.stopReason
      : this.#result;
  }

  /** What the task threw; of a cancelled task, other than the reason. */
  get error(): Error | undefined {
    switch (this.state) {
      case "failed":
        return this.#result as Error;
      case "cancelled":
        return (this.#result as Error | undefined)?.cause as Error | undefined;
      default:
        return undefined;
    }
  }

  setLimit(limit: MovableLimit, value: number | undefined): void {
    const details = this.ensureDetails();
    details.options = { ...details.options, [limit]: value };
  }

  start(at: number): void {
    this.#move("running");
    this.startedAt = at;
  }

  /** Makes the task queued again, to run from the start. */
  restart(): void {
    if (this.state === "running") this.#move("queued");
    this.startedAt = undefined;
    this.loop = undefined;
    this.sent = 0;
    if (this.details === undefined) return;
    this.details.attempt = 1;
    this.details.retryAt = undefined;
    this.details.lastError = undefined;
    this.details.progress = undefined;
    this.details.progressAt = undefined;
  }

  /** Settles the task, once. `result` is its value, or what it threw. */
  settle(state: TaskState, result: unknown, at: number): void {
    this.#move(state);
    this.#result = state === "cancelled" && result !== undefined
      ? cancelledWith(this.stopReason!, result)
      : result;
    this.endedAt = at;
    // The start may have been noticed only after the end.
    if (this.startedAt! > at) this.startedAt = at;
    // Others were sent, and are short already.
    const whole = this.sent === 0 || this.details?.resubmissions;
    if (whole) this.args = shortArguments(this.args);
  }

  /** Calls the listeners, in the order in which they came. */
  announce(): void {
    const listeners = this.#listeners;
    this.#listeners = undefined;
    if (!Array.isArray(listeners)) return listeners?.onSettled(this);
    for (const listener of listeners) listener.onSettled(this);
  }

  #move(to: TaskState): void {
    if (!LEGAL_MOVES[this.state].includes(to)) {
      throw new Error(`task ${this.id} can't go from ${this.state} to ${to}`);
    }
    this.state = to;
  }

  /** Calls `listener` when the task has settled; now if it has. */
  listen(listener: SettleListener): void {
    if (this.done) return listener.onSettled(this);
    if (this.#listeners === undefined) this.#listeners = listener;
    else if (Array.isArray(this.#listeners)) this.#listeners.push(listener);
    else this.#listeners = [this.#listeners, listener];
  }

  /** Removes a listener. */
  unlisten(listener: SettleListener): void {
    if (this.#listeners === listener) this.#listeners = undefined;
    else if (Array.isArray(this.#listeners)) {
      const at = this.#listeners.indexOf(listener);
      if (at >= 0) this.#listeners.splice(at, 1);
    }
  }

  get outcome(): Outcome | undefined {
    switch (this.state) {
      case "succeeded":
        return { state: "succeeded", value: this.result };
      case "failed":
        return { state: "failed", error: this.result as Error };
      case "cancelled": {
        const { stopReason, confirmed, error } = this;
        const reason = stopReason as Error;
        return error === undefined
          ? { state: "cancelled", reason, confirmed }
          : { state: "cancelled", reason, confirmed, error };
      }
      default:
        return undefined;
    }
  }
}
