/**
 * Everything that a controller and its loop say to each other. A post carries a
 * list of messages, which are applied in order. Messages that come in bulk have
 * columns: the n-th task is the n-th entry of each array.
 *
 * @module
 */
import type { ClockReading } from "../clock.ts";
import type { Limit } from "../errors.ts";
import type { EncodedReference } from "./reference.ts";
import type { LogEntry, TaskId } from "../task.ts";

/** What was thrown: an error as data, a value that is no Error, or a text. */
export type EncodedThrown =
  | { readonly kind: "error"; readonly error: EncodedError }
  | { readonly kind: "value"; readonly value: unknown }
  | { readonly kind: "text"; readonly text: string };

/** An error as data that structured clone copies. */
export interface EncodedError {
  /** The nearest class that the other side knows, or `""`. */
  readonly class: string;
  readonly name: string;
  readonly message: string;
  readonly stack: string | undefined;
  readonly cause: EncodedThrown | undefined;
  /** The members of an AggregateError. */
  readonly errors: readonly EncodedThrown[] | undefined;
  readonly fields: Readonly<Record<string, EncodedThrown>> | undefined;
}

/** The options with which a task runs. */
export interface RunOptions {
  /** By default the name of the function. */
  readonly name?: string | undefined;
  /** Milliseconds of running time. */
  readonly timeout?: number | undefined;
  /** Milliseconds since the epoch. */
  readonly deadline?: number | undefined;
  /** Milliseconds without progress. */
  readonly stall?: number | undefined;
  /** How long the task may unwind after a limit fires, in milliseconds. */
  readonly grace?: number | undefined;
  readonly retry?: RetryOptions | undefined;
}

/**
 * How a task that fails is retried.
 *
 * An error can say when: with a field `retryAfter`, the pause is that many
 * milliseconds, an hour at most, and the random part of the backoff is added to
 * it. With `Infinity` there is no further attempt.
 *
 * @example A server that says when to come back
 * ```ts
 * async function page(url: string): Promise<string> {
 *   const response = await fetch(url);
 *   if (response.ok) return await response.text();
 *   await response.body?.cancel();
 *   const seconds = Number(response.headers.get("retry-after") ?? "1");
 *   const retryAfter = response.status === 503 ? seconds * 1000 : Infinity;
 *   throw Object.assign(new Error(`status ${response.status}`), { retryAfter });
 * }
 * ```
 */
export interface RetryOptions {
  /** How many times the task runs at most, the first time included. */
  readonly attempts: number;
  /**
   * Milliseconds before the second attempt; the default is 1000. Each further
   * pause is twice as long, up to a minute or to `backoff`, if that is longer.
   */
  readonly backoff?: number;
  /**
   * How much of each pause is random, from 0 (nothing) to 1 (all of it, the
   * default). Random pauses keep many tasks from retrying at the same moment.
   */
  readonly jitter?: number;
}

/** One export of a module. */
export interface ModuleExport {
  /** Its name. */
  readonly name: string;
  /** What it is. Only a function can be submitted. */
  readonly kind:
    | "function"
    | "class"
    | "generator"
    | "async generator"
    | "value";
  /** The parameters of a function as its source has them: `url, depth = 2`. */
  readonly parameters?: string;
}

/** A module that a loop has loaded. */
export interface ModuleDescription {
  /** What the module exports. */
  readonly exports: readonly ModuleExport[];
  /**
   * The URLs of the local files that a version of a module was loaded from,
   * itself first. Empty if its URL has no version.
   */
  readonly files: readonly string[];
}

/** The limits that can be moved while a task runs. */
export type MovableLimit = Exclude<Limit, "wait">;

/** The messages with these fields, by type. */
type MessageOf<Fields> = {
  [T in keyof Fields]: { readonly type: T } & Readonly<Fields[T]>;
}[keyof Fields];

interface ToLoopFields {
  /** From now on `ref` stands for this reference. */
  define: { ref: number; reference: EncodedReference };
  /** From now on `ref` stands for nothing. */
  forget: { ref: number };
  /** Start these tasks now. */
  run: {
    ids: readonly TaskId[];
    refs: readonly number[];
    /** The arguments of all tasks, one after the other. */
    args: readonly unknown[];
    /** How many arguments each task has; one number if all have as many. */
    counts: number | readonly number[];
    /** Left out if no task of the message has options. */
    options?: readonly (RunOptions | undefined)[];
  };
  /** Ask these tasks to stop. */
  cancel: {
    ids: readonly TaskId[];
    /** A string is the message of a plain `CancelledError`. */
    reasons: readonly (string | EncodedThrown)[];
    /** Milliseconds after which each is abandoned. */
    graces: readonly number[];
  };
  /** Move one limit; `value` as in {@linkcode RunOptions}. */
  limit: { id: TaskId; limit: MovableLimit; value: number | undefined };
  /** Load a module and describe it. */
  exports: { request: number; module: string };
  /** Answers "detach": the id of the new task, or why there is none. */
  detached: {
    request: number;
    id: TaskId | undefined;
    error: EncodedThrown | undefined;
  };
  /** Answer with a pong, which shows that the loop is not blocked. */
  ping: { count: number };
}

