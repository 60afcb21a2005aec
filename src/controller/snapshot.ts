/**
 * A record as plain data.
 *
 * @module
 */
import type { TaskSnapshot } from "../task.ts";
import type { TaskRecord } from "./record.ts";

/** `now`: milliseconds since the epoch. */
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
  const ends = startedAt === undefined ? deadline : Math.min(
    deadline,
    startedAt + timeout,
    (details.progressAt ?? startedAt) + stall,
  );
  return ends === Infinity ? undefined : Math.max(0, ends - now);
}

/** The property, unless it has no value. */
function given<K extends string, V>(
  name: K,
  value: V | undefined,
): { [P in K]?: V } {
  return value === undefined ? {} : { [name]: value } as { [P in K]: V };
}
