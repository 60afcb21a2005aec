/**
 * What a task was submitted with.
 *
 * @module
 */
import type { RetryOptions } from "../protocol.ts";
import type { SubmitOptions } from "./options.ts";
import type { TaskRecord } from "./record.ts";

/** Of tasks that are started together. */
export interface GroupStart {
  readonly name: string;
  /** When, in milliseconds since the epoch. */
  readonly at: number;
}

/** How often a task is run again that lost its loop. */
const RESUBMISSIONS = 3;

/** Writes the options into the record. */
export function describe(record: TaskRecord, options: SubmitOptions): void {
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
