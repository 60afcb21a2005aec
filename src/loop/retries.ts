/**
 * Further attempts of a task that failed.
 *
 * @module
 */
import type { LoopTask } from "./loop_task.ts";
import type { Outbox } from "./outbox.ts";
import type { Callable } from "./resolve.ts";
import { isCancellation } from "./stop_reason.ts";

/**
 * Calls the function as often as the task's `retry` option says. Rejects with
 * what the last attempt threw; between attempts, with why it was asked to stop.
 */
export async function callWithRetries(
  task: LoopTask,
  callable: Callable,
  args: readonly unknown[],
  outbox: Outbox,
): Promise<unknown> {
  const { attempts, backoff = 1000, jitter = 1 } = task.options!.retry!;
  // Loaded when first needed: few tasks are retried, each loop starts.
  const { retry, RetryError } = await import("@std/async/retry");
  let attempt = 0;
  try {
    return await retry(async () => {
      task.attempt = ++attempt;
      if (attempt > 1) outbox.send({ type: "attempt", id: task.id, attempt });
      return await callable(...args);
    }, {
      maxAttempts: attempts,
      minTimeout: backoff,
      maxTimeout: Math.max(60_000, backoff),
      jitter,
      isRetriable: (error) =>
        task.stopReason === undefined && !isCancellation(error),
      signal: task.signal,
    });
  } catch (error) {
    throw error instanceof RetryError ? error.cause : error;
  }
}
