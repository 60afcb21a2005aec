/**
 * Bytes → lines.
 *
 * @module
 */
import type { Line } from "../commands/handler.ts";
import type { Span } from "./line_error.ts";

/** A line of a script. */
export interface ScriptLine extends Line {
  /** Where its bytes are no UTF-8, if they are none. */
  readonly malformed?: Span;
}

const NEWLINE = 10;

/**
 * Splits at newlines; a carriage return before one goes with it, and the last
 * line need not end with one.
 */
export async function* readLines(
  stream: AsyncIterable<Uint8Array>,
): AsyncGenerator<ScriptLine, void, void> {
  let pending: Uint8Array[] = [];
  let number = 0;
  for await (const chunk of stream) {
    let start = 0;
    for (;;) {
      const end = chunk.indexOf(NEWLINE, start);
      if (end < 0) break;
      pending.push(chunk.subarray(start, end));
      yield decodeLine(join(pending), ++number);
      pending = [];
      start = end + 1;
    }
    if (start < chunk.length) pending.push(chunk.slice(start));
  }
  if (pending.length > 0) yield decodeLine(join(pending), ++number);
}

/** The lines of text, as {@linkcode readLines} would read them. */
export async function* linesOf(
  text: string,
): AsyncGenerator<ScriptLine, void, void> {
  yield* readLines(ReadableStream.from([new TextEncoder().encode(text)]));
}

function decodeLine(bytes: Uint8Array, number: number): ScriptLine {
  const text = new TextDecoder().decode(bytes).replace(/\r$/, "");
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return { text, number };
  } catch {
    const start = Math.max(0, text.indexOf("\ufffd"));
    return { text, number, malformed: { start, end: start + 1 } };
  }
}

function join(parts: readonly Uint8Array[]): Uint8Array {
  const [first, ...more] = parts;
  if (first === undefined || more.length === 0) {
    return first ?? new Uint8Array();
  }
  const whole = new Uint8Array(
    parts.reduce((length, part) => length + part.length, 0),
  );
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
