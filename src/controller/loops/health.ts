/**
 * Whether the loop turns. It is asked now and then, while it has work; one
 * that does not answer is blocked by something that never yields. It can't
 * fire its own limits then, so they are seen to from here. So is the end of
 * each grace, whoever is at fault that the loop says nothing of it.
 *
 * @module
 */
import {
  type Clock,
  epochNow,
  monotonicClock,
  systemClock,
} from "../../clock.ts";
import { limitPassed } from "../../errors.ts";
import { notStartedByDeadline } from "../task/deadline.ts";
import type { TaskRecord } from "../task/record.ts";

/** How often the loop is asked at most, and how long it has to answer, in ms. */
const ASK_EVERY = 150;
const ANSWER_WITHIN = 200;
/**
 * How often it is looked whether to ask, in ms: were it as rare as the
 * questions, one that is due a little after a look would be late by a round.
 */
const LOOK_EVERY = 100;
/** How soon it is asked again, for a question that got lost, in ms. */
const ASK_AGAIN = 400;
/** How long a loop that starts has to answer, in ms. */
const START_WITHIN = 5000;
/**
 * How much later than the loop the controller ends a grace, in ms, where the
 * loop turns and is likely to do so itself.
 */
const GRACE_MARGIN = 1000;

/** What the health check needs of the tasks of a loop. */
interface HealthTasks {
  /** Whether any runs or waits. */
  readonly busy: boolean;
  /** Those that have a limit and have not ended. */
  readonly limited: Iterable<TaskRecord>;
  /** Those that were asked to stop and have not ended. */
  readonly stopping: Iterable<TaskRecord>;
  abandon(record: TaskRecord, at: number): void;
}

/** What it needs of the loop. */
export interface HealthHost {
  readonly tasks: HealthTasks;
  /** It has not begun anything that could block it, as far as is known. */
  readonly starting: boolean;
  sync(): void;
  ask(count: number): void;
  refresh(record: TaskRecord): void;
  /** Whether it can't be known that a task which waits has not begun. */
  mayHaveBegun(record: TaskRecord): boolean;
  cancel(record: TaskRecord, reason: Error): void;
}

export class Health {
  readonly #host: HealthHost;
  readonly #clock: Clock;
  #unwatch: (() => void) | undefined;
  #asked = 0;
  #answered = 0;
  #askedAt = 0;
  #sentAt = 0;
  /** When it was last seen to be starting still. */
  #startingAt = 0;

  constructor(host: HealthHost, clock: Clock = monotonicClock) {
    this.#host = host;
    this.#clock = clock;
  }

  /** Looks after the loop for as long as it has work. */
  watch(): void {
    this.#unwatch ??= this.#clock.after(LOOK_EVERY, () => this.#look());
  }

  stop(): void {
    this.#unwatch?.();
    this.#unwatch = undefined;
  }

  answered(count: number): void {
    if (count === this.#asked) this.#answered = count;
  }

  /** Milliseconds for which the loop has not turned; 0 while it does. */
  get blockedMs(): number {
    if (this.#answered === this.#asked) return 0;
    const { starting } = this.#host;
    // It answers no question before it has started, however early it was asked.
    const since = starting
      ? this.#askedAt
      : Math.max(this.#askedAt, this.#startingAt);
    const silent = this.#clock.now() - since;
    return silent > (starting ? START_WITHIN : ANSWER_WITHIN) ? silent : 0;
  }

  #look(): void {
    this.#unwatch = undefined;
    if (this.#host.tasks.busy) this.watch();
    this.check();
  }

  /** Asks if it is time to; sees to what the loop does not see to itself. */
  check(): void {
    this.#host.sync();
    const now = this.#clock.now();
    const { starting } = this.#host;
    if (starting) this.#startingAt = now;
    if (this.#answered !== this.#asked) {
      if (now - this.#sentAt >= ASK_AGAIN) this.#ask(now);
    } else if (now - this.#askedAt >= ASK_EVERY) {
      this.#asked++;
      this.#askedAt = now;
      this.#ask(now);
    }
    const { blockedMs } = this;
    if (starting || blockedMs > 0) this.#enforceLimits(blockedMs);
    const margin = starting ? Infinity : GRACE_MARGIN;
    this.#endGraces(blockedMs > 0 ? 0 : margin);
  }

  #ask(now: number): void {
    this.#sentAt = now;
    this.#host.ask(this.#asked);
  }

  #enforceLimits(blockedMs: number): void {
    const now = epochNow();
    // By when it has begun what it has begun, if it never said a word.
    const silentFrom = now - (blockedMs - START_WITHIN);
    const silent = blockedMs > 0 && this.#host.starting;
    for (const record of this.#host.tasks.limited) {
      this.#host.refresh(record);
      if (record.done || record.cancelling) continue;
      const startedAt = record.startedAt ??
        (silent && this.#host.mayHaveBegun(record)
          ? Math.max(silentFrom, record.submittedAt)
          : undefined);
      const reason = pastLimit(record, startedAt, now);
      if (reason !== undefined) this.#host.cancel(record, reason);
    }
  }

  #endGraces(margin: number): void {
    const now = epochNow();
    for (const record of this.#host.tasks.stopping) {
      if (record.own.graceEndsAt! + margin >= now) continue;
      this.#host.refresh(record);
      this.#host.tasks.abandon(record, now);
    }
  }
}

/** The error of the limit that a task is past, though its loop can't say so. */
function pastLimit(
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
