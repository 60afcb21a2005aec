/**
 * A record as plain data.
 *
 * @module
 */
import { systemClock } from "../../clock.ts";
import type { TaskSnapshot } from "../../task.ts";
import type { TaskRecord } from "./record.ts";

/** `now`: as `epochNow` gives it. */
export function snapshotOf(record: TaskRecord, now: number): TaskSnapshot {
  const { startedAt, endedAt, details, parent } = record;
  const { timeout, deadline, stall, retry } = details?.options ?? {};
  const remainingMs = remaining(record, now);
  return {
    id: record.id,
    name: record.name,
    task: record.task,
    state: record.state,
    cancelling: record.cancelling,
    abandoned: record.abandoned,
    ...given("parent", parent?.id),
    ...given("group", record.group),
    priority: details?.priority ?? 0,
    attempt: details?.attempt ?? 1,
    attempts: retry?.attempts ?? 1,
    submittedAt: record.submittedAt,
    ...given("startedAt", startedAt),
    ...given("endedAt", endedAt),
    elapsedMs: startedAt === undefined
      ? 0
      : Math.max(0, (endedAt ?? now) - startedAt),
    ...given("timeoutMs", timeout),
    ...given("deadlineAt", deadline),
    ...given("stallTimeoutMs", stall),
    ...given("remainingMs", remainingMs),
    ...given("progress", details?.progress),
  };
}

/** Milliseconds till the first limit fires that counts in this state. */
function remaining(record: TaskRecord, now: number): number | undefined {
  const { startedAt, details } = record;
  if (record.done || record.cancelling || details === undefined) {
    return undefined;
  }
  const { timeout = Infinity, deadline = Infinity, stall = Infinity } =
    details.options;
  let left = deadline - systemClock.now();
  if (startedAt !== undefined) {
    const stalls = (details.progressAt ?? startedAt) + stall;
    left = Math.min(left, startedAt + timeout - now, stalls - now);
  }
  return left === Infinity ? undefined : Math.max(0, left);
}

/** The property, unless it has no value. */
function given<K extends string, V>(
  name: K,
  value: V | undefined,
): { [P in K]?: V } {
  return value === undefined ? {} : { [name]: value } as { [P in K]: V };
}
