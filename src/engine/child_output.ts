/**
 * Reads what a child process writes to stdout and stderr. The output of tasks is
 * captured before it gets there; what is left comes from their subprocesses,
 * from native code and from Deno itself.
 *
 * @module
 */
import type { Readable } from "node:stream";

/** A longer line is split, in UTF-16 code units. */
const MAX_LINE_CHARACTERS = 16_384;

/** Reads a stream to its end and calls `onLine` for each line. */
export async function readLines(
  stream: Readable,
  onLine: (line: string) => void,
): Promise<void> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of stream) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = lines.pop()!;
    for (const line of lines) {
      let from = 0;
      do onLine(line.slice(from, from += MAX_LINE_CHARACTERS)); while (
        from < line.length
      );
    }
    while (rest.length >= MAX_LINE_CHARACTERS) {
      onLine(rest.slice(0, MAX_LINE_CHARACTERS));
      rest = rest.slice(MAX_LINE_CHARACTERS);
    }
  }
  if (rest !== "") onLine(rest);
}

const MAX_RECENT_LINES = 100;

/** Finds in the last lines of stderr why a process ended. */
export class RecentErrors {
  readonly #lines: string[] = [];

  add(line: string): void {
    const text = line.trim();
    if (text === "") return;
    this.#lines.push(text);
    if (this.#lines.length > MAX_RECENT_LINES) this.#lines.shift();
  }

  /** The line that most likely tells the cause; `""` if there is no line. */
  get cause(): string {
    return this.#lines.findLast((line) => /error|memory/i.test(line)) ??
      this.#lines.at(-1) ?? "";
  }
}
