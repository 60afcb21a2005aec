/**
 * Why a task was asked to stop, and whether it ended for that reason.
 *
 * @module
 */
import { checkReason } from "../checks.ts";
import { CancelledError } from "../errors.ts";

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
