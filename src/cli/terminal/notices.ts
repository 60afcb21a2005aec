/**
 * Shows, while the user does something else, which tasks have ended, and that
 * the loop is blocked.
 */
import type { TaskHandle } from "../../../mod.ts";
import { endedReply } from "../render/outcome.ts";
import { notice, type Reply } from "../render/reply.ts";
import { blockedLoop, blockedReply } from "../session/blocked.ts";
import type { Session } from "../session/session.ts";
import { count, counted } from "../text/amounts.ts";

/** Tasks that end within this time share a notice. */
const GATHER_MS = 50;

/** How long a loop has been blocked when that is told, and how often to look. */
const BLOCKED_MS = 2000;
const LOOK_MS = 500;

/** Of more tasks than this, only the number is shown. */
const MAX_LINES = 8;

/** The tasks that have ended, to be shown as soon as no command runs. */
export class Notices implements Disposable {
  readonly #session: Session;
  readonly #print: (reply: Reply) => void;
  #ended: TaskHandle[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #held = false;
  readonly #look: ReturnType<typeof setInterval>;
  /** Whether the user knows that the loop is blocked. */
  #blockedTold = false;

  constructor(session: Session, print: (reply: Reply) => void) {
    this.#session = session;
    this.#print = print;
    session.onEnded = (handle) => {
      this.#ended.push(handle);
      this.#soon();
    };
    this.#look = setInterval(() => this.#tellBlocked(), LOOK_MS);
  }

  /** Holds notices back while a command runs, which may show the ends itself. */
  hold(): void {
    this.#held = true;
  }

  /** Shows what was held back, except what was reported meanwhile. */
  release(): void {
    this.#held = false;
    this.#soon();
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    clearInterval(this.#look);
    this.#session.onEnded = () => {};
  }

  #soon(): void {
    if (this.#ended.length === 0) return;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      if (!this.#held) this.#showEnded();
    }, GATHER_MS);
  }

  #tellBlocked(): void {
    const blocked = blockedLoop(this.#session);
    if (blocked === undefined) this.#blockedTold = false;
    else if (
      !this.#blockedTold && !this.#held && blocked.blockedMs >= BLOCKED_MS
    ) {
      this.#blockedTold = true;
      const { blockedMs, lastStarted } = blocked;
      this.#print(blockedReply(blockedMs, lastStarted?.snapshot()));
    }
  }

  #showEnded(): void {
    const ended = this.#ended.filter((handle) =>
      !this.#session.reported.has(handle)
    );
    this.#ended = [];
    const counted = ended.length > MAX_LINES ? "counted" : undefined;
    for (const handle of ended) this.#session.markReported(handle, counted);
    if (counted) return this.#print(notice(summaryOf(ended)));
    for (const handle of ended) {
      // Reads the outcome: a failure seen here need not be reported at the end.
      void handle.outcome();
      const outcome = this.#session.outcomeOf(handle);
      const hiddenLines = this.#session.outputOf(handle).length;
      this.#print(
        endedReply({ task: handle.snapshot(), outcome, hiddenLines }),
      );
    }
  }
}

function summaryOf(ended: readonly TaskHandle[]): string {
  const failed = ended.filter(({ state }) => state === "failed").length;
  return `${counted(ended.length, "task")} have ended` +
    (failed > 0 ? `; ${count(failed)} of them failed` : "");
}
