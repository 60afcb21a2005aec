/** What a command answers with, and how a reply is written. */
import { escapeJson, escapeText } from "../../escape.ts";
import { columnOf, type Line, LineError, type Span } from "../language/line.ts";
import { excerpt, paint, type Style, withoutColor } from "../text/style.ts";
import type { Json } from "./json_value.ts";

/** An object of JSON; a field that is undefined is left out. */
export type JsonObject = { readonly [key: string]: Json | undefined };

/** An answer of a command, or a notice. It is data, and prints nothing. */
export interface Reply {
  /** For a person, without the last newline; undefined if there is nothing to show. */
  readonly text: (style: Style) => string | undefined;
  /** For a program: each object is one line, and has a `type`. */
  readonly json: () => JsonObject | readonly JsonObject[];
  /**
   * What the reply is when it is not an answer. A script writes an `"aside"`
   * and an `"error"` to stderr; a `"quit"` ends the session.
   */
  readonly kind?: "aside" | "error" | "quit" | undefined;
  /** What an error is about. */
  readonly place?: Place;
  /** Bytes to write as they are, in place of the text. */
  readonly raw?: Uint8Array | undefined;
}

/** A place in a line. */
export interface Place {
  readonly line: Line;
  readonly span: Span;
}

/** How replies are written. */
export type Format = Style | "json";

/** The reply as whole lines. */
export function render(reply: Reply, format: Format): string {
  if (format === "json") {
    return [reply.json()].flat().map((object) => `${stringify(object)}\n`)
      .join("");
  }
  const text = reply.text(format);
  return text === undefined ? "" : `${text}\n`;
}

function stringify(object: JsonObject): string {
  try {
    return escapeJson(JSON.stringify(object));
  } catch (error) {
    const { type = null, id = null } = object;
    return JSON.stringify({
      type: "error",
      name: "RangeError",
      message: `the ${type} is too large for one line of JSON`,
      id,
      cause: String(error),
    });
  }
}

/** In UTF-16 code units. */
const MAX_MESSAGE_LENGTH = 5000;

/** Something worth knowing that is no failure. */
export function notice(message: string, kind?: "aside"): Reply {
  return {
    text: (style) => paint(excerpt(message, MAX_MESSAGE_LENGTH), "dim", style),
    json: () => ({ type: "notice", message }),
    kind,
  };
}

/** A line was wrong, or what it asks for can't be done. */
export function errorReply(error: unknown, line: Line): Reply {
  const { name, message } = error instanceof Error
    ? error
    : new Error(String(error));
  const span = error instanceof LineError ? error.span : {
    start: Math.max(0, line.text.search(/\S/)),
    end: line.text.length,
  };
  const column = columnOf(line.text, span);
  return {
    text: (style) => {
      const text = escapeText(
        withoutColor(message.slice(0, MAX_MESSAGE_LENGTH).toWellFormed()),
      ).replaceAll("\n", "\n  ");
      const where = line.number === undefined
        ? ""
        : `line ${line.number}, column ${column}: `;
      return `${where}${paint("error", "red", style)}: ${text}`;
    },
    json: () => ({
      type: "error",
      name: error instanceof LineError ? "CommandError" : name,
      message,
      line: line.number,
      column,
    }),
    kind: "error",
    place: { line, span },
  };
}
