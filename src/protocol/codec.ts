/**
 * Errors as data, and back. Structured clone drops an error's own class, name,
 * fields and the members of an AggregateError, so an error crosses as plain
 * data and is rebuilt on the other side.
 *
 * @module
 */
import { findObject, isLostInCopy, isOfThisProcess } from "../clone.ts";
import {
  CancelledError,
  define,
  InvalidStateError,
  type Limit,
  LoopLostError,
  RemoteError,
  TimeoutError,
  withoutStack,
} from "../errors.ts";
import type { TaskId } from "../task.ts";
import type { EncodedError, EncodedThrown } from "./messages.ts";
import { withoutVersions } from "./reference.ts";

/** How many causes deep an error is encoded. */
const MAX_CAUSE_DEPTH = 32;

/** How many errors are encoded with one: a graph of them can unfold forever. */
const MAX_ERRORS = 1000;

/**
 * How many errors, causes and fields are decoded with one. A hostile sender can
 * refer to the same part again and again.
 */
const MAX_PARTS = 100_000;

/** The classes that are rebuilt from the message alone, by name. */
const REBUILT: ReadonlyMap<string, new (message: string) => Error> = new Map([
  ...Object.entries({
    Error,
    TypeError,
    RangeError,
    SyntaxError,
    ReferenceError,
    EvalError,
    URIError,
    CancelledError,
    InvalidStateError,
  }),
  ...Object.entries(Deno.errors)
    .map(([name, Class]) => [`Deno.errors.${name}`, Class] as const),
]);

/** The names of the classes that only a direct instance keeps. */
const CLASS_NAMES: ReadonlyMap<unknown, string> = new Map<unknown, string>([
  ...[...REBUILT].map(([name, Class]) => [Class, name] as const),
  [AggregateError, "AggregateError"],
  [SuppressedError, "SuppressedError"],
]);

/** The classes that an instance of a subclass keeps as well. */
const BASE_CLASSES: readonly (new (...args: never[]) => Error)[] = [
  DOMException,
  CancelledError,
  InvalidStateError,
  LoopLostError,
  TimeoutError,
];

/** The properties that {@linkcode EncodedError} has apart from `fields`. */
const STANDARD = new Set(["name", "message", "stack", "cause", "errors"]);

/** Where the modules of the loop are. */
const LOOP_SOURCE = new URL("../loop/", import.meta.url).href;

/** Reads a property of an error that may be hostile. */
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

/** Describes a value. Never throws, even if inspecting the value does. */
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
    // A Proxy can throw at any access.
    return { kind: "text", text: inspect(thrown) };
  }
}

class Encoder {
  #errorsLeft = MAX_ERRORS;

  /** `path`: the errors that `thrown` is part of. */
  encode(thrown: unknown, path: readonly Error[]): EncodedThrown {
    if (!isError(thrown)) return encodeValue(thrown);
    const known = path.includes(thrown) || path.length >= MAX_CAUSE_DEPTH;
    if (known || this.#errorsLeft <= 0) {
      const text = `${readText(thrown, "name")} (see above)`;
      return { kind: "text", text };
    }
    this.#errorsLeft--;
    return { kind: "error", error: this.#encodeError(thrown, path) };
  }

  #encodeError(error: Error, above: readonly Error[]): EncodedError {
    const path = [...above, error];
    const cause = Object.hasOwn(error, "cause")
      ? this.encode(read(error, "cause"), path)
      : undefined;
    const members = read(error, "errors");
    let fields: Record<string, EncodedThrown> | undefined;
    for (const key of fieldsOf(error)) {
      // No prototype: a field may have any name.
      fields ??= Object.create(null) as Record<string, EncodedThrown>;
      fields[key] = this.encode(read(error, key), path);
    }
    const stack = read(error, "stack");
    return {
      class: classOf(error),
      name: readText(error, "name"),
      message: withoutVersions(readText(error, "message")),
      stack: typeof stack === "string" ? withoutOwnFrames(stack) : undefined,
      cause,
      errors: error instanceof AggregateError && Array.isArray(members)
        ? Array.from(members, (member) => this.encode(member, path))
        : undefined,
      fields,
    };
  }
}

