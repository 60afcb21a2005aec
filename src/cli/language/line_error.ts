/** Lines, and what is wrong with one. */

/** A line that was typed or piped in. */
export interface Line {
  readonly text: string;
  /** Its number from 1, in a script. */
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
  /** The place in the line. */
  readonly span: Span;

  constructor(message: string, span: Span) {
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
  return [...textBefore(line, span)].length + 1;
}
