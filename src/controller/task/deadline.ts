/**
 * The deadline of a task that waits for a place passes on this side; once the
 * task is in its loop, the loop has it.
 *
 * @module
 */
import { systemClock } from "../../clock.ts";
import { TimeoutError, withoutStack } from "../../errors.ts";
import { Timer, type Timers } from "../../timers.ts";
import type { TaskRecord } from "./record.ts";

export class QueueDeadline extends Timer {
  readonly #timers: Timers;
  readonly #passed: () => void;

  /** `timers` are those of deadlines; `at` is in milliseconds since the epoch. */
  constructor(timers: Timers, at: number, passed: () => void) {
    super();
    this.#timers = timers;
    this.#passed = passed;
    timers.start(this, at - timers.now());
  }

  override fire(): void {
    this.#passed();
  }

  stop(): void {
    this.#timers.stop(this);
  }
}

/** Whether the deadline of a task that waits has passed. */
export function isLate({ details }: TaskRecord): boolean {
  return details !== undefined &&
    (details.options.deadline ?? Infinity) <= systemClock.now();
}

/** The error of a task whose deadline passed before it could begin. */
export function notStartedByDeadline(
  record: TaskRecord,
  now: number,
): TimeoutError {
  const at = record.own.options.deadline!;
  const waited = Math.round(now - record.submittedAt);
  const message = `task ${record.id} had not started by its deadline, ` +
    `${new Date(at).toISOString()}, after ${waited} ms in the queue`;
  return withoutStack(() => new TimeoutError(message, "deadline", waited));
}
