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

/** Shows the characters that a terminal would act on: `\x1b`, `\u{202e}`. */
export function escapeLine(text: string): string {
  return text.replace(UNSAFE, escapeChar);
}

/** The same characters in JSON: what it says stays the same. */
export function escapeJson(json: string): string {
  return json.replace(
    UNSAFE,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** How much of a name or a message is shown, in UTF-16 code units. */
const EXCERPT = 500;

/** As {@linkcode escapeLine}, cut where it is longer than anybody reads. */
export function excerpt(text: string, most = EXCERPT): string {
  return text.length <= most
    ? escapeLine(text)
    : `${escapeLine(text.slice(0, most).toWellFormed())}…`;
}

/** As {@linkcode escapeLine}, with tabs and ends of lines left as they are. */
export function escapeText(text: string): string {
  return text.replace(UNSAFE, (char, at: number) => {
    const harmless = char === "\n" || char === "\t" ||
      (char === "\r" && text.charAt(at + 1) === "\n");
    return harmless ? char : escapeChar(char);
  });
}

/** The text without what paints it, which would be shown and not act. */
export function withoutColor(text: string): string {
  // deno-lint-ignore no-control-regex
  return text.replace(/\x1b\[[\d;:]*m/g, "");
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
