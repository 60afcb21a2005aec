/**
 * The latest lines of a log, limited in number and in total length.
 *
 * @module
 */
import type { LogEntry } from "./task.ts";

/** A longer line is cut or split, in UTF-16 code units. */
export const MAX_LINE_CHARACTERS = 16_384;
/** How many lines a log keeps. */
export const MAX_LOG_LINES = 1000;
/** How long they are in total, in UTF-16 code units. */
export const MAX_LOG_CHARACTERS = 1_048_576;

/** Lines that wait to be sent. */
export class LogBuffer {
  #entries: LogEntry[] = [];
  /** The index of the first line that is not dropped. */
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
    // Only now and then, so that each line moves once and not at every drop.
    if (this.#first < MAX_LOG_LINES) return;
    this.#entries.splice(0, this.#first);
    this.#first = 0;
  }

  /** Empties the buffer. Returns its lines and how many it had to drop. */
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
