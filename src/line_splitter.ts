/**
 * Text in pieces → lines.
 *
 * @module
 */

/** A longer line is split, in UTF-16 code units. */
const MAX_LINE_CHARACTERS = 16_384;

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
      let from = 0;
      do this.#onLine(line.slice(from, from += MAX_LINE_CHARACTERS)); while (
        from < line.length
      );
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
