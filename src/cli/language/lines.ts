/** Bytes → lines. */
import type { Line } from "./line_error.ts";

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
