/**
 * Why a task was asked to stop, and whether it ended because of that.
 *
 * @module
 */
import { checkReason } from "../checks.ts";
import { CancelledError } from "../errors.ts";

/**
 * The error of a reason; a text is the message of a `CancelledError`.
 *
 * @throws {TypeError} It is neither a text nor an Error.
 */
export function stopReason(reason: string | Error): Error {
  checkReason("reason", reason);
  return typeof reason === "string" ? new CancelledError(reason) : reason;
}

/** How many of the errors in a thrown one are looked at. */
const MAX_ERRORS = 100;

/**
 * Whether `thrown` says nothing but that the task was stopped: it is the reason
 * itself or another cancellation, or was thrown because of such ones only.
 */
export function comesFrom(thrown: unknown, reason: Error): boolean {
  const all = new Set([thrown]);
  let reached = false;
  try {
    // Those that are added are looked at as well; causes can go in circles.
    for (const error of all) {
      if (!(error instanceof Error) || all.size > MAX_ERRORS) return false;
      const parts = error === reason ? [] : partsOf(error);
      for (const part of parts) all.add(part);
      if (parts.length > 0) continue;
      if (error !== reason && !isBareCancellation(error)) return false;
      reached = true;
    }
  } catch {
    // One of its getters throws.
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

/** Whether it says that something was cancelled: the task, or what it awaits. */
export function isCancellation(thrown: unknown): thrown is CancelledError {
  try {
    return thrown instanceof CancelledError;
  } catch {
    // A Proxy can throw at whatever is asked of it.
    return false;
  }
}
