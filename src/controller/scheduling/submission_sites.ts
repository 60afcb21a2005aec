/**
 * Where tasks were submitted, for the stacks of their errors.
 *
 * @module
 */
import type { TaskRecord } from "../task/record.ts";

/**
 * Taking a stack costs more than all the rest of a submission, so only so many
 * are taken in a while; a burst goes without.
 */
const STACKS = 32;
const WHILE_MS = 100;

export class SubmissionSites {
  #windowFrom = -Infinity;
  #taken = 0;

  /** This submission's site, as an error made there. `now`: milliseconds. */
  here(now: number): Error | undefined {
    if (now - this.#windowFrom > WHILE_MS) {
      this.#windowFrom = now;
      this.#taken = 0;
    }
    return this.#taken++ < STACKS ? new Error() : undefined;
  }

  /** Appends to an error's stack where its task was submitted, if known. */
  addTo(error: Error, { id, submittedFrom }: TaskRecord): void {
    if (submittedFrom === undefined) return;
    try {
      const frames = submittedFrom.stack!.split("\n").slice(1)
        .filter((line) => !line.includes(OWN_FOLDER));
      if (frames.length === 0) return;
      error.stack += `\n  submitted as task ${id}\n${frames.join("\n")}`;
    } catch {
      // The program has its own `Error.prepareStackTrace`, which makes stacks
      // when they are read: it may throw, or give something that is no text.
    }
  }
}

/** Where our own frames come from, which a user's stack does without. */
const OWN_FOLDER = new URL("../", import.meta.url).href;
