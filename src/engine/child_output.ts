/**
 * Reads what a child process writes to stdout and stderr. The output of tasks is
 * captured before it gets there; what is left comes from their subprocesses,
 * from native code and from Deno itself.
 *
 * @module
 */
import type { Readable } from "node:stream";
import { LineSplitter } from "../line_splitter.ts";

/** Reads a stream to its end and calls `onLine` for each line. */
export async function readLines(
  stream: Readable,
  onLine: (line: string) => void,
): Promise<void> {
  const decoder = new TextDecoder();
  const lines = new LineSplitter(onLine);
  for await (const chunk of stream) {
    lines.push(decoder.decode(chunk, { stream: true }));
  }
  lines.end();
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
