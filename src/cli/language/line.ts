/** Bytes → lines; and what is wrong with a line. */

export interface Line {
  readonly text: string;
  /** The path of the file that it is in, which "source" runs. */
  readonly file?: string | undefined;
  /** Its number from 1, in a script or in that file. */
  readonly number?: number | undefined;
  /** Where its bytes are not UTF-8. */
  readonly malformed?: Span | undefined;
}

/** A stretch of a line, in UTF-16 units; `end` is the first unit after it. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A line can't be understood, or asks for something that is not there. */
export class LineError extends Error {
  override readonly name = "LineError";
  readonly span: Span;

  /** `unfinished`: the line ends too early, and more text could mend it. */
  constructor(message: string, span: Span, readonly unfinished = false) {
    super(message);
    this.span = { start: span.start, end: span.end };
  }
}

/** The text before a place, which may lie past the end of the line. */
export function textBefore(line: string, { start }: Span): string {
  return line.slice(0, start).padEnd(start);
}

/** The column of a place as editors count it: from 1, in code points. */
export function columnOf(line: string, span: Span): number {
  return [...textBefore(line, span).split("\n").at(-1)!].length + 1;
}

/** The number of the line that a place is in; an input may have several. */
export function lineOf(line: Line, span: Span): number | undefined {
  const before = textBefore(line.text, span).split("\n");
  return line.number === undefined
    ? undefined
    : line.number + before.length - 1;
}

const NEWLINE = 10;

/**
 * Splits at newlines; a carriage return before one goes with it, and the last
 * line need not end with one.
 */
export async function* readLines(
  stream: AsyncIterable<Uint8Array<ArrayBuffer>>,
): AsyncGenerator<Line, void, void> {
  let pending: Uint8Array<ArrayBuffer>[] = [];
  let number = 0;
  for await (const chunk of stream) {
    let start = 0;
    for (;;) {
      const end = chunk.indexOf(NEWLINE, start);
      if (end < 0) break;
      pending.push(chunk.subarray(start, end));
      yield decodeLine(await join(pending), ++number);
      pending = [];
      start = end + 1;
    }
    if (start < chunk.length) pending.push(chunk.slice(start));
  }
  if (pending.length > 0) yield decodeLine(await join(pending), ++number);
}

function decodeLine(bytes: Uint8Array, number: number): Line {
  const text = new TextDecoder().decode(bytes).replace(/\r$/, "");
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return { text, number };
  } catch {
    const start = Math.max(0, text.indexOf("\ufffd"));
    return { text, number, malformed: { start, end: start + 1 } };
  }
}

async function join(parts: Uint8Array<ArrayBuffer>[]): Promise<Uint8Array> {
  return parts.length === 1
    ? parts[0]!
    : new Uint8Array(await new Blob(parts).arrayBuffer());
}
