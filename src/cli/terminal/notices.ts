/**
 * Tells of tasks that end while the user does something else.
 *
 * @module
 */
import type { TaskHandle } from "../../../mod.ts";
import type { Reply } from "../render/reply.ts";
import type { Session } from "../session/session.ts";
import { count } from "../render/value_text.ts";

/** Milliseconds for which ends gather, so that many become one notice. */
const PAUSE = 50;
const MOST = 8;

/** The ends that are due to be told, as soon as no command runs. */
export class Notices implements Disposable {
  readonly #session: Session;
  readonly #print: (reply: Reply) => void;
  #ended: TaskHandle[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #held = false;

  constructor(session: Session, print: (reply: Reply) => void) {
    this.#session = session;
    this.#print = print;
    session.onEnded = (handle) => {
      this.#ended.push(handle);
      this.#soon();
    };
  }

  /** Holds them back while a command runs, which may tell of ends itself. */
  hold(): void {
    this.#held = true;
  }

  /** Tells those that are due, but for what was told meanwhile. */
  release(): void {
    this.#held = false;
    this.#soon();
  }

  /** Tells nothing more. */
  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#session.onEnded = () => {};
  }

  #soon(): void {
    if (this.#ended.length === 0) return;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      if (!this.#held) this.#tell();
    }, PAUSE);
  }

  #tell(): void {
    const ended = this.#ended.filter((handle) =>
      !this.#session.wasTold(handle)
    );
    this.#ended = [];
    for (const handle of ended) this.#session.tell(handle);
    if (ended.length > MOST) {
      this.#print({ type: "notice", message: summaryOf(ended) });
      return;
    }
    for (const handle of ended) {
      // Reads it: who has seen a failure here need not hear of it at the end.
      void handle.outcome();
      this.#print({
        type: "task",
        because: "ended",
        task: handle.snapshot(),
        outcome: this.#session.outcomeOf(handle),
      });
    }
  }
}

function summaryOf(ended: readonly TaskHandle[]): string {
  const failed = ended.filter(({ state }) => state === "failed").length;
  return `${count(ended.length)} tasks have ended` +
    (failed > 0 ? `; ${count(failed)} of them failed` : "");
}
