/**
 * The classes that an error keeps when it crosses, and how one of each is built
 * anew.
 *
 * @module
 */
import type { EncodedError } from "./messages.ts";
import {
  CancelledError,
  InvalidStateError,
  type Limit,
  LoopLostError,
  RemoteError,
  TimeoutError,
} from "../errors.ts";
import type { TaskId } from "../task.ts";

/** Those that are built anew from their message alone. */
const PLAIN: ReadonlyMap<string, new (message: string) => Error> = new Map([
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

/** The names of the classes that an error's constructor must be itself. */
const NAMES: ReadonlyMap<unknown, string> = new Map<unknown, string>([
  ...[...PLAIN].map(([name, Class]) => [Class, name] as const),
  [AggregateError, "AggregateError"],
  [SuppressedError, "SuppressedError"],
]);

const OUR_CLASSES: readonly (new (...args: never[]) => Error)[] = [
  CancelledError,
  InvalidStateError,
  LoopLostError,
  TimeoutError,
];

/** The name of the class that `error` can be built anew in, `""` if of none. */
export function classOf(error: Error): string {
  if (error instanceof DOMException) return "DOMException";
  for (const ours of OUR_CLASSES) if (error instanceof ours) return ours.name;
  try {
    return NAMES.get(error.constructor) ?? "";
  } catch {
    // A getter of something hostile.
    return "";
  }
}

/** An error of the class, or a {@linkcode RemoteError} if there is none here. */
export function rebuild(encoded: EncodedError): Error {
  const { message, name } = encoded;
  const Class = PLAIN.get(encoded.class);
  if (Class !== undefined) return new Class(message);
  switch (encoded.class) {
    case "AggregateError":
      return new AggregateError([], message);
    case "SuppressedError":
      return new SuppressedError(undefined, undefined, message);
    case "DOMException":
      return new DOMException(message, name);
    case "TimeoutError":
      return new TimeoutError(
        message,
        field(encoded, "limit") as Limit,
        field(encoded, "ms") as number,
      );
    case "LoopLostError":
      return new LoopLostError(field(encoded, "taskId") as TaskId, message);
    default:
      return new RemoteError(name, message);
  }
}

function field(error: EncodedError, name: string): unknown {
  const encoded = error.fields?.[name];
  return encoded?.kind === "value" ? encoded.value : undefined;
}
