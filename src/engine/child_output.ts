/**
 * What a child process writes to its stdout and stderr past all that captures
 * the output of tasks: their subprocesses, code that is not JavaScript, Deno
 * itself.
 *
 * @module
 */
import type { Readable } from "node:stream";

/** A longer line is told in parts, in UTF-16 code units. */
const LONGEST_LINE = 16_384;

/** Reads a stream to its end; tells it line by line. */
export async function readLines(
  stream: Readable,
  tell: (line: string) => void,
): Promise<void> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of stream) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = lines.pop()!;
    for (const line of lines) tellInParts(line, tell);
    while (rest.length >= LONGEST_LINE) {
      tell(rest.slice(0, LONGEST_LINE));
      rest = rest.slice(LONGEST_LINE);
    }
  }
  if (rest !== "") tell(rest);
}

function tellInParts(line: string, tell: (line: string) => void): void {
  for (let at = 0; at === 0 || at < line.length; at += LONGEST_LINE) {
    tell(line.slice(at, at + LONGEST_LINE));
  }
}

/** How many of the latest lines are looked through for what went wrong. */
const LATEST = 100;

/** The last thing that a process said before it ended. */
export class LastWords {
  readonly #lines: string[] = [];

  hear(line: string): void {
    const text = line.trim();
    if (text === "") return;
    this.#lines.push(text);
    if (this.#lines.length > LATEST) this.#lines.shift();
  }

  /** The line that says why it ended, if one does. */
  get why(): string {
    return this.#lines.findLast((line) => /error|memory/i.test(line)) ??
      this.#lines.at(-1) ?? "";
  }
}
