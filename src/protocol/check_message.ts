/**
 * Checks that a message from a loop has the shape that its type requires. A task
 * may have replaced what the loop's own code relies on, and can send anything.
 *
 * @module
 */
import type {
  FromLoop,
  FromLoopFields,
  ModuleDescription,
  ModuleExport,
  MovableLimit,
  RetryOptions,
  RunOptions,
} from "./messages.ts";
import type { EncodedReference } from "./reference.ts";
import type { LogEntry } from "../task.ts";

/** A loop sent what a loop may not send. */
export class ProtocolViolation extends Error {}

type Check = (value: unknown, message: Columns) => boolean;
type Columns = { readonly ids?: readonly unknown[] };
type Shape<T> = { readonly [F in keyof T]-?: Check };

/** Whether the task is one of the loop's is checked where it is looked up. */
const isId: Check = (id) =>
  typeof id === "number"
    ? Number.isSafeInteger(id) && id > 0
    : typeof id === "string";
const isText: Check = (value) => typeof value === "string";
const isNumber: Check = (value) => typeof value === "number";
const isTime: Check = (value) => Number.isFinite(value);
const isCount: Check = (value) => Number.isSafeInteger(value);
const isObject: Check = (value) => typeof value === "object" && value !== null;
const isOneOf = <T>(...values: readonly T[]): Check => (value) =>
  values.some((one) => one === value);
const isOptional = (check: Check): Check => (value, message) =>
  value === undefined || check(value, message);
const isList = (check: Check): Check => (value, message) => {
  if (!Array.isArray(value)) return false;
  // Unlike `every`, this stops at the first of what may be billions of gaps.
  for (let n = 0; n < value.length; n++) {
    if (!check(value[n], message)) return false;
  }
  return true;
};
const isColumn = (check?: Check): Check => {
  const isFilled = check && isList(check);
  return (value, message) =>
    Array.isArray(value) && value.length === message.ids!.length &&
    isFilled?.(value, message) !== false;
};
const isShape = <T>(shape: Shape<T>): Check => {
  const fields = Object.entries<Check>(shape);
  return (value) =>
    isObject(value, {}) &&
    fields.every(([name, check]) =>
      check((value as Record<string, unknown>)[name], {})
    );
};

const isLogEntry = isShape<LogEntry>({
  at: isTime,
  level: isOneOf<LogEntry["level"]>(
    "debug",
    "log",
    "info",
    "warn",
    "error",
    "note",
  ),
  text: isText,
});

const isDescription = isShape<ModuleDescription>({
  exports: isList(isShape<ModuleExport>({
    name: isText,
    kind: isText,
    parameters: isOptional(isText),
  })),
  files: isList(isText),
});

const isRunOptions = isShape<RunOptions>({
  name: isOptional(isText),
  timeout: isOptional(isNumber),
  deadline: isOptional(isNumber),
  stall: isOptional(isNumber),
  grace: isOptional(isNumber),
  retry: isOptional(isShape<RetryOptions>({
    attempts: isNumber,
    backoff: isOptional(isNumber),
    jitter: isOptional(isNumber),
  })),
});

type Inline = Extract<EncodedReference, { kind: "inline" }>;
type Module = Extract<EncodedReference, { kind: "module" }>;
const isInline = isShape<Inline>({
  kind: isOneOf("inline"),
  source: isText,
  name: isText,
});
const isModule = isShape<Module>({
  kind: isOneOf("module"),
  module: isText,
  name: isText,
});

/** Errors are checked where they are decoded. */
const FIELDS: { readonly [T in FromLoop["type"]]: Shape<FromLoopFields[T]> } = {
  started: { ids: isList(isId), at: isTime },
  succeeded: { ids: isList(isId), values: isColumn(), at: isTime },
  failed: { id: isId, error: isObject, at: isTime },
  cancelled: { ids: isList(isId), at: isTime },
  cancelledWith: { id: isId, error: isObject, at: isTime },
  abandoned: { ids: isList(isId), at: isTime },
  stopped: { ids: isList(isId) },
  cancelling: { id: isId, reason: isObject, grace: isNumber, at: isTime },
  retrying: { id: isId, error: isObject, retryAt: isTime },
  attempt: { id: isId, attempt: isCount },
  spawned: {
    id: isText,
    parent: isId,
    options: isRunOptions,
    task: isText,
    module: isOptional(isText),
    args: Array.isArray,
    at: isTime,
  },
  detach: {
    request: isCount,
    from: isId,
    reference: (reference, message) =>
      isInline(reference, message) || isModule(reference, message),
    args: Array.isArray,
    options: isRunOptions,
  },
  limit: {
    // Only of children, whose ids are strings.
    id: isText,
    limit: isOneOf<MovableLimit>("timeout", "deadline", "stall"),
    value: isOptional(isNumber),
  },
  progress: {
    ids: isList(isId),
    done: isColumn(isNumber),
    totals: isColumn(isOptional(isNumber)),
    notes: isColumn(isOptional(isText)),
    at: isTime,
  },
  log: { id: isOptional(isId), entries: isList(isLogEntry), dropped: isCount },
  exports: {
    request: isCount,
    module: isOptional(isDescription),
    error: isOptional(isObject),
  },
  pong: { count: isCount },
  exiting: { id: isOptional(isId), how: isText },
  ended: { how: isText },
  rejected: { what: isText },
};

const CHECKS: ReadonlyMap<unknown, readonly (readonly [string, Check])[]> =
  new Map(
    Object.entries(FIELDS).map(([type, fields]) =>
      [type, Object.entries<Check>(fields)] as const
    ),
  );

/** @throws {ProtocolViolation} The message is none that a loop may send. */
export function checkMessage(message: unknown): asserts message is FromLoop {
  if (!isObject(message, {})) throw new ProtocolViolation("it is no message");
  const parts = message as { readonly [field: string]: unknown } & Columns;
  const checks = CHECKS.get(parts.type);
  if (checks === undefined) {
    throw new ProtocolViolation("it is of no known type");
  }
  for (const [field, check] of checks) {
    if (check(parts[field], parts)) continue;
    throw new ProtocolViolation(`"${parts.type}" with an odd \`${field}\``);
  }
}
