/**
 * How a controller's loop is, as plain data.
 *
 * @module
 */
import type { TaskId } from "../task.ts";
import type { Scheduler } from "./scheduling/scheduler.ts";

/** How a loop is. */
export interface LoopHealth {
  /** `"blocked"`: something in it computes without yielding. */
  readonly state: "turning" | "blocked" | "closed";
  /** Milliseconds since it last turned, where it is blocked. */
  readonly blockedMs: number;
  /** The task that began last, which may be what blocks it. */
  readonly lastStarted: TaskId | undefined;
  /** How many tasks hold a place. */
  readonly running: number;
  /** How many tasks wait for a place. */
  readonly queued: number;
  /** How many outcomes the history dropped before anybody read them. */
  readonly dropped: number;
}

export function healthOf(scheduler: Scheduler): LoopHealth {
  scheduler.sync();
  const blockedMs = scheduler.loops.shared?.health.blockedMs ?? 0;
  return {
    state: scheduler.stopped ? "closed" : blockedMs > 0 ? "blocked" : "turning",
    blockedMs,
    lastStarted: scheduler.loops.shared?.latest,
    running: scheduler.placed,
    queued: scheduler.queue.size,
    dropped: scheduler.table.dropped,
  };
}
