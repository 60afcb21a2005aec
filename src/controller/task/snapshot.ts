/**
 * A record as plain data.
 *
 * @module
 */
import { shortArguments } from "../../protocol/preview.ts";
import { moduleOf } from "../../protocol/reference.ts";
import type { TaskSnapshot } from "../../task.ts";
import { remainingMs } from "./limits.ts";
import type { TaskRecord } from "./record.ts";

/** `now` is a time of `epochNow`; `paused`: whether the queue holds the task. */
export function snapshotOf(
  record: TaskRecord,
  now: number,
  paused: boolean,
): TaskSnapshot {
  const { startedAt, endedAt, details, parent } = record;
  const { timeout, deadline, stall, retry } = details?.options ?? {};
  return {
    id: record.id,
    name: record.name,
    task: record.task,
    ...given("module", moduleOf(record.reference)),
    args: [...shortArguments(record.args)],
    state: record.state,
    cancelling: record.cancelling,
    abandoned: record.abandoned,
    paused,
    ...given("parent", parent?.id),
    ...given("group", record.group),
    ...given("retryOf", details?.retryOf),
    priority: details?.priority ?? 0,
    attempt: details?.attempt ?? 1,
    attempts: retry?.attempts ?? 1,
    submittedAt: record.submittedAt,
    ...given("startedAt", startedAt),
    ...given("stopAskedAt", details?.stopAskedAt),
    ...given("endedAt", endedAt),
    elapsedMs: startedAt === undefined
      ? 0
      : Math.max(0, (endedAt ?? now) - startedAt),
    ...given("timeoutMs", timeout),
    ...given("deadlineAt", deadline),
    ...given("stallTimeoutMs", stall),
    ...given("remainingMs", remainingMs(record, now)),
    ...given("progress", details?.progress),
  };
}

/** The property, unless its value is `undefined`. */
function given<K extends string, V>(
  name: K,
  value: V | undefined,
): { [P in K]?: V } {
  return value === undefined ? {} : { [name]: value } as { [P in K]: V };
}
