/**
 * The errors that callers distinguish by class.
 *
 * @module
 */
import type { TaskId } from "./task.ts";

/**
 * A task was cancelled. It is the reason of the task's signal, and what awaiting
 * the task throws. A task that throws a `CancelledError` ends as cancelled, even
 * if nobody asked it to stop.
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

  /** Makes the error; `message` is the reason in words. */
  constructor(message = "cancelled", options?: ErrorOptions) {
    super(message, options);
  }
}

// Taken before a task can replace them.
const NativeError = Error;
const { apply, defineProperty, set } = Reflect;

/**
 * Makes an error without a stack, about something that happened to a task: the
 * frames of this package would tell nothing about that.
 */
export function withoutStack<E extends Error>(make: () => E): E {
  const { stackTraceLimit } = NativeError;
  // An assignment would throw if a task has frozen it.
  set(NativeError, "stackTraceLimit", 0);
  try {
    return make();
  } finally {
    set(NativeError, "stackTraceLimit", stackTraceLimit);
  }
}

/** Sets a property of an error as the class itself would: not enumerable. */
export function define<E extends Error>(
  error: E,
  name: string,
  value: unknown,
  enumerable = false,
): E {
  const rest = { enumerable, configurable: true, writable: true };
  defineProperty(error, name, { value, ...rest });
  return error;
}

/** The limit of a {@linkcode TimeoutError}. */
export type Limit = "timeout" | "deadline" | "stall" | "wait";

/**
 * A limit fired: `timeout` (running time), `deadline` (a moment), `stall` (time
 * without progress) or `wait` (a call stopped waiting; the task runs on).
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
 * Makes the error that awaiting a task throws if the task was asked to stop for
 * `reason` and threw `error` while it unwound. `error` becomes the `cause`. The
 * reason is not changed: it may be the user's, and shared by many tasks.
 */
export function cancelledWith(reason: Error, error: unknown): Error {
  return withoutStack(() => {
    let cause = error;
    try {
      // The error of a child that was cancelled in the same way.
      if (error instanceof CancelledError) cause = error.cause;
      if (reason instanceof TimeoutError) {
        const { message, limit, ms } = reason;
        return new TimeoutError(message, limit, ms, { cause });
      }
      const own = reason instanceof CancelledError;
      return new CancelledError(own ? reason.message : `${reason}`, { cause });
    } catch {
      // Reading a user's error can throw.
      return new CancelledError("cancelled", { cause });
    }
  });
}

/** Makes the error of a task whose limit fired after it ran for `ranMs`. */
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
 * Makes `instanceof` recognize the errors of another copy of this package: the
 * module of a task may import another version.
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
 * The loop that ran the task has ended: it crashed, was killed, or a task ended
 * it. How far the task got is unknown. `cause` says how the loop ended.
 */
export class LoopLostError extends Error {
  /** Always `"LoopLostError"`. */
  override readonly name = "LoopLostError";
  /** The task that was lost with the loop. */
  readonly taskId: TaskId;
  /**
   * Whether the task had begun; `undefined` if that is unknown. A task that had
   * not begun can safely be submitted again.
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

/** The call needs another state: the result is not ready, the loop is closed. */
export class InvalidStateError extends Error {
  /** Always `"InvalidStateError"`. */
  override readonly name = "InvalidStateError";
}

/**
 * What a task threw, if its class is not known on this side: an error of a class
 * of the user's own, whose `name` and fields are kept, or a value that is no
 * Error, which is the `cause`.
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
