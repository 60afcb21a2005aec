/**
 * Errors on their way to the other side, nothing lost. Structured clone drops
 * an error's own class, its name, its fields and an AggregateError's members,
 * so an error crosses as plain data and is built anew.
 *
 * @module
 */
import { findObject, isLostInCopy, isOfThisProcess } from "../clone.ts";
import { classOf, rebuild } from "./error_classes.ts";
import type { EncodedError, EncodedThrown } from "./messages.ts";
import { RemoteError, withoutStack } from "../errors.ts";

/** How many causes deep an error is followed. */
const MAX_CAUSE_DEPTH = 32;

/** How many errors cross with one: a graph of them can unfold without end. */
const MAX_ERRORS = 1000;

/**
 * How many errors, causes and fields are decoded with one. Who wrote them may
 * be hostile, and refer to the same part again and again.
 */
const MAX_PARTS = 100_000;

/** Reads a property of something hostile. */
function read(error: Error, name: string): unknown {
  try {
    return Reflect.get(error, name);
  } catch (thrown) {
    return `(reading ${name} threw ${inspect(thrown)})`;
  }
}

function readText(error: Error, name: string): string {
  const value = read(error, name);
  return typeof value === "string" ? value : inspect(value);
}

/** A value in words. Never throws, whatever it does when it is looked at. */
export function inspect(value: unknown): string {
  try {
    return Deno.inspect(value, { depth: 2, strAbbreviateSize: 1000 });
  } catch {
    return typeof value;
  }
}

/** Makes data of anything that was thrown. Never throws. */
export function encodeThrown(thrown: unknown): EncodedThrown {
  try {
    return new Encoder().encode(thrown, []);
  } catch {
    // A Proxy can throw at whatever is asked of it.
    return { kind: "text", text: inspect(thrown) };
  }
}

class Encoder {
  #left = MAX_ERRORS;

  /** `above`: the errors that this one is part of. */
  encode(thrown: unknown, above: readonly Error[]): EncodedThrown {
    if (isError(thrown)) {
      const known = above.includes(thrown) || above.length >= MAX_CAUSE_DEPTH;
      if (known || this.#left <= 0) {
        return {
          kind: "text",
          text: `${readText(thrown, "name")} (see above)`,
        };
      }
      this.#left--;
      return { kind: "error", error: this.#encodeError(thrown, above) };
    }
    try {
      const value = structuredClone(thrown);
      // An error must cross, whatever carries it.
      const keeps = findObject(thrown, isLostInCopy) === undefined &&
        findObject(value, isOfThisProcess) === undefined;
      if (keeps) return { kind: "value", value };
    } catch {
      // Then it is told in words.
    }
    return { kind: "text", text: inspect(thrown) };
  }

  #encodeError(error: Error, above: readonly Error[]): EncodedError {
    const path = [...above, error];
    const cause = Object.hasOwn(error, "cause")
      ? this.encode(read(error, "cause"), path)
      : undefined;
    const members = error instanceof AggregateError
      ? read(error, "errors")
      : undefined;
    let fields: Record<string, EncodedThrown> | undefined;
    for (const key of fieldsOf(error)) {
      // Without a prototype, a field may have any name.
      fields ??= Object.create(null) as Record<string, EncodedThrown>;
      fields[key] = this.encode(read(error, key), path);
    }
    const stack = read(error, "stack");
    return {
      class: classOf(error),
      name: readText(error, "name"),
      message: readText(error, "message"),
      stack: typeof stack === "string" ? withoutOwnFrames(stack) : undefined,
      cause,
      errors: Array.isArray(members)
        ? Array.from(members, (member) => this.encode(member, path))
        : undefined,
      fields,
    };
  }
}

/** Also true of an error from another realm, which `instanceof` denies. */
function isError(value: unknown): value is Error {
  return value instanceof Error ||
    Object.prototype.toString.call(value) === "[object Error]";
}

const NOT_FIELDS = new Set(["name", "message", "stack", "cause", "errors"]);

/** The names of what an error carries besides what every error has. */
function fieldsOf(error: Error): string[] {
  const hidden = error instanceof SuppressedError
    ? ["error", "suppressed"]
    : [];
  return [...Object.keys(error), ...hidden]
    .filter((key) => !NOT_FIELDS.has(key));
}

/** A stack is for who wrote the task: without the frames of the loop. */
function withoutOwnFrames(stack: string): string {
  return stack.split("\n").filter((line) => !line.includes(OWN_LOOP))
    .join("\n");
}

/** Where the modules of the loop come from. */
const OWN_LOOP = new URL("../loop/", import.meta.url).href;

/**
 * Builds anew what was thrown, as an Error in any case: a value that is no
 * Error becomes the cause of a {@linkcode RemoteError}. Never throws, whatever
 * came.
 */
export function decodeThrown(thrown: EncodedThrown): Error {
  try {
    switch (thrown.kind) {
      case "error":
        return new Decoder().error(thrown.error);
      case "value":
        return notAnError(inspect(thrown.value), { cause: thrown.value });
      case "text":
        return notAnError(textOf(thrown.text));
    }
  } catch {
    // Deeper than this stack, or nothing that an encoder has made.
  }
  return notAnError("what can't be decoded");
}

function notAnError(text: string, options?: ErrorOptions): RemoteError {
  const message = `the task threw ${text}, which is not an Error`;
  return withoutStack(() => new RemoteError("RemoteError", message, options));
}

class Decoder {
  #left = MAX_PARTS;

  /** @throws {TypeError | RangeError} No encoder has made this. */
  error(encoded: EncodedError): Error {
    const name = textOf(encoded.name);
    const message = textOf(encoded.message);
    const error = withoutStack(() => rebuild(encoded));
    // The name can have been set on an instance of a built-in class.
    if (error.name !== name) define(error, "name", name);
    define(error, "stack", textOf(encoded.stack ?? `${name}: ${message}`));
    const { cause, errors, fields = {} } = encoded;
    if (cause !== undefined) define(error, "cause", this.#part(cause));
    if (errors !== undefined) {
      const members = Array.from(errors, (member) => this.#part(member));
      define(error, "errors", members);
    }
    for (const key of Object.keys(fields)) {
      if (NOT_FIELDS.has(key)) continue;
      Object.defineProperty(error, key, {
        value: this.#part(fields[key]!),
        configurable: true,
        enumerable: isShown(error, key),
        writable: true,
      });
    }
    return error;
  }

  #part(part: EncodedThrown): unknown {
    if (--this.#left < 0) throw new RangeError("too many parts");
    switch (part.kind) {
      case "error":
        return this.error(part.error);
      case "value":
        return part.value;
      case "text":
        return textOf(part.text);
      default:
        throw new TypeError("no part of an error");
    }
  }
}

/** @throws {TypeError} It is no text. */
function textOf(text: string): string {
  if (typeof text !== "string") throw new TypeError("no text");
  return text;
}

/** Whether the field is one that shows; its class may have it hidden. */
function isShown(error: Error, key: string): boolean {
  return Object.getOwnPropertyDescriptor(error, key)?.enumerable ?? true;
}

function define(error: Error, name: string, value: unknown): void {
  Object.defineProperty(error, name, {
    value,
    configurable: true,
    enumerable: false,
    writable: true,
  });
}
