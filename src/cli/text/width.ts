/** How many columns text takes on a terminal. */

let segmenter: Intl.Segmenter | undefined;

/** Made when first needed: it takes as long as the rest of a start. */
function graphemesOf(text: string): Intl.Segments {
  segmenter ??= new Intl.Segmenter(undefined, { granularity: "grapheme" });
  return segmenter.segment(text);
}

const PLAIN = /^[\x20-\x7e]*$/;

/** The blocks whose characters take two columns (East Asian wide). */
const WIDE =
  /^[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]/u;

const EMOJI = /^\p{Emoji_Presentation}|\ufe0f/u;

const ZERO = /^[\p{Mn}\p{Me}\p{Cf}]+$/u;

/** The columns that one line of text takes; terminals differ in rare scripts. */
export function displayWidth(text: string): number {
  if (PLAIN.test(text)) return text.length;
  let width = 0;
  for (const { segment } of graphemesOf(text)) {
    width += graphemeWidth(segment);
  }
  return width;
}

/** The text, cut to so many columns with `…` if it is longer. */
export function fit(text: string, columns: number): string {
  if (text.length <= columns && displayWidth(text) <= columns) return text;
  if (PLAIN.test(text)) {
    return columns < 1 ? "" : `${text.slice(0, columns - 1)}…`;
  }
  let kept = "";
  let width = 0;
  for (const { segment } of graphemesOf(text)) {
    width += graphemeWidth(segment);
    if (width > columns) break;
    kept += segment;
  }
  if (kept.length === text.length) return text;
  return columns < 1 ? "" : `${dropLast(kept, columns)}…`;
}

/** As {@linkcode fit}, but the end of the text is kept as well. */
export function fitMiddle(text: string, columns: number): string {
  if (text.length <= columns && displayWidth(text) <= columns) return text;
  const end = Math.floor((columns - 1) / 2);
  const start = fit(text, columns - Math.max(0, end));
  return start.endsWith("…") ? start + lastColumns(text, end) : start;
}

/** The end of the text, of at most so many columns. */
function lastColumns(text: string, columns: number): string {
  if (columns < 1) return "";
  if (PLAIN.test(text)) return text.slice(-columns);
  const segments = [...graphemesOf(text)].map(({ segment }) => segment);
  let at = segments.length;
  let width = 0;
  while (at > 0 && (width += graphemeWidth(segments[at - 1]!)) <= columns) at--;
  return segments.slice(at).join("");
}

/** The text in lines of so many columns, broken at spaces. */
export function wrap(text: string, columns: number): string[] {
  if (!Number.isFinite(columns)) return [text];
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && displayWidth(`${line} ${word}`) > columns) {
      lines.push(line);
      line = word;
    } else {
      line = line === "" ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}

/** The text in pieces of so many columns, broken anywhere. */
export function chunks(text: string, columns: number): string[] {
  if (displayWidth(text) <= columns) return [text];
  const pieces: string[] = [];
  if (PLAIN.test(text)) {
    for (let at = 0; at < text.length; at += columns) {
      pieces.push(text.slice(at, at + columns));
    }
    return pieces;
  }
  let piece = "";
  let width = 0;
  for (const { segment } of graphemesOf(text)) {
    const more = graphemeWidth(segment);
    if (width + more > columns) {
      pieces.push(piece);
      piece = "";
      width = 0;
    }
    piece += segment;
    width += more;
  }
  return [...pieces, piece];
}

/** The text with spaces after it up to so many columns. */
export function padEnd(text: string, columns: number): string {
  return text + " ".repeat(Math.max(0, columns - displayWidth(text)));
}

/** The text with spaces before it up to so many columns. */
export function padStart(text: string, columns: number): string {
  return " ".repeat(Math.max(0, columns - displayWidth(text))) + text;
}

function dropLast(text: string, columns: number): string {
  const segments = [...graphemesOf(text)].map(({ segment }) => segment);
  let width = displayWidth(text);
  while (width > columns - 1) width -= graphemeWidth(segments.pop() ?? "");
  return segments.join("");
}

function graphemeWidth(segment: string): number {
  if (ZERO.test(segment)) return 0;
  return WIDE.test(segment) || EMOJI.test(segment) ? 2 : 1;
}
