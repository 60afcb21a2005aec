/**
 * Whether the loop turns. It is asked now and then, while it has work; one
 * that does not answer is blocked by something that never yields. It can't
 * fire its own limits then, so they are seen to from here.
 *
 * @module
 */
import { epochNow } from "../clock.ts";
import { limitPassed } from "../errors.ts";
import { notStartedByDeadline } from "./deadline.ts";
import type { TaskRecord } from "./record.ts";

/** How often the loop is asked, and how long it has to answer, in ms. */
const ASK_EVERY = 200;
/** How soon it is asked again, for a question that got lost, in ms. */
const ASK_AGAIN = 1000;

/** What the health check needs of the table of tasks. */
export interface HealthHost {
  readonly busy: boolean;
  /** It has not begun anything that could block it. */
  readonly starting: boolean;
  sync(): void;
  ask(count: number): void;
  /** Those that have a limit, or were asked to stop, and have not ended. */
  limited(): Iterable<TaskRecord>;
  refresh(record: TaskRecord): void;
  cancel(record: TaskRecord, reason: Error): void;
  abandon(record: TaskRecord, at: number): void;
}

export class Health {
  readonly #host: HealthHost;
  #interval: ReturnType<typeof setInterval> | undefined;
  #asked = 0;
  #answered = 0;
  #askedAt = 0;
  #sentAt = 0;
  #onAnswer: (() => void) | undefined;

  constructor(host: HealthHost) {
    this.#host = host;
  }

  /** Looks after the loop for as long as it has work. */
  watch(): void {
    this.#interval ??= setInterval(() => this.#look(), ASK_EVERY);
  }

  stop(): void {
    clearInterval(this.#interval);
    this.#interval = undefined;
  }

  answered(count: number): void {
    this.#answered = count;
    this.#onAnswer?.();
  }

  /** Whether the loop turns: asks it, and gives it a moment to answer. */
  async turns(): Promise<boolean> {
    if (this.blockedMs > 0) return false;
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const timer = setTimeout(() => resolve(false), ASK_EVERY);
    const now = performance.now();
    if (this.#answered === this.#asked) this.#askedAt = now;
    const asked = ++this.#asked;
    this.#onAnswer = () => {
      if (this.#answered === asked) resolve(true);
    };
    this.#ask(now);
    const turns = await promise;
    clearTimeout(timer);
    this.#onAnswer = undefined;
    return turns;
  }

  /** Milliseconds for which the loop has not turned; 0 while it does. */
  get blockedMs(): number {
    if (this.#answered === this.#asked || this.#host.starting) return 0;
    const silent = performance.now() - this.#askedAt;
    return silent > ASK_EVERY ? silent : 0;
  }

  #look(): void {
    this.check();
    if (!this.#host.busy) this.stop();
  }

  /** Asks if it is time to; sees to the limits of a loop that is blocked. */
  check(): void {
    this.#host.sync();
    const now = performance.now();
    if (this.#answered !== this.#asked) {
      if (now - this.#sentAt >= ASK_AGAIN) this.#ask(now);
      if (this.blockedMs > 0) this.#enforceLimits();
    } else if (now - this.#askedAt >= ASK_EVERY) {
      this.#asked++;
      this.#askedAt = now;
      this.#ask(now);
    }
  }

  #ask(now: number): void {
    this.#sentAt = now;
    this.#host.ask(this.#asked);
  }

  #enforceLimits(): void {
    const now = epochNow();
    for (const record of [...this.#host.limited()]) {
      this.#host.refresh(record);
      if (record.cancelling) {
        const { cancelledAt, grace } = record.own;
        if (cancelledAt! + grace! < now) this.#host.abandon(record, now);
        continue;
      }
      const reason = pastLimit(record, now);
      if (reason !== undefined) this.#host.cancel(record, reason);
    }
  }
}

/** The error of the limit that a task is past, though its loop can't say so. */
function pastLimit(record: TaskRecord, now: number): Error | undefined {
  const { id, startedAt, details } = record;
  if (details === undefined) return undefined;
  const { timeout = Infinity, deadline = Infinity, stall = Infinity } =
    details.options;
  if (startedAt === undefined) {
    return now > deadline
      ? notStartedByDeadline(record, deadline, now)
      : undefined;
  }
  const ran = now - startedAt;
  if (ran > timeout) return limitPassed(id, "timeout", timeout, ran);
  if (now > deadline) return limitPassed(id, "deadline", deadline, ran);
  const still = now - (details.progressAt ?? startedAt);
  if (still > stall) return limitPassed(id, "stall", stall, ran);
  return undefined;
}
