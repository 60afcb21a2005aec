/**
 * The latest lines of a log, bounded in their number and in their length.
 *
 * @module
 */
import type { LogEntry } from "./task.ts";

/** How many lines are kept. */
export const MAX_LOG_LINES = 1000;
/** How long they are together, in UTF-16 code units. */
export const MAX_LOG_CHARACTERS = 1_048_576;

/** Lines that wait to be handed on. */
export class LogBuffer {
  #entries: LogEntry[] = [];
  /** Those before it are dropped. */
  #first = 0;
  #units = 0;
  #dropped = 0;

  add(entry: LogEntry): void {
    this.#entries.push(entry);
    this.#units += entry.text.length;
    while (
      this.#entries.length - this.#first > MAX_LOG_LINES ||
      this.#units > MAX_LOG_CHARACTERS
    ) {
      this.#units -= this.#entries[this.#first++]!.text.length;
      this.#dropped++;
    }
    // Now and then, so that each line is moved once and not at every drop.
    if (this.#first < MAX_LOG_LINES) return;
    this.#entries.splice(0, this.#first);
    this.#first = 0;
  }

  /** Empties it; says what was in it and how many lines it had to drop. */
  take(): { readonly entries: LogEntry[]; readonly dropped: number } {
    const taken = {
      entries: this.#entries.slice(this.#first),
      dropped: this.#dropped,
    };
    this.#entries = [];
    this.#first = 0;
    this.#units = 0;
    this.#dropped = 0;
    return taken;
  }
}
