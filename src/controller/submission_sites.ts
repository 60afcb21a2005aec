/**
 * Where tasks were submitted, for the stacks of their errors.
 *
 * @module
 */
import type { TaskRecord } from "./record.ts";

/**
 * So many submissions of one turn have a stack taken, which costs as much as
 * the rest of a submission; those of a burst that come after share the last.
 */
const STACKS_PER_TURN = 32;

export class SubmissionSites {
  #taken = 0;
  #last: Error | undefined;

  /** This submission's site, as an error made there. */
  here(): Error | undefined {
    if (this.#taken === 0) {
      queueMicrotask(() => {
        this.#taken = 0;
        this.#last = undefined;
      });
    }
    if (this.#taken < STACKS_PER_TURN) {
      this.#taken++;
      this.#last = new Error();
    }
    return this.#last;
  }

  /** Appends to an error's stack where its task was submitted. */
  addTo(error: Error, record: TaskRecord): void {
    const frames = record.submittedFrom?.stack?.split("\n").slice(1)
      .filter((line) => !line.includes(OWN_FOLDER));
    if (!frames?.length) return;
    error.stack += `\n  submitted as task ${record.id}\n${frames.join("\n")}`;
  }
}

/** Where our own frames come from, which a user's stack does without. */
const OWN_FOLDER = new URL("./", import.meta.url).href;
