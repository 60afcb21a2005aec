/** Text made short and plain for people, with colour or without. */
import { escapeLine } from "../../escape.ts";
import { displayWidth, wrap } from "./width.ts";

/** How much of a name or a message is shown, in UTF-16 code units. */
const EXCERPT = 500;

/** As {@linkcode escapeLine}, cut where it is longer than anybody reads. */
export function excerpt(text: string, most = EXCERPT): string {
  return text.length <= most
    ? escapeLine(text)
    : `${escapeLine(text.slice(0, most).toWellFormed())}…`;
}

/** The text without its own colours, which would be shown as escapes. */
export function withoutColor(text: string): string {
  // deno-lint-ignore no-control-regex
  return text.replace(/\x1b\[[\d;:]*m/g, "");
}

export interface Style {
  /** Columns of a line; Infinity where there is no terminal. */
  readonly width: number;
  /** Lines of the screen; none where there is no terminal. */
  readonly height?: number;
  readonly color: boolean;
  /** The current time, in milliseconds since the epoch. */
  readonly now: number;
}

const CODES = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  cyan: [36, 39],
} as const;

/** What {@linkcode paint} puts around text. */
export const PAINT = new RegExp(
  `(\x1b\\[(?:${Object.values(CODES).flat().join("|")})m)`,
);

export type Paint = keyof typeof CODES;

/** Paints text, where there is colour. */
export function paint(text: string, how: Paint, style: Style): string {
  if (!style.color || text === "") return text;
  const [on, off] = CODES[how];
  return `\x1b[${on}m${text}\x1b[${off}m`;
}

const INDENT = "    ";

/**
 * A line that ends with a gap, and what else there is to say: beside it where
 * there is room, else below it, broken at spaces. `columns` is the width of
 * `line`, which may be painted.
 */
export function withRest(
  line: string,
  columns: number,
  rest: string,
  style: Style,
  how: Paint = "dim",
): string {
  if (rest === "") return line.trimEnd();
  if (columns + displayWidth(rest) <= style.width) {
    return line + paint(rest, how, style);
  }
  const below = wrap(rest, style.width - INDENT.length)
    .map((text) => INDENT + paint(text, how, style));
  return [line.trimEnd(), ...below].join("\n");
}
