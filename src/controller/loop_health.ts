/**
 * The state of a controller's loop, as plain data.
 *
 * @module
 */
import type { TaskId } from "../task.ts";
import type { Scheduler } from "./scheduling/scheduler.ts";

/** The state of a loop. */
export interface LoopHealth {
  /** `"blocked"`: a task computes without yielding. */
  readonly state: "responsive" | "blocked" | "closed";
  /** How long the loop has been blocked, in milliseconds; 0 if it is not. */
  readonly blockedMs: number;
  /** The task that started last, which may be the one that blocks the loop. */
  readonly lastStarted: TaskId | undefined;
  /** How many tasks have a slot. */
  readonly running: number;
  /** How many tasks wait for a slot, paused or not. */
  readonly queued: number;
  /** Whether the queue is paused. */
  readonly paused: boolean;
  /** How many outcomes the history dropped before anybody read them. */
  readonly dropped: number;
}

export function healthOf(scheduler: Scheduler): LoopHealth {
  scheduler.sync();
  const blockedMs = scheduler.loops.shared?.health.blockedMs ?? 0;
  return {
    state: scheduler.stopped
      ? "closed"
      : blockedMs > 0
      ? "blocked"
      : "responsive",
    blockedMs,
    lastStarted: scheduler.loops.shared?.latest,
    running: scheduler.usedSlots,
    queued: scheduler.queue.size,
    paused: scheduler.queue.paused,
    dropped: scheduler.table.dropped,
  };
}
