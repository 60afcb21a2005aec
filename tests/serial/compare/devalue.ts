/**
 * What devalue has to be told for it to keep all that our own does: how errors,
 * buffers that grow, arrays with properties and objects with `__proto__` are
 * taken apart, and put together again.
 */
import { ERRORS, VIEWS } from "../../../src/serial/tags.ts";

type Reducers = Readonly<Record<string, (value: unknown) => unknown>>;
type Revivers = Readonly<Record<string, (parts: never) => unknown>>;

/** As much of its interface as is used. */
export interface Devalue {
  stringify(value: unknown, reducers?: Reducers): string;
  parse(text: string, revivers?: Revivers): unknown;
}

/** The parts of a value; what is none of the kind gives `false`. */
export const REDUCERS: Reducers = {
  exception: (value) =>
    value instanceof DOMException && [value.message, value.name, value.stack],
  error: (value) =>
    value instanceof Error && !(value instanceof DOMException) && [
      Math.max(0, ERRORS.findIndex(({ name }) => name === value.name)),
      value.message,
      value.stack,
      ...Object.hasOwn(value, "cause") ? [value.cause] : [],
    ],
  growing: (value) =>
    value instanceof ArrayBuffer && value.resizable &&
    [value.maxByteLength, new Uint8Array(value.slice())],
  growingView: (value) =>
    ArrayBuffer.isView(value) && value.buffer instanceof ArrayBuffer &&
    value.buffer.resizable && [
      VIEWS.findIndex((kind) => value instanceof kind),
      value.buffer,
      value.byteOffset,
      (value as Uint8Array).length ?? value.byteLength,
    ],
  extended: (value) => {
    if (!Array.isArray(value)) return false;
    const entries = Object.entries(value);
    const extra = entries.filter(([key]) => !/^(0|[1-9]\d*)$/.test(key));
    if (extra.length === 0) return false;
    const array = Object.assign(
      new Array(value.length),
      Object.fromEntries(entries.slice(0, -extra.length)),
    );
    return [array, extra];
  },
  proto: (value) =>
    typeof value === "object" && value !== null &&
    Object.hasOwn(value, "__proto__") && Object.entries(value),
};

/** The value of its parts. */
export const REVIVERS: Revivers = {
  exception: ([message, name, stack]: [string, string, unknown]) =>
    define(new DOMException(message, name), "stack", stack),
  error: (
    [kind, message, stack, ...cause]: [number, string, unknown, ...unknown[]],
  ) => {
    const error = new ERRORS[kind]!();
    define(error, "message", message);
    define(error, "stack", stack);
    return cause.length > 0 ? define(error, "cause", cause[0]) : error;
  },
  growing: ([maxByteLength, bytes]: [number, Uint8Array]) => {
    const buffer = new ArrayBuffer(bytes.length, { maxByteLength });
    new Uint8Array(buffer).set(bytes);
    return buffer;
  },
  growingView: (
    [kind, buffer, offset, length]: [number, ArrayBuffer, number, number],
  ) => new VIEWS[kind]!(buffer, offset, length),
  extended: ([array, extra]: [unknown[], [string, unknown][]]) =>
    Object.assign(array, Object.fromEntries(extra)),
  proto: (entries: [string, unknown][]) => Object.fromEntries(entries),
};

function define<T extends object>(to: T, name: string, value: unknown): T {
  return Object.defineProperty(to, name, {
    value,
    configurable: true,
    enumerable: false,
    writable: true,
  });
}
