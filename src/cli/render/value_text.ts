/** Values as people read them: bounded, and harmless for a terminal. */
import { escapeText } from "../../escape.ts";
import { count } from "../text/amounts.ts";
import { fit } from "../text/width.ts";
import { uncollectableIn } from "./uncollectable.ts";

export interface Bounds {
  /** Columns that a value is broken at. */
  readonly width: number;
  readonly characters: number;
  readonly innerCharacters: number;
  /** Members of a list, map or set; fields of an object. */
  readonly members: number;
  /** Members and fields, at every depth together; long texts count for more. */
  readonly parts: number;
  readonly lines: number;
  /** Characters of a line: names and digits have no bound of their own. */
  readonly lineCharacters: number;
  /** Levels of members and fields, as far as there is room for their parts. */
  readonly depth: number;
}

/** A value below its task: short on a terminal, through a pipe whole. */
export function outcomeBounds(width: number): Bounds {
  if (!Number.isFinite(width)) return resultBounds(width);
  return {
    width: Math.min(width, 100),
    characters: 200,
    innerCharacters: 80,
    members: 24,
    parts: 2000,
    lines: 16,
    lineCharacters: 1000,
    depth: 4,
  };
}

/**
 * A value shown alone: more on a terminal, and through a pipe as much as is sure
 * to leave the prompt responsive.
 */
export function resultBounds(width: number): Bounds {
  const piped = !Number.isFinite(width);
  return {
    width: piped ? 80 : width,
    characters: piped ? 16_000_000 : 10_000,
    innerCharacters: piped ? 16_000_000 : 1000,
    members: piped ? 100_000 : 200,
    parts: piped ? 300_000 : 10_000,
    lines: piped ? Infinity : 200,
    lineCharacters: piped ? Infinity : 10_000,
    depth: piped ? 100 : 4,
  };
}

/** The value as `Deno.inspect` shows it, text in quotes. */
export function inspectValue(value: unknown, bounds: Bounds): string {
  if (typeof value === "string") {
    const { kept, rest } = cut(value, bounds.characters);
    const strAbbreviateSize = bounds.characters;
    return escapeText(Deno.inspect(kept, { strAbbreviateSize })) + rest;
  }
  if (typeof value === "bigint" && digits(value) > MAX_DIGITS) {
    return `a bigint of ${count(digits(value))} hexadecimal digits`;
  }
  const uncollectable = uncollectableIn(value);
  if (uncollectable !== undefined) {
    const { text, hint } = uncollectable;
    return `${fewerLines(escapeText(text), bounds)} (${escapeText(hint)})`;
  }
  const { shown, hidden } = fewerFields(value, bounds);
  const depth = depthWithin(shown, bounds);
  const innerCharacters = SHORT_CHARACTERS;
  if (depth < 0 && bounds.innerCharacters > innerCharacters) {
    return inspectValue(value, { ...bounds, innerCharacters });
  }
  const text = escapeText(Deno.inspect(shown, {
    depth,
    breakLength: bounds.width,
    iterableLimit: bounds.members,
    strAbbreviateSize: bounds.innerCharacters,
  }));
  const more = hidden > 0 ? `\n… ${count(hidden)} more fields` : "";
  return fewerLines(text, bounds) + more;
}

function fewerLines(text: string, bounds: Bounds): string {
  const lines = text.split("\n");
  const rest = lines.length > bounds.lines
    ? `\n… ${count(lines.length - bounds.lines)} more lines`
    : "";
  const kept = lines.slice(0, bounds.lines)
    .map((line) => Object.values(cut(line, bounds.lineCharacters)).join(""));
  return kept.join("\n") + rest;
}

/** The value alone: text as it is, without quotes. */
export function plainValue(value: unknown, bounds: Bounds): string {
  if (typeof value !== "string") return inspectValue(value, bounds);
  const { kept, rest } = cut(value, bounds.characters);
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
    depth: 4,
  });
  return fit(text.replaceAll(/\s*\n\s*/g, " "), columns);
}

function cut(text: string, most: number): { kept: string; rest: string } {
  if (text.length <= most) return { kept: text, rest: "" };
  const rest = ` … ${count(text.length)} characters in all`;
  return { kept: text.slice(0, most).toWellFormed(), rest };
}

/** `Deno.inspect` bounds the members of lists, but not the fields of objects. */
function fewerFields(
  value: unknown,
  bounds: Bounds,
): { shown: unknown; hidden: number } {
  if (
    typeof value !== "object" || value === null ||
    Object.getPrototypeOf(value) !== Object.prototype
  ) return { shown: value, hidden: 0 };
  const fields = Object.keys(value).length;
  if (fields <= bounds.members) return { shown: value, hidden: 0 };
  return {
    shown: Object.fromEntries(Object.entries(value).slice(0, bounds.members)),
    hidden: fields - bounds.members,
  };
}

/** Characters of each text, if there are too many long ones. */
const SHORT_CHARACTERS = 80;

/**
 * How many levels of the value are within its bounds. Without a bound on all of
 * them together, a list of lists that are the same list is shown for hours.
 */
function depthWithin(value: unknown, bounds: Bounds): number {
  let left = bounds.parts;
  let level = [value];
  for (let depth = 0; depth <= bounds.depth && level.length > 0; depth++) {
    const below: unknown[] = [];
    for (const whole of level) {
      for (const part of partsOf(whole, bounds)) {
        left -= costOf(part, bounds);
        if (left < 0) return depth - 1;
        below.push(part);
      }
    }
    level = below;
  }
  return bounds.depth;
}

function partsOf(value: unknown, bounds: Bounds): readonly unknown[] {
  if (typeof value !== "object" || value === null) return [];
  if (Array.isArray(value)) return value.slice(0, bounds.members);
  if (ArrayBuffer.isView(value)) return [];
  if (value instanceof String) return [value.valueOf()];
  if (value instanceof Map || value instanceof Set) {
    return value.entries().take(bounds.members).toArray().flat();
  }
  const fields = Object.keys(value).slice(0, bounds.parts + 1)
    .flatMap((key) => [key, Reflect.get(value, key)]);
  return value instanceof Error
    ? [...fields, value.stack, value.cause]
    : fields;
}

function costOf(part: unknown, bounds: Bounds): number {
  switch (typeof part) {
    case "string":
      // What is not shown of it is read all the same.
      return 1 + Math.min(part.length, bounds.innerCharacters) / 100 +
        part.length / 100_000;
    case "bigint":
      return 1 + digits(part) / 10;
    default:
      return 1;
  }
}

/** More digits take a second and longer to become decimal. */
const MAX_DIGITS = 100_000;

export function digits(n: bigint): number {
  return n.toString(16).length;
}
