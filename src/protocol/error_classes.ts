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

type Rebuild = (error: EncodedError) => Error;

function ofClass(
  construct: new (message: string) => Error,
): Rebuild {
  return (error) => new construct(error.message);
}

function field(error: EncodedError, name: string): unknown {
  const encoded = error.fields?.[name];
  return encoded?.kind === "value" ? encoded.value : undefined;
}

/** The classes that both sides have, and how one of each is built anew. */
const CLASSES: ReadonlyMap<string, Rebuild> = new Map<string, Rebuild>([
  ["Error", ofClass(Error)],
  ["TypeError", ofClass(TypeError)],
  ["RangeError", ofClass(RangeError)],
  ["SyntaxError", ofClass(SyntaxError)],
  ["ReferenceError", ofClass(ReferenceError)],
  ["EvalError", ofClass(EvalError)],
  ["URIError", ofClass(URIError)],
  ["AggregateError", (error) => new AggregateError([], error.message)],
  [
    "SuppressedError",
    (error) => new SuppressedError(undefined, undefined, error.message),
  ],
  ["DOMException", (error) => new DOMException(error.message, error.name)],
  ["CancelledError", ofClass(CancelledError)],
  ["InvalidStateError", ofClass(InvalidStateError)],
  [
    "TimeoutError",
    (error) =>
      new TimeoutError(
        error.message,
        field(error, "limit") as Limit,
        field(error, "ms") as number,
      ),
  ],
  [
    "LoopLostError",
    (error) =>
      new LoopLostError(field(error, "taskId") as TaskId, error.message),
  ],
]);

const OUR_CLASSES: readonly (new (...args: never[]) => Error)[] = [
  CancelledError,
  InvalidStateError,
  LoopLostError,
  TimeoutError,
];

const DENO_CLASSES: Readonly<Record<string, new (message: string) => Error>> =
  Deno.errors;

/** What Deno's own classes go by. */
const DENO_PREFIX = "Deno.errors.";

/** The name of the class that `error` can be built anew in, `""` if of none. */
export function classOf(error: Error): string {
  if (error instanceof DOMException) return "DOMException";
  for (const ours of OUR_CLASSES) if (error instanceof ours) return ours.name;
  const constructor = constructorOf(error);
  if (typeof constructor !== "function") return "";
  const { name } = constructor;
  if (DENO_CLASSES[name] === constructor) return DENO_PREFIX + name;
  const builtIn = (globalThis as Record<string, unknown>)[name];
  return builtIn === constructor && CLASSES.has(name) ? name : "";
}

function constructorOf(error: Error): unknown {
  try {
    return error.constructor;
  } catch {
    // A getter of something hostile.
    return undefined;
  }
}

/** An error of the class, or a {@linkcode RemoteError} if there is none here. */
export function rebuild(encoded: EncodedError): Error {
  const known = CLASSES.get(encoded.class);
  if (known !== undefined) return known(encoded);
  const ofDeno = encoded.class.startsWith(DENO_PREFIX)
    ? DENO_CLASSES[encoded.class.slice(DENO_PREFIX.length)]
    : undefined;
  return ofDeno === undefined
    ? new RemoteError(encoded.name, encoded.message)
    : new ofDeno(encoded.message);
}
