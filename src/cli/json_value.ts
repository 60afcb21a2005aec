/**
 * Values as JSON, whole. What JSON can say stays as JSON says it; what it can't
 * is an object with a `$type`:
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
 * | an Error | `{"$type": "Error", "name": …, "message": …}` |
 * | bytes, a typed array | `{"$type": "Uint8Array", "base64": …}` |
 * | an object inside itself | `{"$type": "Cycle", "path": "$.a.0"}` |
 * | an object with a field `$type` | `{"$type": "Object", "entries": […]}` |
 * | anything else | `{"$type": "Blob", "text": …}` as `Deno.inspect` says it |
 *
 * @module
 */

/** What JSON can say. */
export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [key: string]: Json };

/** Deeper than this a value is told as text, so that no stack overflows. */
const DEEPEST = 500;

/** The value as JSON can say it. */
export function toJsonValue(value: unknown): Json {
  return convert(value, "$", new Map());
}

/** An error as JSON: name and message, cause and members if there are any. */
export function toJsonError(error: Error): { readonly [key: string]: Json } {
  return convertError(error, "$", new Map());
}

/** The objects that hold the one being converted, with their paths. */
type Holders = Map<object, string>;

function convert(value: unknown, path: string, holders: Holders): Json {
  switch (typeof value) {
    case "string":
    case "boolean":
      return value;
    case "number":
      return Number.isFinite(value) ? value : tagged("number", String(value));
    case "bigint":
      return tagged("bigint", String(value));
    case "object":
      return value === null ? null : convertObject(value, path, holders);
    case "undefined":
      return null;
    default:
      return { $type: typeof value, text: Deno.inspect(value) };
  }
}

function convertObject(value: object, path: string, holders: Holders): Json {
  const cycle = holders.get(value);
  if (cycle !== undefined) return { $type: "Cycle", path: cycle };
  if (holders.size >= DEEPEST) return asText(value);
  holders.set(value, path);
  try {
    return convertMembers(value, path, holders);
  } finally {
    holders.delete(value);
  }
}

function convertMembers(value: object, path: string, holders: Holders): Json {
  const each = (member: unknown, key: string | number): Json =>
    convert(member, `${path}.${key}`, holders);
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
    return { $type: "Error", ...convertError(value, path, holders) };
  }
  if (value instanceof RegExp) return tagged("RegExp", String(value));
  if (
    value instanceof Boolean || value instanceof Number ||
    value instanceof String
  ) return convert(value.valueOf(), path, holders);
  const bytes = bytesOf(value);
  if (bytes !== undefined) {
    return { $type: value.constructor.name, base64: bytes.toBase64() };
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) {
    return asText(value);
  }
  const entries = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .map(([key, member]): [string, Json] => [key, each(member, key)]);
  return "$type" in value
    ? { $type: "Object", entries }
    : Object.fromEntries(entries);
}

function convertError(
  error: Error,
  path: string,
  holders: Holders,
): { readonly [key: string]: Json } {
  holders.set(error, path);
  return {
    name: error.name,
    message: error.message,
    ...error.cause === undefined
      ? {}
      : { cause: convert(error.cause, `${path}.cause`, holders) },
    ...error instanceof AggregateError
      ? { errors: convert(error.errors, `${path}.errors`, holders) }
      : {},
  };
}

function bytesOf(value: object): Uint8Array<ArrayBuffer> | undefined {
  if (ArrayBuffer.isView(value)) {
    return new Uint8Array(
      value.buffer,
      value.byteOffset,
      value.byteLength,
    ).slice();
  }
  if (value instanceof ArrayBuffer || value instanceof SharedArrayBuffer) {
    return new Uint8Array(value).slice();
  }
  return undefined;
}

function tagged(type: string, value: string): Json {
  return { $type: type, value };
}

function asText(value: object): Json {
  return {
    $type: value.constructor?.name ?? "Object",
    text: Deno.inspect(value),
  };
}
