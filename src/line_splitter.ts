/**
 * Text in pieces → lines.
 *
 * @module
 */
import { MAX_LINE_CHARACTERS } from "./log_buffer.ts";

const PARTS = new RegExp(`[^]{1,${MAX_LINE_CHARACTERS}}`, "g");

/** Calls `onLine` for each line of a text that arrives in pieces. */
export class LineSplitter {
  readonly #onLine: (line: string) => void;
  #rest = "";

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  push(text: string): void {
    const lines = (this.#rest + text).split("\n");
    this.#rest = lines.pop()!;
    for (const line of lines) {
      for (const part of line.match(PARTS) ?? [line]) this.#onLine(part);
    }
    while (this.#rest.length >= MAX_LINE_CHARACTERS) {
      this.#onLine(this.#rest.slice(0, MAX_LINE_CHARACTERS));
      this.#rest = this.#rest.slice(MAX_LINE_CHARACTERS);
    }
  }

  /** The text has ended; its last line need not end with a newline. */
  end(): void {
    if (this.#rest !== "") this.#onLine(this.#rest);
    this.#rest = "";
  }
}
