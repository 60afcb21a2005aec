/**
 * Watches the loop of a script, where nobody is there to poll: while a command
 * waits, and at the end.
 */
import { epochNow } from "../clock.ts";
import type { Reply } from "./render/reply.ts";
import {
  type BlockedLoop,
  blockedLoop,
  blockedReply,
} from "./session/blocked.ts";
import type { Session } from "./session/session.ts";

const TIMES = {
  checkEveryMs: 500,
  /** How long a loop has been blocked at the first warning. */
  firstWarningMs: 2000,
  /** How long an abandoned task may block the loop while others wait for it. */
  maxBlockedMs: 10_000,
  /** A task that blocks this soon after its start has done so from its start. */
  fromStartMs: 1000,
};

/** Each warning comes after this many times the time of the last one. */
const WARNING_FACTOR = 5;

/** Warns that the loop is blocked, and kills an abandoned task that blocks it. */
export class Watchdog implements Disposable {
  readonly #session: Session;
  readonly #show: (reply: Reply) => void;
  readonly #times: typeof TIMES;
  readonly #timer: ReturnType<typeof setInterval>;
  #nextWarningMs: number;
  #killing = false;
  /** Whether the script waits for the loop. */
  waiting = false;

  constructor(session: Session, show: (reply: Reply) => void, times = TIMES) {
    this.#session = session;
    this.#show = show;
    this.#times = times;
    this.#nextWarningMs = times.firstWarningMs;
    this.#timer = setInterval(() => this.#check(), times.checkEveryMs);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  #check(): void {
    const blocked = blockedLoop(this.#session);
    if (blocked === undefined || !this.waiting) {
      this.#nextWarningMs = this.#times.firstWarningMs;
      return;
    }
    const { blockedMs, lastStarted } = blocked;
    if (blockedMs >= this.#nextWarningMs) {
      while (this.#nextWarningMs <= blockedMs) {
        this.#nextWarningMs *= WARNING_FACTOR;
      }
      this.#show(blockedReply(blockedMs, lastStarted?.snapshot(), "aside"));
    }
    if (!this.#killing) this.#endBlocker(blocked);
  }

  /**
   * Kills a task that hit its limit, or was cancelled, and goes on to block the
   * others: who gave it a limit wants the script to go on.
   */
  async #endBlocker(
    { blockedMs, lastStarted: blocker }: BlockedLoop,
  ): Promise<void> {
    if (!blocker?.abandoned) return;
    const now = epochNow();
    const { startedAt = now, endedAt = now } = blocker.snapshot();
    const { maxBlockedMs, fromStartMs } = this.#times;
    const fromStart = now - startedAt - blockedMs < fromStartMs;
    if (!fromStart || now - endedAt < maxBlockedMs) return;
    this.#killing = true;
    const { killTasks } = await import("./commands/kill.ts");
    const never = new AbortController().signal;
    for await (const reply of killTasks([blocker], this.#session, never)) {
      this.#show(reply);
    }
    this.#killing = false;
  }
}
