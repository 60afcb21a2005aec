/**
 * Further attempts of a task that failed. Written by hand because a library
 * would have to be readable to tasks that may read nothing.
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
  const longest = Math.max(MAX_PAUSE_MS, backoff);
  let pause = backoff;
  for (let attempt = 1;; attempt++) {
    task.attempt = attempt;
    if (attempt > 1) outbox.send({ type: "attempt", id: task.id, attempt });
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

/** Unless the first is longer, in milliseconds. */
const MAX_PAUSE_MS = 60_000;
