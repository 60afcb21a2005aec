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
    task.beginAttempt(attempt);
    try {
      return await callable(...args);
    } catch (error) {
      const stopping = task.stopReason !== undefined || isCancellation(error);
      if (stopping || attempt === attempts) throw error;
    }
    await task.sleep(pause * (1 - jitter * Math.random()));
    pause = Math.min(2 * pause, longest);
  }
}
