/**
 * What a loop says must be of the shape that its type names: a task may have
 * replaced what the loop's own code stands on, and write what it likes.
 *
 * @module
 */
import type {
  FromLoop,
  MovableLimit,
  RetryOptions,
  RunOptions,
} from "./messages.ts";
import type { LogEntry } from "../task.ts";

/** A loop said what it may not say. */
export class ProtocolViolation extends Error {}

type Check = (value: unknown, message: Columns) => boolean;
type Columns = { readonly ids?: readonly unknown[] };
type MessageOf<T extends FromLoop["type"]> = Extract<FromLoop, { type: T }>;
type Fields = {
  readonly [T in FromLoop["type"]]: {
    readonly [F in Exclude<keyof MessageOf<T>, "type">]-?: Check;
  };
};

/** Whose tasks they are is seen to where they are looked up. */
const isId: Check = (id) =>
  typeof id === "number"
    ? Number.isSafeInteger(id) && id > 0
    : typeof id === "string";
const isText: Check = (value) => typeof value === "string";
const isNumber: Check = (value) => typeof value === "number";
const isTime: Check = (value) => Number.isFinite(value);
const isCount: Check = (value) => Number.isSafeInteger(value);
const isObject: Check = (value) => typeof value === "object" && value !== null;
const isOptional = (check: Check): Check => (value, message) =>
  value === undefined || check(value, message);
const isList = (check: Check): Check => (value, message) => {
  if (!Array.isArray(value)) return false;
  // Not `every`, which passes over gaps, of which there may be billions.
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
const isShape = (shape: Readonly<Record<string, Check>>): Check => {
  const fields = Object.entries(shape);
  return (value) =>
    isObject(value, {}) &&
    fields.every(([name, check]) =>
      check((value as Record<string, unknown>)[name], {})
    );
};

const LEVELS: ReadonlySet<unknown> = new Set<LogEntry["level"]>([
  "debug",
  "log",
  "info",
  "warn",
  "error",
  "note",
]);

const isLogEntry = isShape(
  {
    at: isTime,
    level: (value) => LEVELS.has(value),
    text: isText,
  } satisfies Record<keyof LogEntry, Check>,
);

const isRunOptions = isShape(
  {
    name: isOptional(isText),
    timeout: isOptional(isNumber),
    deadline: isOptional(isNumber),
    stall: isOptional(isNumber),
    grace: isOptional(isNumber),
    retry: isOptional(isShape(
      {
        attempts: isNumber,
        backoff: isOptional(isNumber),
        jitter: isOptional(isNumber),
      } satisfies Record<keyof RetryOptions, Check>,
    )),
  } satisfies Record<keyof RunOptions, Check>,
);

const isInline = isShape({
  kind: (kind) => kind === "inline",
  source: isText,
  name: isText,
});

const isModule = isShape({
  kind: (kind) => kind === "module",
  module: isText,
  name: isText,
});

const LIMITS: ReadonlySet<unknown> = new Set<MovableLimit>([
  "timeout",
  "deadline",
  "stall",
]);

/** What is an error is decoded with as little trust. */
const FIELDS: Fields = {
  started: { ids: isList(isId), at: isTime },
  succeeded: { ids: isList(isId), values: isColumn(), at: isTime },
  failed: { id: isId, error: isObject, at: isTime },
  cancelled: { ids: isList(isId), at: isTime },
  cancelledWith: { id: isId, error: isObject, at: isTime },
  abandoned: { ids: isList(isId), at: isTime },
  stopped: { ids: isList(isId) },
  cancelling: { id: isId, reason: isObject, grace: isNumber, at: isTime },
  attempt: { id: isId, attempt: isCount },
  spawned: {
    id: isText,
    parent: isId,
    options: isRunOptions,
    task: isText,
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
  // The limits of children alone, whose ids are texts.
  limit: {
    id: isText,
    limit: (limit) => LIMITS.has(limit),
    value: isOptional(isNumber),
  },
  progress: {
    ids: isList(isId),
    done: isColumn(isNumber),
    totals: isColumn(isOptional(isNumber)),
    notes: isColumn(isOptional(isText)),
    at: isTime,
  },
  log: {
    id: isOptional(isId),
    entries: isList(isLogEntry),
    dropped: isCount,
  },
  exports: {
    request: isCount,
    names: isOptional(isList(isText)),
    error: isOptional(isObject),
  },
  pong: { count: isCount },
  latest: { id: isId },
  exiting: { id: isOptional(isId), how: isText },
  ended: { how: isText },
  rejected: { what: isText },
};

const CHECKS: ReadonlyMap<unknown, readonly (readonly [string, Check])[]> =
  new Map(
    Object.entries(FIELDS).map(([type, fields]) =>
      [type, Object.entries(fields)] as const
    ),
  );

/** @throws {ProtocolViolation} It is no message that a loop has. */
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
