/**
 * From handles to records and back.
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
 * The tasks of these handles, each once; undefined without `handles`.
 *
 * @throws {TypeError} One is not a handle, or belongs to another controller.
 */
export function recordsOf(
  scheduler: Scheduler,
  handles: Iterable<TaskHandle> | undefined,
): TaskRecord[] | undefined {
  if (handles === undefined) return undefined;
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

/** The result of a wait, in the order of the call. */
export interface WaitResult {
  /** Tasks that have ended. */
  readonly done: TaskHandle[];
  /** Tasks that have not ended. */
  readonly notDone: TaskHandle[];
}

/** Which of these tasks have ended at this moment. */
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

/** How many have ended and failed: `150/200 done, 4 failed`. */
export function sumsOf(records: readonly TaskRecord[]): string {
  const done = records.filter((record) => record.done).length;
  const failed = records.filter((record) => record.failed).length;
  return `${done}/${records.length} done, ${failed} failed`;
}
