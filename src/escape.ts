/**
 * Escapes text that a task controls, so that a terminal does not act on it.
 *
 * @module
 */

/**
 * Control characters (tab and newline included), lone surrogates, and invisible
 * characters that reorder or hide text. The joiners that emoji and some scripts
 * need are not among them. Ranges, because `\p{Cc}` takes half a millisecond to
 * load.
 */
const UNSAFE =
  // deno-lint-ignore no-control-regex
  /[\0-\x1f\x7f-\x9f\ud800-\udfff\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]/gu;

/** The same without tabs and line ends. */
const UNSAFE_IN_TEXT = new RegExp(`(?!\\t|\\r?\\n)${UNSAFE.source}`, "gu");

/** Shows the characters that a terminal would act on: `\x1b`, `\u{202e}`. */
export function escapeLine(text: string): string {
  return text.replace(UNSAFE, escapeChar);
}

/** As {@linkcode escapeLine}, but keeps tabs and line ends. */
export function escapeText(text: string): string {
  return text.replace(UNSAFE_IN_TEXT, escapeChar);
}

/** Escapes the same characters in JSON, whose value stays the same. */
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
