/**
 * What a task is submitted with, and where.
 *
 * @module
 */
import {
  checkFlag,
  checkList,
  checkNumber,
  type Checks,
  checkSignal,
  mustBe,
  oneOf,
  optionsCheck,
  TASK_CHECKS,
} from "../../checks.ts";
import { epochNow } from "../../clock.ts";
import { inspect } from "../../protocol/codec.ts";
import type { RetryOptions } from "../../protocol/messages.ts";
import { referenceName, type Submittable } from "../../protocol/reference.ts";
import type { TaskId } from "../../task.ts";
import { TaskRecord } from "../task/record.ts";

/** The options of one task. All times are in milliseconds. */
export interface SubmitOptions {
  /** The name in lists. The default is the name of the function. */
  readonly name?: string;
  /** Limit on the running time, from the start. With 0 the task never starts. */
  readonly timeout?: number;
  /**
   * Absolute limit, time in the queue included. A number is milliseconds since
   * the epoch. A task whose deadline has passed never starts.
   */
  readonly deadline?: number | Date;
  /** Limit on the time without a `task.progress` call, from the start. */
  readonly stallTimeout?: number;
  /** Tasks with a larger priority leave the queue first. The default is 0. */
  readonly priority?: number;
  /** How long the task has to stop; the default is the controller's `grace`. */
  readonly grace?: number;
  /** Cancels the task when the signal aborts, with the signal's reason. */
  readonly signal?: AbortSignal;
  /** How often a task that fails is tried again. The default is never. */
  readonly retry?: RetryOptions;
  /**
   * Runs the task in a child process of its own, so that a kill harms no other
   * task.
   */
  readonly isolate?: boolean;
  /**
   * What happens when the task's loop is lost: the task fails (`"fail"`, the
   * default), or runs again from the start, at most three times (`"resubmit"`).
   * A task always fails if the task or its child ended the loop.
   */
  readonly onLoopLost?: "fail" | "resubmit";
  /** Objects in the arguments that move to the loop instead of being copied. */
  readonly transfer?: readonly Transferable[];
  /** The task that this one repeats; its snapshot says so. */
  readonly retryOf?: TaskId;
}

function isTaskId(value: unknown): boolean {
  return /^\d+(\.\d+)*$/.test(String(value));
}

export const SUBMIT_CHECKS: Checks<SubmitOptions> = {
  ...TASK_CHECKS,
  priority: checkNumber,
  signal: checkSignal,
  isolate: checkFlag,
  onLoopLost: oneOf("fail", "resubmit"),
  transfer: checkList,
  retryOf: mustBe("the id of a task", isTaskId),
};

const checkEach = optionsCheck(SUBMIT_CHECKS);

/** @throws {TypeError | RangeError} An option can't be used. */
export function checkSubmitOptions(options: SubmitOptions): void {
  checkEach(options);
  if (options.onLoopLost === "resubmit" && options.transfer !== undefined) {
    throw new TypeError(
      `Cannot both transfer objects and resubmit: what has moved to a loop is ` +
        `lost with it`,
    );
  }
}

/** What the tasks of one group share. */
export interface GroupStart {
  readonly name: string;
  /** The time of submission, in milliseconds since the epoch. */
  readonly at: number;
}

/** How often a task runs again whose loop was lost. */
const MAX_RESUBMISSIONS = 3;

/**
 * The record of a task that is submitted now, or was with its group.
 *
 * @throws {TypeError | RangeError} An option or an argument can't be used.
 */
export function submissionOf(
  id: TaskId,
  reference: Submittable,
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

function describe(record: TaskRecord, options: SubmitOptions): void {
  const { name, timeout, deadline, stallTimeout, grace, retry } = options;
  const own = record.ensureDetails();
  own.priority = options.priority ?? 0;
  own.grace = grace;
  own.transfer = options.transfer;
  own.retryOf = options.retryOf;
  own.isolated = options.isolate ?? false;
  own.resubmissions = options.onLoopLost === "resubmit" ? MAX_RESUBMISSIONS : 0;
  own.options = {
    name,
    timeout,
    deadline: deadline?.valueOf(),
    stall: stallTimeout,
    grace,
    retry: retry && pick(retry),
  };
}

/** A copy of the known fields: the object may have others that can't be sent. */
function pick({ attempts, backoff, jitter }: RetryOptions): RetryOptions {
  return {
    attempts,
    ...(backoff === undefined ? {} : { backoff }),
    ...(jitter === undefined ? {} : { jitter }),
  };
}

/** Asks a task to stop when `signal` aborts. */
export function stopOnAbort(
  record: TaskRecord,
  signal: AbortSignal,
  stopTask: (record: TaskRecord, reason: string | Error) => void,
): void {
  const stop = (): void => stopTask(record, reasonOf(signal.reason));
  if (signal.aborted) return stop();
  signal.addEventListener("abort", stop, { once: true });
  record.ensureDetails().release = () =>
    signal.removeEventListener("abort", stop);
}

/** What a signal aborted with, as the reason of a task. */
export function reasonOf(reason: unknown): string | Error {
  try {
    if (typeof reason === "string" || reason instanceof Error) return reason;
  } catch {
    // A Proxy can throw at any access.
  }
  return inspect(reason);
}

/** Taking a stack is slow. In a burst, most submissions go without. */
const MAX_STACKS_PER_WINDOW = 32;
const WINDOW_MS = 100;

/** Our own files, whose frames are left out of a user's stack. */
const OWN_FOLDER = new URL("../", import.meta.url).href;

/** Where tasks were submitted, for the stacks of their errors. */
export class SubmissionSites {
  #windowFrom = -Infinity;
  #taken = 0;

  /** An error made at this submission. `now` is in milliseconds. */
  here(now: number): Error | undefined {
    if (now - this.#windowFrom > WINDOW_MS) {
      this.#windowFrom = now;
      this.#taken = 0;
    }
    return this.#taken++ < MAX_STACKS_PER_WINDOW ? new Error() : undefined;
  }

  /** Appends the place of submission to the stack of an error, if known. */
  addTo(error: Error, { id, submittedFrom }: TaskRecord): void {
    if (submittedFrom === undefined) return;
    try {
      const frames = submittedFrom.stack!.split("\n").slice(1)
        .filter((line) => !line.includes(OWN_FOLDER));
      if (frames.length === 0) return;
      error.stack += `\n  submitted as task ${id}\n${frames.join("\n")}`;
    } catch {
      // `Error.prepareStackTrace` of the program may throw or return no text.
    }
  }
}
