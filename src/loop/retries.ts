/**
 * Retries of a task that failed. Written by hand because tasks without read
 * permission could not load a library.
 *
 * @module
 */
import type { LoopTask } from "./loop_task.ts";
import type { Callable } from "./resolve.ts";
import { isCancellation } from "./scope.ts";

/** The longest pause, unless the task's own backoff is longer. */
const MAX_PAUSE_MS = 60_000;
/** The longest pause that an error can ask for. */
const MAX_RETRY_AFTER_MS = 3_600_000;

/**
 * Calls the function up to as many times as the task's `retry` option says.
 * Rejects with what the last attempt threw, or with the stop reason of a task
 * that is asked to stop between two attempts.
 */
export async function callWithRetries(
  task: LoopTask,
  callable: Callable,
  args: readonly unknown[],
): Promise<unknown> {
  const { attempts, backoff = 1000, jitter = 1 } = task.options!.retry!;
  const longest = Math.max(MAX_PAUSE_MS, backoff);
  let pause = backoff;
  for (let attempt = 1;; attempt++) {
    let asked: number | undefined;
    let thrown: unknown;
    task.beginAttempt(attempt);
    try {
      return await callable(...args);
    } catch (error) {
      const stopping = task.stopReason !== undefined || isCancellation(error);
      asked = retryAfterOf(error);
      thrown = error;
      if (stopping || attempt === attempts || asked === Infinity) throw error;
    }
    const random = pause * jitter * Math.random();
    const ms = asked === undefined
      ? pause - random
      : Math.min(asked, MAX_RETRY_AFTER_MS) + random;
    task.attemptFailed(thrown, ms);
    await task.sleep(ms);
    pause = Math.min(2 * pause, longest);
  }
}

/** How many milliseconds to wait, if what was thrown asks for it. */
function retryAfterOf(thrown: unknown): number | undefined {
  try {
    const { retryAfter } = thrown as { readonly retryAfter?: unknown };
    return typeof retryAfter === "number" && retryAfter >= 0
      ? retryAfter
      : undefined;
  } catch {
    // `undefined` was thrown, or a Proxy or a getter throws.
    return undefined;
  }
}