export type ToLoop = MessageOf<ToLoopFields>;

/** The message of one type. */
export type ToLoopOf<T extends ToLoop["type"]> = Extract<ToLoop, { type: T }>;

/** `at` is always in milliseconds since the epoch. */
export interface FromLoopFields {
  /** These have started, and had not ended when the message was posted. */
  started: { ids: readonly TaskId[]; at: number };
  succeeded: {
    ids: readonly TaskId[];
    values: readonly unknown[];
    at: number;
  };
  failed: { id: TaskId; error: EncodedThrown; at: number };
  /** These unwound after they had been asked to stop. */
  cancelled: { ids: readonly TaskId[]; at: number };
  /** As "cancelled", of a task that threw another error while it unwound. */
  cancelledWith: { id: TaskId; error: EncodedThrown; at: number };
  /** These did not unwind within their grace, and may still be running. */
  abandoned: { ids: readonly TaskId[]; at: number };
  /** These were abandoned, and have now really ended. */
  stopped: { ids: readonly TaskId[] };
  /** The loop asked the task to stop: a limit fired, or its parent ended. */
  cancelling: {
    id: TaskId;
    reason: EncodedThrown;
    /** Milliseconds in which the task may unwind. */
    grace: number;
    at: number;
  };
  /** The attempt failed, and the next one begins then. */
  retrying: { id: TaskId; error: EncodedThrown; retryAt: number };
  /** The task runs again. */
  attempt: { id: TaskId; attempt: number };
  /** A task has started a child. */
  spawned: {
    id: TaskId;
    parent: TaskId;
    options: RunOptions;
    task: string;
    /** The module that exports the function; none if it is inline. */
    module: string | undefined;
    /** As `shortArguments` makes them. */
    args: readonly unknown[];
    at: number;
  };
  /** A task asks for another task, which does not end with it. */
  detach: {
    request: number;
    from: TaskId;
    reference: EncodedReference;
    args: readonly unknown[];
    options: RunOptions;
  };
  /** A task has moved a limit of its child. */
  limit: { id: TaskId; limit: MovableLimit; value: number | undefined };
  progress: {
    ids: readonly TaskId[];
    done: readonly number[];
    totals: readonly (number | undefined)[];
    notes: readonly (string | undefined)[];
    at: number;
  };
  /** Lines of a task, or of the loop itself if there is no `id`. */
  log: {
    id: TaskId | undefined;
    entries: readonly LogEntry[];
    /** How many lines the loop dropped since the last post. */
    dropped: number;
  };
  exports: {
    request: number;
    module: ModuleDescription | undefined;
    error: EncodedThrown | undefined;
  };
  pong: { count: number };
  /** A task has called what ends the loop. */
  exiting: { id: TaskId | undefined; how: string };
  /** The Worker or process that ran the loop has ended. */
  ended: { how: string };
  /** The loop was sent an unknown message. */
  rejected: { what: string };
}

export type FromLoop = MessageOf<FromLoopFields>;

/** The message of one type. */
export type FromLoopOf<T extends FromLoop["type"]> = Extract<
  FromLoop,
  { type: T }
>;

/** The settings of a loop. */
export interface LoopSettings {
  /** The Worker's name. */
  readonly name: string;
  /** The grace of tasks that have none of their own, in milliseconds. */
  readonly grace: number;
  readonly console: "capture" | "inherit";
  /** Whether posts cross a wire as bytes, as in a child process. */
  readonly overWire?: boolean;
  /** How the child process starts, if the loop has one. */
  readonly child?: ChildSettings;
}

/** How a child process starts. */
export interface ChildSettings {
  readonly flags: readonly string[];
  /** Added to the environment of the child. */
  readonly env: Readonly<Record<string, string>>;
  /** The folder in which Deno reads the flags, if not the current one. */
  readonly folder: string | undefined;
}

/** The first message to a Worker. */
export interface WorkerInit {
  readonly port: MessagePort;
  readonly sharedState: SharedArrayBuffer;
  readonly clock: ClockReading;
  readonly settings: LoopSettings;
}