function encodeValue(thrown: unknown): EncodedThrown {
  try {
    const value = structuredClone(thrown);
    // An error must be able to cross to another process, too.
    const crosses = findObject(thrown, isLostInCopy) === undefined &&
      findObject(value, isOfThisProcess) === undefined;
    if (crosses) return { kind: "value", value };
  } catch { /* Structured clone refuses the value. */ }
  return { kind: "text", text: inspect(thrown) };
}

/** Recognizes errors of other realms, too, which `instanceof` does not. */
function isError(value: unknown): value is Error {
  return value instanceof Error ||
    Object.prototype.toString.call(value) === "[object Error]";
}

/** The name of the class in which `error` can be rebuilt, or `""`. */
function classOf(error: Error): string {
  for (const base of BASE_CLASSES) if (error instanceof base) return base.name;
  try {
    return CLASS_NAMES.get(error.constructor) ?? "";
  } catch {
    // A hostile getter.
    return "";
  }
}

function fieldsOf(error: Error): string[] {
  const hidden = error instanceof SuppressedError
    ? ["error", "suppressed"]
    : [];
  return [...Object.keys(error), ...hidden].filter((key) => !STANDARD.has(key));
}

/** As the task's author needs it: the author's own frames and URLs. */
function withoutOwnFrames(stack: string): string {
  const lines = withoutVersions(stack).split("\n");
  return lines.filter((line) => !line.includes(LOOP_SOURCE)).join("\n");
}

/**
 * Rebuilds what was thrown, always as an Error: a value that is no Error becomes
 * the `cause` of a {@linkcode RemoteError}. Never throws, whatever was sent.
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
    // Nested deeper than the stack allows, or not made by `encodeThrown`.
  }
  return notAnError("what can't be decoded");
}

function notAnError(text: string, options?: ErrorOptions): RemoteError {
  const message = `the task threw ${text}, which is not an Error`;
  return withoutStack(() => new RemoteError("RemoteError", message, options));
}

class Decoder {
  #partsLeft = MAX_PARTS;

  /** @throws {TypeError | RangeError} `encoded` was not made by `Encoder`. */
  error(encoded: EncodedError): Error {
    const name = textOf(encoded.name);
    const message = textOf(encoded.message);
    const error = withoutStack(() => rebuild(encoded));
    // An instance of a built-in class can have a name of its own.
    if (error.name !== name) define(error, "name", name);
    define(error, "stack", textOf(encoded.stack ?? `${name}: ${message}`));
    const { cause, errors, fields = {} } = encoded;
    if (cause !== undefined) define(error, "cause", this.#part(cause));
    if (errors !== undefined) {
      const members = Array.from(errors, (member) => this.#part(member));
      define(error, "errors", members);
    }
    for (const key of Object.keys(fields)) {
      if (STANDARD.has(key)) continue;
      // The class of the error may hide the field.
      const own = Object.getOwnPropertyDescriptor(error, key);
      define(error, key, this.#part(fields[key]!), own?.enumerable ?? true);
    }
    return error;
  }

  #part(part: EncodedThrown): unknown {
    if (--this.#partsLeft < 0) throw new RangeError("too many parts");
    switch (part.kind) {
      case "error":
        return this.error(part.error);
      case "value":
        return part.value;
      case "text":
        return textOf(part.text);
      default:
        throw new TypeError("not a part of an error");
    }
  }
}

/** Makes an error of the same class, or a {@linkcode RemoteError}. */
function rebuild(encoded: EncodedError): Error {
  const { message, name } = encoded;
  const field = (key: string): unknown => {
    const value = encoded.fields?.[key];
    return value?.kind === "value" ? value.value : undefined;
  };
  switch (encoded.class) {
    case "AggregateError":
      return new AggregateError([], message);
    case "SuppressedError":
      return new SuppressedError(undefined, undefined, message);
    case "DOMException":
      return new DOMException(message, name);
    case "TimeoutError": {
      const limit = field("limit") as Limit;
      return new TimeoutError(message, limit, field("ms") as number);
    }
    case "LoopLostError":
      return new LoopLostError(field("taskId") as TaskId, message);
    default: {
      const Class = REBUILT.get(encoded.class);
      return Class ? new Class(message) : new RemoteError(name, message);
    }
  }
}

/** @throws {TypeError} `text` is not a string. */
function textOf(text: string): string {
  if (typeof text !== "string") throw new TypeError("not a string");
  return text;
}
