/**
 * Values as people read them: bounded, and harmless for a terminal.
 *
 * @module
 */
import { escapeText } from "./escape.ts";
import { fit } from "./width.ts";

/** How much of a value is shown. */
export interface Extent {
  /** Columns that a value is broken at. */
  readonly width: number;
  /** Characters of a text. */
  readonly characters: number;
  /** Characters of a text inside a value. */
  readonly innerCharacters: number;
  /** Members of a list, map or set; fields of an object. */
  readonly members: number;
  readonly lines: number;
  /** Characters of a line that names, digits and the like make longer. */
  readonly lineCharacters: number;
}

/** A value in an outcome. */
export function outcomeExtent(width: number): Extent {
  return {
    width: Math.min(width, 100),
    characters: 200,
    innerCharacters: 80,
    members: 24,
    lines: 16,
    lineCharacters: 1000,
  };
}

/** A value asked for alone: more on a terminal, most through a pipe. */
export function resultExtent(width: number): Extent {
  const piped = !Number.isFinite(width);
  return {
    width: piped ? 80 : width,
    characters: piped ? Infinity : 10_000,
    innerCharacters: piped ? Infinity : 1000,
    members: piped ? 10_000 : 200,
    lines: piped ? Infinity : 200,
    lineCharacters: piped ? Infinity : 10_000,
  };
}

/** The value as `Deno.inspect` shows it, text in quotes. */
export function inspectValue(value: unknown, extent: Extent): string {
  if (typeof value === "string") {
    const { kept, rest } = cut(value, extent);
    return escapeText(Deno.inspect(kept)) + rest;
  }
  const { shown, hidden } = fewerFields(value, extent);
  const text = escapeText(Deno.inspect(shown, {
    breakLength: extent.width,
    iterableLimit: extent.members,
    strAbbreviateSize: extent.innerCharacters,
  }));
  const lines = text.split("\n");
  const rest = lines.length > extent.lines
    ? `\n… ${count(lines.length - extent.lines)} more lines`
    : "";
  const more = hidden > 0 ? `\n… ${count(hidden)} more fields` : "";
  const kept = lines.slice(0, extent.lines)
    .map((line) => cutLine(line, extent.lineCharacters));
  return kept.join("\n") + rest + more;
}

/** The value alone: text as it is, without quotes. */
export function plainValue(value: unknown, extent: Extent): string {
  if (typeof value !== "string") return inspectValue(value, extent);
  const { kept, rest } = cut(value, extent);
  return escapeText(kept) + rest;
}

/** The value in one line of so many columns, cut if it is longer. */
export function previewValue(value: unknown, columns: number): string {
  const text = inspectValue(value, {
    width: Infinity,
    characters: columns,
    innerCharacters: columns,
    members: columns,
    lines: columns,
    lineCharacters: columns,
  });
  return fit(text.replaceAll(/\s*\n\s*/g, " "), columns);
}

/** A number with its thousands apart: `52,428,800`. */
export function count(n: number): string {
  return n.toLocaleString("en-US");
}

function cut(text: string, extent: Extent): { kept: string; rest: string } {
  if (text.length <= extent.characters) return { kept: text, rest: "" };
  return {
    kept: text.slice(0, extent.characters).toWellFormed(),
    rest: ` … ${count(text.length)} characters in all`,
  };
}

function cutLine(line: string, most: number): string {
  return line.length <= most
    ? line
    : `${line.slice(0, most).toWellFormed()} … ${
      count(line.length)
    } characters`;
}

/** `Deno.inspect` bounds the members of lists, but not the fields of objects. */
function fewerFields(
  value: unknown,
  extent: Extent,
): { shown: unknown; hidden: number } {
  if (
    typeof value !== "object" || value === null ||
    Object.getPrototypeOf(value) !== Object.prototype
  ) return { shown: value, hidden: 0 };
  const fields = Object.keys(value).length;
  if (fields <= extent.members) return { shown: value, hidden: 0 };
  return {
    shown: Object.fromEntries(Object.entries(value).slice(0, extent.members)),
    hidden: fields - extent.members,
  };
}
