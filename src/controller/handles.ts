/**
 * The handles that a call is given, and those that it gives back.
 *
 * @module
 */
import { mustBe } from "../checks.ts";
import { recordOf, schedulerOf } from "./future.ts";
import { handleOf, TaskHandle } from "./handle.ts";
import type { TaskRecord } from "./task/record.ts";
import type { Scheduler } from "./scheduling/scheduler.ts";

const checkHandles = mustBe(
  "an iterable of task handles",
  (value) =>
    typeof value === "object" && value !== null && Symbol.iterator in value,
);
const checkHandle = mustBe(
  "a task handle",
  (value) => value instanceof TaskHandle,
);

/**
 * The tasks of these handles, each once, or all that are known.
 *
 * @throws {TypeError} One of them is no handle, or another controller's.
 */
export function recordsOf(
  scheduler: Scheduler,
  handles: Iterable<TaskHandle> | undefined,
): TaskRecord[] {
  if (handles === undefined) return scheduler.records();
  checkHandles("handles", handles);
  const records = new Set<TaskRecord>();
  for (const handle of handles) {
    checkHandle("a handle", handle);
    if (schedulerOf(handle) !== scheduler) {
      throw new TypeError(
        `Cannot use the handle of task ${handle.id}, ${handle.name}: it is ` +
          `another controller's, and only that one can be given it`,
      );
    }
    records.add(recordOf(handle));
  }
  return [...records];
}

export function handlesOf(
  scheduler: Scheduler,
  records: readonly TaskRecord[],
): TaskHandle[] {
  return records.map((record) => handleOf(record, scheduler));
}

/** What a wait came to; each in the order that was asked for. */
export interface WaitResult {
  /** Those that have ended. */
  readonly done: TaskHandle[];
  /** Those that have not. */
  readonly notDone: TaskHandle[];
}

/** How these tasks stand at this moment. */
export function sortOut(
  scheduler: Scheduler,
  records: readonly TaskRecord[],
): WaitResult {
  scheduler.sync();
  return {
    done: handlesOf(scheduler, records.filter(({ done }) => done)),
    notDone: handlesOf(scheduler, records.filter(({ done }) => !done)),
  };
}
