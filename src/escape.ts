/**
 * Text that a task controls, made harmless for a terminal.
 *
 * @module
 */

/**
 * Control characters, lone surrogates, and the invisible characters that
 * reorder or hide text; tab and newline among them. The joiners that emoji and
 * some scripts need are left.
 */
const UNSAFE =
  /[\p{Cc}\p{Cs}\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]/gu;

/** The same, but for tabs and ends of lines. */
const UNSAFE_IN_TEXT = new RegExp(`(?!\\t|\\r?\\n)${UNSAFE.source}`, "gu");

/** Shows the characters that a terminal would act on: `\x1b`, `\u{202e}`. */
export function escapeLine(text: string): string {
  return text.replace(UNSAFE, escapeChar);
}

/** As {@linkcode escapeLine}, with tabs and ends of lines left as they are. */
export function escapeText(text: string): string {
  return text.replace(UNSAFE_IN_TEXT, escapeChar);
}

/** The same characters in JSON: what it says stays the same. */
export function escapeJson(json: string): string {
  return json.replace(
    UNSAFE,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

const NAMED: ReadonlyMap<string, string> = new Map([
  ["\n", "\\n"],
  ["\r", "\\r"],
  ["\t", "\\t"],
]);

function escapeChar(char: string): string {
  const named = NAMED.get(char);
  if (named !== undefined) return named;
  const code = (char.codePointAt(0) ?? 0).toString(16);
  return code.length <= 2 ? `\\x${code.padStart(2, "0")}` : `\\u{${code}}`;
}
