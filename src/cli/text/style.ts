/** What text is rendered for: so many columns, with colour or without. */

/** How text is to look. */
export interface Style {
  /** Columns of a line; Infinity where there is no terminal. */
  readonly width: number;
  readonly color: boolean;
  /** The time that others are shown against, in milliseconds since the epoch. */
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

/** A colour or weight of text. */
export type Paint = keyof typeof CODES;

/** Paints text, where there is colour. */
export function paint(text: string, how: Paint, style: Style): string {
  if (!style.color || text === "") return text;
  const [on, off] = CODES[how];
  return `\x1b[${on}m${text}\x1b[${off}m`;
}
