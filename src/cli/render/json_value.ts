/**
 * Values as JSON. What JSON can say stays as JSON says it; what it can't is an
 * object with a `$type`:
 *
 * | value | JSON |
 * |---|---|
 * | `undefined` | `null`; left out as a field of an object |
 * | `123n` | `{"$type": "bigint", "value": "123"}` |
 * | `NaN`, `-Infinity` | `{"$type": "number", "value": "NaN"}` |
 * | a Date | its ISO string |
 * | a Map | `{"$type": "Map", "entries": [[key, value], …]}` |
 * | a Set | `{"$type": "Set", "values": [value, …]}` |
 * | a RegExp | `{"$type": "RegExp", "value": "/a/g"}` |
 * | an Error | `{"$type": "Error", "name": …, "message": …, "stack": …, …}` |
 * | bytes, a typed array | `{"$type": "Uint8Array", "base64": …}` |
 * | an object inside itself | `{"$type": "Cycle", "path": "$.a.0"}` |
 * | an object with a field `$type` | `{"$type": "Object", "entries": […]}` |
 * | what can't leave the loop | `{"$type": "Response", "text": …, "uncollectable": …}` |
 * | anything else | `{"$type": "Blob", "text": …}`, as it is shown to people |
 *
 * A value that is longer than about 64 MB of JSON becomes text as well: no reader
 * would take it, and it could take all the memory.
 */
import { kindOf } from "../../clone.ts";
import { escapeJson } from "../../escape.ts";
import { excerpt } from "../text/style.ts";
import { uncollectableIn } from "./uncollectable.ts";
import { fieldsOf } from "./error_text.ts";
import { digits, inspectValue, outcomeBounds } from "./value_text.ts";

export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [key: string]: Json };

/** A deeper value becomes text, so that no stack overflows. */
const MAX_DEPTH = 500;

/** How long the JSON of a value may be, about. */
const MAX_CHARACTERS = 64_000_000;
/** What each value in it takes besides its own text. */
const CHARACTERS_EACH = 16;

type JsonObject = { readonly [key: string]: Json };

/** The value as JSON can say it. */
export function toJsonValue(value: unknown): Json {
  const json = convert((to) => to.value(value));
  return json === undefined ? asText(value) : json;
}

/**
 * The value as one line of JSON, whole.
 *
 * @throws {RangeError} The line would be longer than anybody reads.
 */
export function jsonLine(value: unknown): string {
  const json = convert((to) => to.value(value));
  if (json !== undefined) return `${escapeJson(JSON.stringify(json))}\n`;
  throw new RangeError(
    "the value is too large for one line of JSON; --raw writes a text or " +
      "bytes as they are",
  );
}

/** An error as JSON: what it has of name, message, stack, cause, members, fields. */
export function toJsonError(error: Error): JsonObject {
  return convert((to) => to.error(error)) ??
    { name: excerpt(error.name), message: excerpt(error.message) };
}

class TooLong extends Error {}

/** The JSON, or undefined if it is too long. */
function convert<T>(to: (converter: Converter) => T): T | undefined {
  try {
    return to(new Converter());
  } catch (error) {
    if (error instanceof TooLong) return undefined;
    throw error;
  }
}

class Converter {
  /** The keys that lead to what is being converted. */
  readonly #path: (string | number)[] = ["$"];
  /** The objects that hold it, and how much of the path leads to each. */
  readonly #holders: Map<object, number> = new Map();
  #left = MAX_CHARACTERS;

  value(value: unknown): Json {
    this.#take(CHARACTERS_EACH);
    switch (typeof value) {
      case "string":
        this.#take(value.length);
        return value;
      case "boolean":
        return value;
      case "number":
        return Number.isFinite(value) ? value : tagged("number", String(value));
      case "bigint":
        // Digits are short, but take long.
        this.#take(100 * digits(value));
        return tagged("bigint", String(value));
      case "object":
        return value === null ? null : this.#object(value);
      case "undefined":
        return null;
      default:
        return asText(value);
    }
  }

  error(error: Error): JsonObject {
    const { stack = "" } = error;
    this.#take(error.name.length + error.message.length + stack.length);
    this.#holders.set(error, this.#path.length);
    const fields = fieldsOf(error);
    return {
      name: error.name,
      message: error.message,
      ...stack === "" ? {} : { stack },
      ...error.cause === undefined
        ? {}
        : { cause: this.#member(error.cause, "cause") },
      ...error instanceof AggregateError
        ? { errors: this.#member(error.errors, "errors") }
        : {},
      ...Object.keys(fields).length === 0
        ? {}
        : { fields: this.#member(fields, "fields") },
    };
  }

  #take(characters: number): void {
    this.#left -= characters;
    if (this.#left < 0) throw new TooLong();
  }

  #object(value: object): Json {
    const cycle = this.#holders.get(value);
    if (cycle !== undefined) {
      return { $type: "Cycle", path: this.#path.slice(0, cycle).join(".") };
    }
    if (this.#holders.size >= MAX_DEPTH) return asText(value);
    const uncollectable = uncollectableIn(value);
    if (uncollectable !== undefined) {
      const { type, text, hint } = uncollectable;
      return { $type: type, text, uncollectable: hint };
    }
    this.#holders.set(value, this.#path.length);
    const json = this.#members(value);
    this.#holders.delete(value);
    return json;
  }

  #member(member: unknown, key: string | number): Json {
    this.#path.push(key);
    const json = this.value(member);
    this.#path.pop();
    return json;
  }

  #members(value: object): Json {
    const each = (member: unknown, key: string | number): Json =>
      this.#member(member, key);
    if (Array.isArray(value)) return Array.from(value, each);
    if (value instanceof Date) {
      return Number.isNaN(value.getTime()) ? null : value.toISOString();
    }
    if (value instanceof Map) {
      const entries = Array.from(value, ([key, member], i): Json => [
        each(key, `${i}.0`),
        each(member, `${i}.1`),
      ]);
      return { $type: "Map", entries };
    }
    if (value instanceof Set) {
      return { $type: "Set", values: Array.from(value, each) };
    }
    if (value instanceof Error) {
      return { $type: "Error", ...this.error(value) };
    }
    if (value instanceof RegExp) return tagged("RegExp", String(value));
    if (
      value instanceof Boolean || value instanceof Number ||
      value instanceof String
    ) return this.value(value.valueOf());
    const bytes = bytesOf(value);
    if (bytes !== undefined) {
      this.#take(2 * bytes.length);
      return { $type: value.constructor.name, base64: bytes.toBase64() };
    }
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype !== Object.prototype && prototype !== null) {
      return asText(value);
    }
    const entries = Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .map(([key, member]): [string, Json] => {
        this.#take(key.length);
        return [key, each(member, key)];
      });
    return "$type" in value
      ? { $type: "Object", entries }
      : Object.fromEntries(entries);
  }
}

/** The bytes of a value that has some; not a copy. */
function bytesOf(value: object): Uint8Array | undefined {
  if (ArrayBuffer.isView(value)) {
    return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  }
  if (value instanceof ArrayBuffer || value instanceof SharedArrayBuffer) {
    return new Uint8Array(value);
  }
  return undefined;
}

function tagged(type: string, value: string): Json {
  return { $type: type, value };
}

function asText(value: unknown): Json {
  return {
    $type: kindOf(value),
    text: inspectValue(value, outcomeBounds(80)),
  };
}
