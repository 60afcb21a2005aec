/**
 * Watches a loop that nobody looks at: at the end of a script, and while one
 * of its commands waits, there is no one to ask how it is.
 *
 * @module
 */
import { epochNow } from "../clock.ts";
import { killTasks } from "./commands/kill.ts";
import { blockedLoop, lastStartedIn } from "./session/loop_troubles.ts";
import type { Reply } from "./render/reply.ts";
import type { Session } from "./session/session.ts";

/** How patient it is, in milliseconds. */
export interface Patience {
  /** How often it looks. */
  readonly every: number;
  /** How long a loop is blocked when that is said first. */
  readonly first: number;
  /**
   * How long a task that was given up may go on to block the loop while others
   * wait for it.
   */
  readonly blocksAtMost: number;
  /** How long after its start a task blocks that does so from its start. */
  readonly fromItsStart: number;
}

const PATIENCE: Patience = {
  every: 500,
  first: 2000,
  blocksAtMost: 10_000,
  fromItsStart: 1000,
};

/** How much longer it is each time that a blocked loop is said again. */
const FACTOR = 5;

/** Says that the loop is blocked, and ends what was given up and blocks it. */
export class Watchdog implements Disposable {
  readonly #session: Session;
  readonly #show: (reply: Reply) => void;
  readonly #patience: Patience;
  readonly #timer: ReturnType<typeof setInterval>;
  /** The milliseconds of being blocked at which it is said again. */
  #next: number;
  #killing = false;
  /** Whether somebody waits for the loop. */
  waiting = false;

  constructor(
    session: Session,
    show: (reply: Reply) => void,
    patience: Patience = PATIENCE,
  ) {
    this.#session = session;
    this.#show = show;
    this.#patience = patience;
    this.#next = patience.first;
    this.#timer = setInterval(() => this.#look(), patience.every);
  }

  /** Watches no more. */
  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    const blocked = blockedLoop(this.#session);
    if (blocked === undefined || !this.waiting) {
      this.#next = this.#patience.first;
      return;
    }
    const { blockedMs } = blocked;
    if (blockedMs >= this.#next) {
      while (this.#next <= blockedMs) this.#next *= FACTOR;
      this.#show({ ...blocked, aside: true });
    }
    if (!this.#killing) this.#endBlocker(blockedMs);
  }

  /**
   * A task that hit its limit, or was cancelled, and blocks the others for
   * good: who submitted it with a limit means the script to go on.
   */
  async #endBlocker(blockedMs: number): Promise<void> {
    const blocker = lastStartedIn(this.#session);
    if (!blocker?.abandoned) return;
    const now = epochNow();
    const { startedAt = now, endedAt = now } = blocker.snapshot();
    const { blocksAtMost, fromItsStart } = this.#patience;
    const sinceItsStart = now - startedAt - blockedMs < fromItsStart;
    if (!sinceItsStart || now - endedAt < blocksAtMost) return;
    this.#killing = true;
    const never = new AbortController().signal;
    for await (const reply of killTasks([blocker], this.#session, never)) {
      this.#show(reply);
    }
    this.#killing = false;
  }
}
