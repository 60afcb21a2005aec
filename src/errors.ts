/**
 * The errors that callers tell apart by class.
 *
 * @module
 */
import type { TaskId } from "./task.ts";

/**
 * Why a task was asked to stop: the reason of its signal, and what awaiting a
 * cancelled task throws. A task that throws one is cancelled, also if nobody
 * asked it to stop.
 *
 * @example
 * ```ts
 * import { CancelledError, LoopController } from "@loopctl/loopctl";
 * import { task } from "@loopctl/loopctl/task";
 * import { assertInstanceOf } from "@std/assert";
 *
 * await using loop = new LoopController();
 * const handle = loop.submit(() => task.sleep(60_000));
 * await handle.cancel("changed my mind");
 * const outcome = await handle.outcome();
 * if (outcome.state === "cancelled") {
 *   assertInstanceOf(outcome.reason, CancelledError);
 * }
 * ```
 */
export class CancelledError extends Error {
  /** Always `"CancelledError"`. */
  override readonly name = "CancelledError";

  /** Makes the error; `message` is the reason as a person would say it. */
  constructor(message = "cancelled", options?: ErrorOptions) {
    super(message, options);
  }
}

// Before a task can change them.
const NativeError = Error;
const { apply, defineProperty, set } = Reflect;

/**
 * Makes an error without a stack: for those that say what happened to a task,
 * which our own frames tell nothing about.
 */
export function withoutStack<E extends Error>(make: () => E): E {
  const { stackTraceLimit } = NativeError;
  // Not by assignment: it may have been frozen.
  set(NativeError, "stackTraceLimit", 0);
  try {
    return make();
  } finally {
    set(NativeError, "stackTraceLimit", stackTraceLimit);
  }
}

/** Which limit a {@linkcode TimeoutError} speaks of. */
export type Limit = "timeout" | "deadline" | "stall" | "wait";

/**
 * A limit fired: `timeout` (running time), `deadline` (a moment), `stall` (time
 * without progress), or `wait` (the caller stopped waiting; the task lives on).
 */
export class TimeoutError extends Error {
  /** Always `"TimeoutError"`. */
  override readonly name = "TimeoutError";
  /** Which limit fired. */
  readonly limit: Limit;
  /** The milliseconds after which it fired. */
  readonly ms: number;

  /** Makes the error of `limit`, fired after `ms` milliseconds. */
  constructor(
    message: string,
    limit: Limit,
    ms: number,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.limit = limit;
    this.ms = ms;
  }
}

/**
 * What awaiting a task throws that was asked to stop for `reason` and threw
 * `error` while it unwound: that is its `cause`. The reason itself is left as it is: it may be the
 * user's, and shared by many tasks.
 */
export function cancelledWith(reason: Error, error: unknown): Error {
  return withoutStack(() => {
    let cause = error;
    try {
      // Made here as well: what awaiting such a child has thrown.
      if (error instanceof CancelledError) cause = error.cause;
      if (reason instanceof TimeoutError) {
        const { message, limit, ms } = reason;
        return new TimeoutError(message, limit, ms, { cause });
      }
      const own = reason instanceof CancelledError;
      return new CancelledError(own ? reason.message : `${reason}`, { cause });
    } catch {
      // A user's error can throw when it is read.
      return new CancelledError("cancelled", { cause });
    }
  });
}

/** The error of a limit that a task is past, after running for `ranMs`. */
export function limitPassed(
  id: TaskId,
  limit: Exclude<Limit, "wait">,
  value: number,
  ranMs: number,
): TimeoutError {
  const ran = Math.round(ranMs);
  const messages = {
    timeout: () => `task ${id} ran for ${ran} ms, its timeout is ${value} ms`,
    deadline: () =>
      `task ${id} was not done by its deadline, ` +
      `${new Date(value).toISOString()}, after running for ${ran} ms`,
    stall: () => `task ${id} made no progress for ${value} ms`,
  };
  const ms = limit === "deadline" ? ran : value;
  return withoutStack(() => new TimeoutError(messages[limit](), limit, ms));
}

/**
 * Makes `instanceof` true also of an error that another copy of this package
 * made: a task's module may import a version of its own.
 */
function shareClass(
  errorClass: new (...args: never[]) => Error,
  brand: symbol,
): void {
  const { [Symbol.hasInstance]: isInstance } = errorClass;
  defineProperty(errorClass.prototype, brand, { value: true });
  defineProperty(errorClass, Symbol.hasInstance, {
    value(this: unknown, value: unknown): boolean {
      return apply(isInstance, this, [value]) || (this === errorClass &&
        value instanceof NativeError && brand in value);
    },
  });
}

shareClass(CancelledError, Symbol.for("loopctl.CancelledError"));
shareClass(TimeoutError, Symbol.for("loopctl.TimeoutError"));

/**
 * The loop that ran the task has ended: a crash, a kill, an exit in a task.
 * Nothing more is known of what the task did; its `cause` says how it ended.
 */
export class LoopLostError extends Error {
  /** Always `"LoopLostError"`. */
  override readonly name = "LoopLostError";
  /** The task that was lost with the loop. */
  readonly taskId: TaskId;
  /**
   * Whether the task had begun. If not, it has done nothing, and can be
   * submitted anew; `undefined` if that is not known.
   */
  readonly begun: boolean | undefined;
  /** The tasks that the loop was running. */
  readonly running: readonly TaskId[];

  /** Makes the error for one task; `options.cause` is how the loop ended. */
  constructor(
    taskId: TaskId,
    message: string,
    options?: ErrorOptions & {
      readonly begun?: boolean | undefined;
      readonly running?: readonly TaskId[];
    },
  ) {
    super(message, options);
    this.taskId = taskId;
    this.begun = options?.begun;
    this.running = options?.running ?? [];
  }
}

/** The call does not fit the state: a result that is not ready, a closed loop. */
export class InvalidStateError extends Error {
  /** Always `"InvalidStateError"`. */
  override readonly name = "InvalidStateError";
}

/**
 * What a task threw, where its class can't be had on this side: a class of the
 * user's own (its `name` is kept, and its fields are the error's fields), or a
 * value that is no Error (then `cause` is the value).
 */
export class RemoteError extends Error {
  /** The name that the error had in the loop. */
  override readonly name: string;

  /** Makes the error under the `name` that it had in the loop. */
  constructor(name: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = name;
  }
}
