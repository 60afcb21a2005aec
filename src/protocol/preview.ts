/**
 * Arguments made short: enough to tell tasks apart, and never the megabytes that
 * went through a list of tasks. Both sides make them, the loop for children.
 *
 * @module
 */
import { kindOf } from "../clone.ts";

/** How much of a text is kept, in UTF-16 code units, and how much of its end. */
const MAX_TEXT = 200;
const TAIL = 49;
const MAX_MEMBERS = 20;
const MAX_DEPTH = 3;
/** Values at every depth together; so many characters of a text count as one. */
const MAX_PARTS = 100;
const TINY = 20;
const MAX_BIGINT_BITS = 256;

const CUT = "…";

/** Whether a value is kept as it is: no task with others must pay for a copy. */
function isShort(value: unknown): boolean {
  switch (typeof value) {
    case "string":
      return value.length <= MAX_TEXT;
    case "number":
    case "boolean":
    case "undefined":
      return true;
    case "bigint":
      return BigInt.asIntN(MAX_BIGINT_BITS, value) === value;
    default:
      return value === null;
  }
}

/**
 * The arguments, short: the list itself if they are few, short and primitive;
 * otherwise a copy that is plain data, with `…` in or in place of what is cut.
 * Short arguments stay as they are. Never throws.
 */
export function shortArguments(args: readonly unknown[]): readonly unknown[] {
  try {
    if (args.length <= MAX_MEMBERS && args.every(isShort)) return args;
    return new Shortener().list(args, MAX_DEPTH);
  } catch {
    // A Proxy or a getter can throw at any access.
    return [CUT];
  }
}

class Shortener {
  #partsLeft = MAX_PARTS;

  list(values: readonly unknown[], depth: number): unknown[] {
    const { kept, hidden } = firstOf(values);
    const short = Array.from(kept, (value) => this.#value(value, depth));
    return hidden === 0 ? short : [...short, `${CUT} ${hidden} more`];
  }

  #value(value: unknown, depth: number): unknown {
    this.#partsLeft--;
    if (typeof value === "object" && value !== null) {
      return this.#object(value, depth);
    }
    if (isShort(value)) return this.#counted(value);
    if (typeof value === "bigint") return "a long bigint";
    return this.#counted(
      shortText(typeof value === "string" ? value : shown(value)),
    );
  }

  #object(value: object, depth: number): unknown {
    const plain = Array.isArray(value) || kindOf(value) === "Object";
    if (!plain) return this.#counted(shortText(shown(value)));
    if (depth === 0 || this.#partsLeft <= 0) {
      return Array.isArray(value) ? `[${CUT}]` : `{${CUT}}`;
    }
    if (Array.isArray(value)) return this.list(value, depth - 1);
    const { kept, hidden } = firstOf(Object.keys(value));
    const fields = kept.map((key) => [
      shortText(key),
      this.#value(Reflect.get(value, key), depth - 1),
    ]);
    if (hidden > 0) fields.push([CUT, `${hidden} more`]);
    return Object.fromEntries(fields);
  }

  #counted(value: unknown): unknown {
    if (typeof value !== "string") return value;
    this.#partsLeft -= value.length / TINY;
    return this.#partsLeft > 0 || value.length <= TINY ? value : CUT;
  }
}

function firstOf<T>(
  values: readonly T[],
): { kept: readonly T[]; hidden: number } {
  if (values.length <= MAX_MEMBERS) return { kept: values, hidden: 0 };
  const kept = values.slice(0, MAX_MEMBERS - 1);
  return { kept, hidden: values.length - kept.length };
}

/** What is neither plain data nor a text, as `console` would begin to show it. */
function shown(value: unknown): string {
  return Deno.inspect(value, {
    depth: 0,
    iterableLimit: 4,
    strAbbreviateSize: MAX_TEXT,
    breakLength: Infinity,
  }).replaceAll(/\s*\n\s*/g, " ");
}

/** The text, its middle cut out where it is long. */
export function shortText(text: string): string {
  if (text.length <= MAX_TEXT) return text;
  const head = text.slice(0, MAX_TEXT - TAIL - 1);
  return `${copyOf(head)}${CUT}${copyOf(text.slice(-TAIL))}`;
}

/** A slice would keep the whole text alive; what is joined anew does not. */
function copyOf(slice: string): string {
  return [...slice].join("").toWellFormed();
}
