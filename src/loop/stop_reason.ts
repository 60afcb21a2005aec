/**
 * Whether a task ended because it was asked to stop.
 *
 * @module
 */
import { CancelledError } from "../errors.ts";

/** How many causes deep a thrown error is followed; they can go in circles. */
const DEEPEST_CAUSE = 32;

/** Whether `thrown` is the reason itself, or was thrown because of it. */
export function comesFrom(thrown: unknown, reason: Error): boolean {
  let error = thrown;
  try {
    for (let depth = 0; depth < DEEPEST_CAUSE; depth++) {
      if (!(error instanceof Error)) return false;
      if (error === reason || error.name === "AbortError") return true;
      error = error.cause;
    }
  } catch {
    // One of its getters throws.
  }
  return false;
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
