/**
 * Whether a loop is responsive. While the loop has work, it is pinged now and
 * then. A loop that does not answer is blocked by code that never yields. It
 * can't fire its own limits then, so the controller enforces them. The
 * controller also ends each grace that the loop has not ended.
 *
 * @module
 */
import { type Clock, epochNow, monotonicClock } from "../../clock.ts";
import { pastLimit } from "../task/limits.ts";
import type { TaskRecord } from "../task/record.ts";
import type { Connection } from "./connection.ts";

/** How often the loop is pinged at most. */
const PING_INTERVAL_MS = 150;
/** How long the loop has to answer. */
const MAX_ANSWER_MS = 200;
/** More often than the pings, so that none is late by a whole interval. */
const CHECK_INTERVAL_MS = 100;
/** When a ping is repeated that may have been lost. */
const PING_AGAIN_MS = 400;
/** How long a loop that starts has to answer. */
const MAX_START_MS = 5000;
/** How long a responsive loop has to end a grace itself, after the grace. */
const GRACE_MARGIN_MS = 1000;

/** What the health check needs of the loop. */
export interface HealthHost {
  /** Whether any task runs or waits. */
  readonly busy: boolean;
  /** Tasks that have a limit and have not settled. */
  readonly limited: Iterable<TaskRecord>;
  /** Tasks that were asked to stop and have not settled. */
  readonly stopping: Iterable<TaskRecord>;
  /** Whether the loop has started no task, as far as is known. */
  readonly starting: boolean;
  readonly connection: Pick<Connection, "sync" | "send" | "flush">;
  refresh(record: TaskRecord): void;
  /** Whether it is unknown if a queued task has started. */
  mayHaveBegun(record: TaskRecord): boolean;
  cancel(record: TaskRecord, reason: Error): void;
  abandon(record: TaskRecord, at: number): void;
}

export class Health {
  readonly #host: HealthHost;
  readonly #clock: Clock;
  #unwatch: (() => void) | undefined;
  #pinged = 0;
  #answered = 0;
  #firstPingAt = 0;
  #lastPingAt = 0;
  /** When the loop was last seen to be starting. */
  #startingAt = 0;

  constructor(host: HealthHost, clock: Clock = monotonicClock) {
    this.#host = host;
    this.#clock = clock;
  }

  /** Checks the loop for as long as it has work. */
  watch(): void {
    this.#unwatch ??= this.#clock.after(
      CHECK_INTERVAL_MS,
      () => this.#checkAgain(),
    );
  }

  stop(): void {
    this.#unwatch?.();
    this.#unwatch = undefined;
  }

  /** The loop has answered a ping. */
  onPong(count: number): void {
    if (count === this.#pinged) this.#answered = count;
  }

  /** How long the loop has been blocked; 0 while it is responsive. */
  get blockedMs(): number {
    if (this.#answered === this.#pinged) return 0;
    const { starting } = this.#host;
    // A loop that starts answers no ping, however early it was sent.
    const since = starting
      ? this.#firstPingAt
      : Math.max(this.#firstPingAt, this.#startingAt);
    const silent = this.#clock.now() - since;
    return silent > (starting ? MAX_START_MS : MAX_ANSWER_MS) ? silent : 0;
  }

  #checkAgain(): void {
    this.#unwatch = undefined;
    if (this.#host.busy) this.watch();
    this.check();
  }

  /** Pings if it is time to; enforces limits that the loop can't enforce. */
  check(): void {
    this.#host.connection.sync();
    const now = this.#clock.now();
    const { starting } = this.#host;
    if (starting) this.#startingAt = now;
    if (this.#answered !== this.#pinged) {
      if (now - this.#lastPingAt >= PING_AGAIN_MS) this.#ping(now);
    } else if (now - this.#firstPingAt >= PING_INTERVAL_MS) {
      this.#pinged++;
      this.#firstPingAt = now;
      this.#ping(now);
    }
    const { blockedMs } = this;
    if (starting || blockedMs > 0) this.#enforceLimits(blockedMs);
    const margin = starting ? Infinity : GRACE_MARGIN_MS;
    this.#endGraces(blockedMs > 0 ? 0 : margin);
  }

  #ping(now: number): void {
    this.#lastPingAt = now;
    const { connection } = this.#host;
    connection.send({ type: "ping", count: this.#pinged });
    connection.flush();
  }

  #enforceLimits(blockedMs: number): void {
    const now = epochNow();
    // A loop that never said a word has started its tasks by then.
    const silentFrom = now - (blockedMs - MAX_START_MS);
    const silent = blockedMs > 0 && this.#host.starting;
    for (const record of this.#host.limited) {
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
    for (const record of this.#host.stopping) {
      if (record.details!.graceEndsAt! + margin >= now) continue;
      this.#host.refresh(record);
      this.#host.abandon(record, now);
    }
  }
}
