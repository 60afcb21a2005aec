/**
 * What a task was submitted with.
 *
 * @module
 */
import { checkList } from "../checks.ts";
import { epochNow } from "../clock.ts";
import type { RetryOptions } from "../protocol/messages.ts";
import { type AnyTaskReference, referenceName } from "../protocol/reference.ts";
import type { TaskId } from "../task.ts";
import { checkSubmitOptions, type SubmitOptions } from "./options.ts";
import { TaskRecord } from "./record.ts";

/** Of tasks that are started together. */
export interface GroupStart {
  readonly name: string;
  /** When, in milliseconds since the epoch. */
  readonly at: number;
}

/** How often a task is run again that lost its loop. */
const RESUBMISSIONS = 3;

/**
 * The record of a task that is submitted now, or with its group.
 *
 * @throws {TypeError | RangeError} It can't be submitted with these.
 */
export function submissionOf(
  id: TaskId,
  reference: AnyTaskReference,
  args: readonly unknown[],
  options: SubmitOptions | undefined,
  group: GroupStart | undefined,
): TaskRecord {
  if (options !== undefined) checkSubmitOptions(options);
  checkList("args", args);
  const record = new TaskRecord(
    id,
    reference,
    referenceName(reference),
    args,
    group?.at ?? epochNow(),
    undefined,
    group?.name,
  );
  if (options !== undefined) describe(record, options);
  return record;
}

/** Writes the options into the record. */
function describe(record: TaskRecord, options: SubmitOptions): void {
  const { name, timeout, deadline, stallTimeout, grace, retry } = options;
  const own = record.own;
  own.priority = options.priority ?? 0;
  own.grace = grace;
  own.transfer = options.transfer;
  own.isolated = options.isolate ?? false;
  own.resubmissions = options.onLoopLost === "resubmit" ? RESUBMISSIONS : 0;
  own.options = {
    name,
    timeout,
    deadline: deadline?.valueOf(),
    stall: stallTimeout,
    grace,
    retry: retry && pick(retry),
  };
}

/** What the loop needs to know of it, and nothing that can't be sent. */
function pick({ attempts, backoff, jitter }: RetryOptions): RetryOptions {
  return {
    attempts,
    ...(backoff === undefined ? {} : { backoff }),
    ...(jitter === undefined ? {} : { jitter }),
  };
}
