/**
 * All that a controller and its loop say to each other. One post carries a
 * batch of messages, which are applied in order. Messages that come in bulk
 * are in columns: the n-th task is the n-th entry of each array.
 *
 * @module
 */
import type { ClockReading } from "../clock.ts";
import type { Limit } from "../errors.ts";
import type { EncodedReference } from "./reference.ts";
import type { LogEntry, TaskId } from "../task.ts";

/** Something thrown: an error as data, a value, or what could be said of it. */
export type EncodedThrown =
  | { readonly kind: "error"; readonly error: EncodedError }
  | { readonly kind: "value"; readonly value: unknown }
  | { readonly kind: "text"; readonly text: string };

/** An error as data that structured clone carries. */
export interface EncodedError {
  /** The nearest built-in class, or one of ours. */
  readonly class: string;
  readonly name: string;
  readonly message: string;
  readonly stack: string | undefined;
  readonly cause: EncodedThrown | undefined;
  /** The members of an AggregateError. */
  readonly errors: readonly EncodedThrown[] | undefined;
  readonly fields: Readonly<Record<string, EncodedThrown>> | undefined;
}

/** What a task is started with, besides its arguments. */
export interface RunOptions {
  /** By default the name of what it runs. */
  readonly name?: string | undefined;
  /** Milliseconds of running time. */
  readonly timeout?: number | undefined;
  /** Milliseconds since the epoch. */
  readonly deadline?: number | undefined;
  /** Milliseconds without progress. */
  readonly stall?: number | undefined;
  /** Milliseconds that the task has to unwind in after a limit fired. */
  readonly grace?: number | undefined;
  readonly retry?: RetryOptions | undefined;
}

/** How often, and how far apart, a task that fails is tried again. */
export interface RetryOptions {
  /** How many times it runs at most, the first included. */
  readonly attempts: number;
  /**
   * Milliseconds before the second attempt; each further pause is twice as
   * long, up to a minute. The default is 1000.
   */
  readonly backoff?: number;
  /**
   * How much of each pause is left to chance, from 0 (none) to 1 (all of it,
   * the default), so that many tasks do not try again at one moment.
   */
  readonly jitter?: number;
}

/** The limits that can be moved while a task runs. */
export type MovableLimit = Exclude<Limit, "wait">;

export type ToLoop =
  /** From now on `ref` stands for this reference. */
  | {
    readonly type: "define";
    readonly ref: number;
    readonly reference: EncodedReference;
  }
  /** `ref` stands for nothing any more. */
  | { readonly type: "forget"; readonly ref: number }
  /** Start these tasks now. */
  | {
    readonly type: "run";
    readonly ids: readonly TaskId[];
    readonly refs: readonly number[];
    /** Those of all tasks, one after the other. */
    readonly args: readonly unknown[];
    /** How many each task has; one number where all have as many. */
    readonly counts: number | readonly number[];
    /** Left out when no task of the message has options. */
    readonly options?: readonly (RunOptions | undefined)[];
  }
  /** Ask these tasks to stop. */
  | {
    readonly type: "cancel";
    readonly ids: readonly TaskId[];
    /** A text is the message of a plain `CancelledError`. */
    readonly reasons: readonly (string | EncodedThrown)[];
    /** Milliseconds till each is abandoned. */
    readonly graces: readonly number[];
  }
  /** Move one limit; milliseconds as in {@linkcode RunOptions}. */
  | {
    readonly type: "limit";
    readonly id: TaskId;
    readonly limit: MovableLimit;
    readonly value: number | undefined;
  }
  /** Load a module and say what functions it exports. */
  | {
    readonly type: "exports";
    readonly request: number;
    readonly module: string;
  }
  /** The task that a task asked for has this id, or was refused. */
  | {
    readonly type: "detached";
    readonly request: number;
    readonly id: TaskId | undefined;
    readonly error: EncodedThrown | undefined;
  }
  /** Answer with a pong: shows that the loop turns. */
  | { readonly type: "ping"; readonly count: number };

