/**
 * Values as people read them: bounded, and harmless for a terminal.
 *
 * @module
 */
import { escapeText } from "../text/escape.ts";
import { fit } from "../text/width.ts";

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
  /** Members and fields, at every depth together; long texts count for more. */
  readonly parts: number;
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
    parts: 2000,
    lines: 16,
    lineCharacters: 1000,
  };
}

/**
 * A value asked for alone: more on a terminal, and through a pipe as much as
 * is sure to leave the prompt alive.
 */
export function resultExtent(width: number): Extent {
  const piped = !Number.isFinite(width);
  return {
    width: piped ? 80 : width,
    characters: piped ? 16_000_000 : 10_000,
    innerCharacters: piped ? 1_000_000 : 1000,
    members: piped ? 10_000 : 200,
    parts: piped ? 100_000 : 10_000,
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
  if (typeof value === "bigint" && digits(value) > MOST_DIGITS) {
    return `a bigint of ${count(digits(value))} hexadecimal digits`;
  }
  const { shown, hidden } = fewerFields(value, extent);
  const depth = depthWithin(shown, extent);
  if (depth < 0 && extent.innerCharacters > SHORT) {
    return inspectValue(value, { ...extent, innerCharacters: SHORT });
  }
  const text = escapeText(Deno.inspect(shown, {
    depth,
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
    parts: 2000,
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

/** How much of each text is shown if there are too many long ones. */
const SHORT = 80;

/** `Deno.inspect` shows no more levels than these, if nothing else is said. */
const DEEPEST = 4;

/**
 * How many levels of the value are within its extent. Without a bound on all of
 * them together, a list of lists that are the same list is shown for hours.
 */
function depthWithin(value: unknown, extent: Extent): number {
  let left = extent.parts;
  let level = [value];
  for (let depth = 0; depth <= DEEPEST; depth++) {
    const below: unknown[] = [];
    for (const whole of level) {
      for (const part of partsOf(whole, extent)) {
        left -= costOf(part, extent);
        if (left < 0) return depth - 1;
        below.push(part);
      }
    }
    level = below;
  }
  return DEEPEST;
}

function partsOf(value: unknown, extent: Extent): readonly unknown[] {
  if (typeof value !== "object" || value === null) return [];
  if (Array.isArray(value)) return value.slice(0, extent.members);
  if (ArrayBuffer.isView(value)) return [];
  if (value instanceof String) return [value.valueOf()];
  if (value instanceof Map || value instanceof Set) {
    return value.entries().take(extent.members).toArray().flat();
  }
  const fields = Object.keys(value).slice(0, extent.parts + 1)
    .flatMap((key) => [key, Reflect.get(value, key)]);
  return value instanceof Error
    ? [...fields, value.stack, value.cause]
    : fields;
}

function costOf(part: unknown, extent: Extent): number {
  switch (typeof part) {
    case "string":
      // What is not shown of it is read all the same.
      return 1 + Math.min(part.length, extent.innerCharacters) / 100 +
        part.length / 100_000;
    case "bigint":
      return 1 + digits(part) / 10;
    default:
      return 1;
  }
}

/** More take a second and longer to be told in decimal digits. */
const MOST_DIGITS = 100_000;

/** The hexadecimal digits of a number. */
export function digits(n: bigint): number {
  return n.toString(16).length;
}
