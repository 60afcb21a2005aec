/**
 * A record as plain data.
 *
 * @module
 */
import { shortArguments } from "../../protocol/preview.ts";
import { moduleOf } from "../../protocol/reference.ts";
import type { TaskSnapshot } from "../../task.ts";
import { remainingMs } from "./limits.ts";
import type { TaskDetails, TaskRecord } from "./record.ts";

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** `now` is a time of `epochNow`; `paused`: whether the queue holds the task. */
export function snapshotOf(
  record: TaskRecord,
  now: number,
  paused: boolean,
): TaskSnapshot {
  const { startedAt, endedAt, details, parent, group } = record;
  const end = endedAt ?? now;
  const snapshot: Writable<TaskSnapshot> = {
    id: record.id,
    name: record.name,
    task: record.task,
    args: [...shortArguments(record.args)],
    state: record.state,
    cancelling: record.cancelling,
    abandoned: record.abandoned,
    paused,
    priority: details?.priority ?? 0,
    attempt: details?.attempt ?? 1,
    attempts: details?.options.retry?.attempts ?? 1,
    submittedAt: record.submittedAt,
    elapsedMs: startedAt === undefined ? 0 : Math.max(0, end - startedAt),
  };
  // Assigned one by one: to spread them takes ten times as long, and a list may
  // have 100,000 snapshots.
  const module = moduleOf(record.reference);
  if (module !== undefined) snapshot.module = module;
  if (parent !== undefined) snapshot.parent = parent.id;
  if (group !== undefined) snapshot.group = group;
  if (startedAt !== undefined) snapshot.startedAt = startedAt;
  if (endedAt !== undefined) snapshot.endedAt = endedAt;
  if (details !== undefined) addDetails(snapshot, record, details, now);
  return snapshot;
}

function addDetails(
  snapshot: Writable<TaskSnapshot>,
  record: TaskRecord,
  { options, progress, stopAskedAt, retryOf, retryAt, lastError }: TaskDetails,
  now: number,
): void {
  const { timeout, deadline, stall } = options;
  if (timeout !== undefined) snapshot.timeoutMs = timeout;
  if (deadline !== undefined) snapshot.deadlineAt = deadline;
  if (stall !== undefined) snapshot.stallTimeoutMs = stall;
  const remaining = remainingMs(record, now);
  if (remaining !== undefined) snapshot.remainingMs = remaining;
  if (stopAskedAt !== undefined) snapshot.stopAskedAt = stopAskedAt;
  if (retryOf !== undefined) snapshot.retryOf = retryOf;
  if (progress !== undefined) snapshot.progress = progress;
  if (lastError !== undefined) snapshot.lastError = lastError;
  if (retryAt !== undefined && !record.done && !record.cancelling) {
    snapshot.retryInMs = Math.max(0, retryAt - now);
  }
}
