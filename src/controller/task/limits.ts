/**
 * The limits of a task: what is left of them, and which one has passed.
 *
 * @module
 */
import { systemClock } from "../../clock.ts";
import { limitPassed, TimeoutError, withoutStack } from "../../errors.ts";
import type { TaskRecord } from "./record.ts";

export function hasLimit({ details }: TaskRecord): boolean {
  if (details === undefined) return false;
  const { timeout, deadline, stall } = details.options;
  return timeout !== undefined || deadline !== undefined || stall !== undefined;
}

/** Whether the task's deadline has passed. */
export function isLate({ details }: TaskRecord): boolean {
  return details !== undefined &&
    (details.options.deadline ?? Infinity) <= systemClock.now();
}

/** Milliseconds until the first limit fires that counts in this state. */
export function remainingMs(
  record: TaskRecord,
  now: number,
): number | undefined {
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

/** The error of the limit that has passed, if one has. */
export function pastLimit(
  record: TaskRecord,
  startedAt: number | undefined,
  now: number,
): Error | undefined {
  const { id, details } = record;
  if (details === undefined) return undefined;
  const { timeout = Infinity, deadline = Infinity, stall = Infinity } =
    details.options;
  const late = systemClock.now() > deadline;
  if (startedAt === undefined) {
    return late ? notStartedByDeadline(record, now) : undefined;
  }
  const ran = now - startedAt;
  if (ran > timeout) return limitPassed(id, "timeout", timeout, ran);
  if (late) return limitPassed(id, "deadline", deadline, ran);
  const still = now - (details.progressAt ?? startedAt);
  if (still > stall) return limitPassed(id, "stall", stall, ran);
  return undefined;
}

/** The error of a task whose deadline passed before the task started. */
export function notStartedByDeadline(
  { id, submittedAt, details }: TaskRecord,
  now: number,
): TimeoutError {
  const deadline = new Date(details!.options.deadline!).toISOString();
  const waited = Math.round(now - submittedAt);
  const message = `task ${id} had not started by its deadline, ${deadline}, ` +
    `after ${waited} ms in the queue`;
  return withoutStack(() => new TimeoutError(message, "deadline", waited));
}
