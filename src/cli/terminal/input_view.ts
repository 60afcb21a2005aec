/** The input as it stands on the screen: a text, a cursor, a width → rows. */
import { escapeLine } from "../../escape.ts";
import { chunks, displayWidth } from "../text/width.ts";

export interface InputState {
  readonly prompt: string;
  readonly text: string;
  readonly cursor: number;
}

export interface InputView {
  /** What to write, from the first column of a row on. */
  readonly drawn: string;
  /** How many rows that takes. */
  readonly rows: number;
  /** Where the cursor is, from the first row and column. */
  readonly row: number;
  readonly column: number;
  /** Whether the cursor is after the text. */
  readonly atEnd: boolean;
}

/** Before each line but the first. */
export const MORE = "… ";

/** Of an input with more rows than `maxRows`, those around the cursor. */
export function viewInput(
  { prompt, text, cursor }: InputState,
  columns: number,
  maxRows: number,
): InputView {
  const before = text.slice(0, cursor).split("\n");
  const rows: string[] = [];
  const begins: boolean[] = [];
  let [row, column] = [0, 0];
  for (const [n, line] of text.split("\n").entries()) {
    const start = n === 0 ? prompt : MORE;
    if (n === before.length - 1) {
      const upToCursor = chunks(start + shown(before[n]!), columns);
      column = displayWidth(upToCursor.at(-1)!);
      row = rows.length + upToCursor.length - 1;
      if (column >= columns) [row, column] = [row + 1, 0];
    }
    const broken = chunks(start + shown(line), columns);
    rows.push(...broken);
    begins.push(...broken.map((_, at) => at === 0));
  }
  // The cursor is after a full row, which has to be there.
  if (row === rows.length) {
    rows.push(" ");
    begins.push(false);
  }
  const first = Math.max(
    0,
    Math.min(row - (maxRows >> 1), rows.length - maxRows),
  );
  const last = Math.min(rows.length, first + maxRows);
  let drawn = "";
  for (let at = first; at < last; at++) {
    // The terminal itself goes on in the next row, and knows that they are one.
    drawn += (begins[at] && at > first ? "\r\n" : "") + rows[at];
  }
  return {
    drawn,
    rows: last - first,
    row: row - first,
    column,
    atEnd: cursor === text.length,
  };
}

function shown(line: string): string {
  return escapeLine(line.replaceAll("\t", "  "));
}
