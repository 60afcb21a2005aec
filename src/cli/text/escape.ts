/** Text that a task controls, made short and plain for people. */
import { escapeLine } from "../../escape.ts";

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