export type FromLoop =
  /** These run, and had not ended when the message was posted. */
  | {
    readonly type: "started";
    readonly ids: readonly TaskId[];
    /** Milliseconds since the epoch, as all times here. */
    readonly at: number;
  }
  | {
    readonly type: "succeeded";
    readonly ids: readonly TaskId[];
    readonly values: readonly unknown[];
    readonly at: number;
  }
  | {
    readonly type: "failed";
    readonly id: TaskId;
    readonly error: EncodedThrown;
    readonly at: number;
  }
  /** These unwound after they had been asked to stop. */
  | {
    readonly type: "cancelled";
    readonly ids: readonly TaskId[];
    readonly at: number;
  }
  /** As much of one that threw something else while it unwound. */
  | {
    readonly type: "cancelledWith";
    readonly id: TaskId;
    readonly error: EncodedThrown;
    readonly at: number;
  }
  /** These did not unwind within their grace, and may be running still. */
  | {
    readonly type: "abandoned";
    readonly ids: readonly TaskId[];
    readonly at: number;
  }
  /** Abandoned before, and now really ended. */
  | { readonly type: "stopped"; readonly ids: readonly TaskId[] }
  /** The loop itself asks the task to stop: a limit fired, its parent ended. */
  | {
    readonly type: "cancelling";
    readonly id: TaskId;
    readonly reason: EncodedThrown;
    /** Milliseconds that it has to unwind in. */
    readonly grace: number;
    readonly at: number;
  }
  /** The task failed and is about to run again. */
  | {
    readonly type: "attempt";
    readonly id: TaskId;
    readonly attempt: number;
  }
  /** A task has started one of its own. */
  | {
    readonly type: "spawned";
    readonly id: TaskId;
    readonly parent: TaskId;
    readonly options: RunOptions;
    readonly task: string;
    readonly at: number;
  }
  /** A task asks for another one, which does not end with it. */
  | {
    readonly type: "detach";
    readonly request: number;
    readonly from: TaskId;
    readonly reference: EncodedReference;
    readonly args: readonly unknown[];
    readonly options: RunOptions;
  }
  /** A task has moved a limit of its child, as in `ToLoop`. */
  | {
    readonly type: "limit";
    readonly id: TaskId;
    readonly limit: MovableLimit;
    readonly value: number | undefined;
  }
  | {
    readonly type: "progress";
    readonly ids: readonly TaskId[];
    readonly done: readonly number[];
    readonly totals: readonly (number | undefined)[];
    readonly notes: readonly (string | undefined)[];
    readonly at: number;
  }
  /** Lines of one task; of the loop's own, where `id` is left out. */
  | {
    readonly type: "log";
    readonly id: TaskId | undefined;
    readonly entries: readonly LogEntry[];
    /** Lines that the loop had no room to keep till this post. */
    readonly dropped: number;
  }
  | {
    readonly type: "exports";
    readonly request: number;
    readonly names: readonly string[] | undefined;
    readonly error: EncodedThrown | undefined;
  }
  | { readonly type: "pong"; readonly count: number }
  /** The task that began last, told of a loop in another process. */
  | { readonly type: "latest"; readonly id: TaskId }
  /** The loop is about to end: a task calls what ends it. */
  | {
    readonly type: "exiting";
    readonly id: TaskId | undefined;
    readonly how: string;
  }
  /** What carried the loop has ended, and the loop with it. */
  | { readonly type: "ended"; readonly how: string }
  /** The loop was sent something that it does not know. */
  | { readonly type: "rejected"; readonly what: string };

/** How a loop behaves. */
export interface LoopSettings {
  /** The worker's name. */
  readonly name: string;
  /** Milliseconds to unwind in, for tasks that say nothing else. */
  readonly grace: number;
  readonly console: "capture" | "inherit";
  /** Whether a batch crosses as bytes, both ways. */
  readonly asBytes?: boolean;
  /** Of the child deno, where a process carries the loop. */
  readonly child?: ChildSettings;
}

/** How a child deno is started. */
export interface ChildSettings {
  readonly flags: readonly string[];
  /** Added to its environment. */
  readonly env: Readonly<Record<string, string>>;
  /** Where it reads its flags, if not where the program is. */
  readonly folder: string | undefined;
}

/** What a worker is sent first, apart from all else: the way to the rest. */
export interface WorkerInit {
  readonly port: MessagePort;
  readonly sharedState: SharedArrayBuffer;
  /** The time, for all that the worker tells. */
  readonly clock: ClockReading;
  readonly settings: LoopSettings;
}
