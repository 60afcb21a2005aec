/**
 * Code that is asked to stop as one: all of a task, or what the task shields.
 * Why it was asked to stop, and whether it ended for that reason.
 *
 * @module
 */
import { checkReason } from "../checks.ts";
import { CancelledError } from "../errors.ts";
import { Timer } from "../timers.ts";
import type { LoopTask, TaskHost } from "./loop_task.ts";

export class Scope {
  /** Why the code was asked to stop. */
  stopReason: Error | undefined = undefined;
  // Most scopes have one sleep at a time.
  #sleeps: Sleep | Set<Sleep> | undefined;
  #abort: AbortController | undefined;

  constructor(protected readonly host: TaskHost) {}

  get signal(): AbortSignal {
    if (this.#abort === undefined) {
      this.#abort = new AbortController();
      if (this.stopReason !== undefined) this.#abort.abort(this.stopReason);
    }
    return this.#abort.signal;
  }

  sleep(ms: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const sleep = new Sleep(this, resolve, reject);
      const others = this.#sleeps;
      if (others === undefined) this.#sleeps = sleep;
      else if (others instanceof Set) others.add(sleep);
      else this.#sleeps = new Set([others, sleep]);
      // In code that was asked to stop, a sleep rejects in a later macrotask:
      // code that catches the reason and sleeps again must not block the loop.
      const stopped = this.stopReason !== undefined;
      this.host.timers.start(sleep, stopped ? 0 : ms);
    });
  }

  /** Ends a sleep whose timer has fired. */
  wake(sleep: Sleep): void {
    if (this.#sleeps === sleep) this.#sleeps = undefined;
    else (this.#sleeps as Set<Sleep>).delete(sleep);
    if (this.stopReason === undefined) sleep.resolve();
    else sleep.reject(this.stopReason);
  }

  /** Asks the code to stop: its sleeps reject and its signal aborts. */
  halt(reason: Error): void {
    this.stopReason = reason;
    const sleeps = this.#sleeps;
    this.#sleeps = undefined;
    const all = sleeps instanceof Set ? sleeps : sleeps ? [sleeps] : [];
    for (const sleep of all) {
      this.host.timers.stop(sleep);
      sleep.reject(reason);
    }
    const abort = this.#abort;
    // The listeners are the task's code, whoever asked the task to stop.
    if (abort !== undefined) this.host.runAs(this, () => abort.abort(reason));
  }
}

/** What a task shields: asked to stop only when the task's grace ends. */
export class Shield extends Scope {
  constructor(host: TaskHost, readonly task: LoopTask) {
    super(host);
  }
}

class Sleep extends Timer {
  constructor(
    readonly scope: Scope,
    readonly resolve: () => void,
    readonly reject: (reason: Error) => void,
  ) {
    super();
  }

  override fire(): void {
    this.scope.wake(this);
  }
}

/**
 * Makes an Error of a reason: a string is the message of a `CancelledError`.
 *
 * @throws {TypeError} The reason is neither a string nor an Error.
 */
export function stopReason(reason: string | Error): Error {
  checkReason("reason", reason);
  return typeof reason === "string" ? new CancelledError(reason) : reason;
}

/** With more errors in it than this, a thrown error is not searched. */
const MAX_ERRORS = 100;

/**
 * Whether `thrown` means only that the task was stopped: it is `reason` or
 * another cancellation, or all its causes and members are.
 */
export function comesFrom(thrown: unknown, reason: Error): boolean {
  const all = new Set([thrown]);
  let reached = false;
  try {
    // The loop also visits what is added; a Set, as causes can be circular.
    for (const error of all) {
      if (!(error instanceof Error) || all.size > MAX_ERRORS) return false;
      const parts = error === reason ? [] : partsOf(error);
      for (const part of parts) all.add(part);
      if (parts.length > 0) continue;
      if (error !== reason && !isBareCancellation(error)) return false;
      reached = true;
    }
  } catch {
    // A getter of one of the errors throws.
    return false;
  }
  return reached;
}

function partsOf(error: Error): readonly unknown[] {
  if (error.name === "AbortError") return [];
  if (error instanceof AggregateError) return error.errors;
  if (error instanceof SuppressedError) return [error.error, error.suppressed];
  return error.cause === undefined ? [] : [error.cause];
}

function isBareCancellation(error: Error): boolean {
  return error.name === "AbortError" || error instanceof CancelledError;
}

/** Whether the task, or something that the task awaited, was cancelled. */
export function isCancellation(thrown: unknown): thrown is CancelledError {
  try {
    return thrown instanceof CancelledError;
  } catch {
    // A Proxy can throw at any access.
    return false;
  }
}
