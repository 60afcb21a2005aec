/**
 * What the controller knows of one task.
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
  /**
   * Ends the loop and its tasks by force. Resolves when the engine has gone, or
   * takes too long to.
   */
  kill(how: Error): Promise<void>;
}

export interface SettleListener {
  /** Called once, when the task has settled. */
  onSettled(record: TaskRecord): void;
}

/** What few tasks have, kept apart from what a million of them have. */
export interface TaskDetails {
  /** What the loop is told of the task besides its arguments. */
  options: RunOptions;
  priority: number;
  attempt: number;
  /** Milliseconds that it has to unwind in, if it has its own. */
  grace: number | undefined;
  /** When that is over, in milliseconds since the epoch, once asked to stop. */
  graceEndsAt: number | undefined;
  progress: Progress | undefined;
  /** When that was, in milliseconds since the epoch. */
  progressAt: number | undefined;
  log: TaskLog | undefined;
  /** Tasks that it has started and that are not forgotten. */
  children: Set<TaskRecord> | undefined;
  /** How many more times it is run again when its loop is lost. */
  resubmissions: number;
  /** Whether it has a process of its own. */
  isolated: boolean;
  /** Objects that move to the loop with the arguments. */
  transfer: readonly Transferable[] | undefined;
  /** Watches the deadline while the task waits. */
  queueDeadline: Timer | undefined;
  /** What is undone when the task ends. */
  release: (() => void) | undefined;
}

export interface TaskLog {
  readonly entries: LogEntry[];
  /** The number of the first of them, of those that came here. */
  first: number;
  /** How long they are together, in UTF-16 code units. */
  units: number;
  /** How many lines the task has written that are not kept. */
  dropped: number;
  /** The loop that wrote it is gone. */
  closed: boolean;
  /** Are woken by each new line, and when no more will come. */
  readonly followers: Set<() => void>;
}

/**
 * Where a record stands once it has ended: not in the history yet (`awaited`:
 * and read as it ends), in it, or forgotten.
 */
export type Retention = "none" | "awaited" | "unread" | "read" | "forgotten";

export class TaskRecord implements Linked<TaskRecord> {
  previous: TaskRecord | undefined = undefined;
  next: TaskRecord | undefined = undefined;

  state: TaskState = "queued";
  /** As which of its loop's tasks it was sent, from 1; 0 before. */
  sent = 0;
  /** The loop that it was given to, if it was. */
  loop: TaskLoop | undefined = undefined;
  /** The handle that was given out for it, if any. */
  handle: unknown = undefined;
  confirmed = true;
  abandoned = false;
  retention: Retention = "none";
  startedAt: number | undefined = undefined;
  endedAt: number | undefined = undefined;
  /** As which of its controller's tasks it ended, from 1; 0 before. */
  settledAs = 0;
  details: TaskDetails | undefined = undefined;
  /** Where it was submitted, as an error made there. */
  submittedFrom: Error | undefined = undefined;
  #result: unknown = undefined;
  #stopReason: Error | string | undefined = undefined;
  #listeners: SettleListener | SettleListener[] | undefined = undefined;

  constructor(
    readonly id: TaskId,
    /** A child's is known to its loop only. */
    readonly reference: Submittable | undefined,
    /** What is called: a function's name, or what a child's loop says. */
    readonly task: string,
    /** Emptied once they have been sent. */
    public args: readonly unknown[] | undefined,
    readonly submittedAt: number,
    readonly parent: TaskRecord | undefined,
    /** The name of the group that it was started in. */
    readonly group?: string,
  ) {}

  get name(): string {
    return this.details?.options.name ?? this.task;
  }

  get done(): boolean {
    return isDone(this.state);
  }

  /** Whether it came to something that its caller has to see to. */
  get failed(): boolean {
    return this.error !== undefined ||
      (this.state === "cancelled" && this.result instanceof TimeoutError);
  }

  get cancelling(): boolean {
    return this.#stopReason !== undefined && !this.done;
  }

  /** The details; allocates them when first needed. */
  ensureDetails(): TaskDetails {
    return this.details ??= {
      options: {},
      priority: 0,
      attempt: 1,
      grace: undefined,
      graceEndsAt: undefined,
      progress: undefined,
      progressAt: undefined,
      log: undefined,
      children: undefined,
      resubmissions: 0,
      isolated: false,
      transfer: undefined,
      queueDeadline: undefined,
      release: undefined,
    };
  }

  /** Why it was asked to stop, once it was; the first reason stands. */
  get stopReason(): Error | undefined {
    // Made when somebody asks: ten thousand are cancelled at once, few read.
    if (typeof this.#stopReason === "string") {
      const message = this.#stopReason;
      this.#stopReason = withoutStack(() => new CancelledError(message));
    }
    return this.#stopReason;
  }

  /** A text is the message of a `CancelledError`. */
  stopFor(reason: string | Error | undefined): void {
    this.#stopReason ??= reason;
  }

  /** What awaiting the task gives or throws. */
  get result(): unknown {
    return this.state === "cancelled"
      ? this.#result ?? this.stopReason
      : this.#result;
  }

  /** What it threw: of one that was cancelled, besides the reason. */
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

  /** Back to the queue, to be run from the start. */
  restart(): void {
    if (this.state === "running") this.#move("queued");
    this.startedAt = undefined;
    this.loop = undefined;
    this.sent = 0;
    if (this.details === undefined) return;
    this.details.attempt = 1;
    this.details.progress = undefined;
    this.details.progressAt = undefined;
  }

  /** Ends the task, once. `result`: its value, or what it threw. */
  settle(state: TaskState, result: unknown, at: number): void {
    this.#move(state);
    this.#result = state === "cancelled" && result !== undefined
      ? cancelledWith(this.stopReason!, result)
      : result;
    this.endedAt = at;
    // It may be seen to have begun only when it has ended, and is not told yet.
    if (this.startedAt !== undefined && this.startedAt > at) {
      this.startedAt = at;
    }
    this.args = undefined;
  }

  /** Tells its listeners that it has ended, in the order they came. */
  announce(): void {
    const listeners = this.#listeners;
    this.#listeners = undefined;
    if (listeners === undefined) return;
    if (!Array.isArray(listeners)) return listeners.onSettled(this);
    for (const listener of listeners) listener.onSettled(this);
  }

  #move(to: TaskState): void {
    if (!LEGAL_MOVES[this.state].includes(to)) {
      throw new Error(`task ${this.id} can't go from ${this.state} to ${to}`);
    }
    this.state = to;
  }

  /** `listener` is told when the task ends; at once if it has. */
  listen(listener: SettleListener): void {
    if (this.done) return listener.onSettled(this);
    if (this.#listeners === undefined) this.#listeners = listener;
    else if (Array.isArray(this.#listeners)) this.#listeners.push(listener);
    else this.#listeners = [this.#listeners, listener];
  }

  /** `listener` is not told any more. */
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
