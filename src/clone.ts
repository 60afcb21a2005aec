/**
 * What structured clone makes of values, and why it sometimes can't.
 *
 * @module
 */

/** Whether a value is copied by being assigned. */
export function isPrimitive(value: unknown): boolean {
  switch (typeof value) {
    case "object":
      return value === null;
    case "function":
    // A symbol is a primitive, but structured clone refuses it.
    case "symbol":
      return false;
    default:
      return true;
  }
}

/** Deno's mark of what structured clone refuses, where it stands alone. */
const NOT_SERIALIZABLE = Object.getOwnPropertySymbols(URL.prototype)
  .find((symbol) => symbol.description === "[[NotSerializable]]");

/**
 * Whether structured clone makes an empty object of this one, without a word:
 * a URL, a Response, an AbortSignal and the like inside of another object.
 */
export function isLostInCopy(value: object): boolean {
  return value instanceof AbortSignal ||
    (NOT_SERIALIZABLE !== undefined && NOT_SERIALIZABLE in value);
}

/** Deno's mark of what structured clone copies by means of its own. */
const HOST_OBJECT = Symbol.for("Deno.core.hostObject");

/**
 * Whether the object can be copied in this process only, where it can be at
 * all: a Blob, a MessagePort, memory that is shared.
 */
export function isOfThisProcess(value: object): boolean {
  if (value instanceof SharedArrayBuffer) return true;
  if (ArrayBuffer.isView(value)) {
    return value.buffer instanceof SharedArrayBuffer;
  }
  // A DOMException crosses as other errors do.
  return HOST_OBJECT in value && !(value instanceof DOMException);
}

/**
 * The first object for which `test` holds among those that a copy of `value`
 * would have in it.
 */
export function findObject(
  value: unknown,
  test: (object: object) => boolean,
): object | undefined {
  const left = [value];
  const seen = new Set<unknown>();
  while (left.length > 0) {
    const next = left.pop();
    if (typeof next !== "object" || next === null || seen.has(next)) continue;
    seen.add(next);
    if (test(next)) return next;
    addParts(next, left);
  }
  return undefined;
}

function addParts(whole: object, parts: unknown[]): void {
  if (ArrayBuffer.isView(whole)) return;
  if (whole instanceof Map) {
    for (const [key, value] of whole) parts.push(key, value);
  } else if (
    whole instanceof Set || (Array.isArray(whole) && !hasGaps(whole))
  ) {
    for (const part of whole) if (typeof part === "object") parts.push(part);
  } else {
    for (const key of Object.keys(whole)) parts.push(Reflect.get(whole, key));
    if (whole instanceof Error) parts.push(whole.cause);
  }
}

/** Whether an array has gaps: then its length can be more than one can count. */
export function hasGaps(array: readonly unknown[]): boolean {
  for (let n = 0; n < array.length; n++) {
    if (array[n] === undefined && !(n in array)) return true;
  }
  return false;
}

/**
 * @throws {DOMException} `DataCloneError`: something in `value`, and not among
 * what is `transferred`, would be lost in a copy.
 */
export function refuseLost(
  value: unknown,
  transferred: readonly unknown[] = [],
): void {
  const lost = findObject(
    value,
    (object) => isLostInCopy(object) && !transferred.includes(object),
  );
  if (lost === undefined) return;
  const message = `${kindOf(lost)} object could not be cloned`;
  throw new DOMException(message, "DataCloneError");
}

/** How deep the cause of a failed copy is looked for. */
const MAX_DEPTH = 8;

/**
 * Names the first part of `value` that structured clone refuses, as
 * `result.body (a ReadableStream)`; `path` names the value itself.
 */
export function whatCannotBeCloned(value: unknown, path: string): string {
  try {
    return findUncloneable(value, path, MAX_DEPTH) ?? path;
  } catch {
    // A Proxy can throw at whatever is asked of it.
    return path;
  }
}

function findUncloneable(
  value: unknown,
  path: string,
  depth: number,
): string | undefined {
  if (typeof value === "function") return `${path} (a function)`;
  if (typeof value === "symbol") return `${path} (a symbol)`;
  if (isPrimitive(value) || canBeCloned(value)) return undefined;
  const parts = depth > 0 && isContainer(value) ? value : {};
  for (const key of Object.keys(parts)) {
    const step = /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(key)
      ? `.${key}`
      : `[${Array.isArray(value) ? key : JSON.stringify(key)}]`;
    let part: unknown;
    try {
      part = Reflect.get(parts, key);
    } catch {
      return `${path}${step} (whose getter throws)`;
    }
    const found = findUncloneable(part, path + step, depth - 1);
    if (found !== undefined) return found;
  }
  return `${path} (a ${kindOf(value)})`;
}

function isContainer(value: unknown): value is object {
  if (Array.isArray(value)) return true;
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function canBeCloned(value: unknown): boolean {
  try {
    structuredClone(value);
    return findObject(value, isLostInCopy) === undefined;
  } catch {
    return false;
  }
}

/** What the object is, as a word. */
export function kindOf(value: unknown): string {
  return Object.prototype.toString.call(value).slice(8, -1);
}

/**
 * Calls what sends or copies arguments.
 *
 * @throws {DOMException} `DataCloneError`, naming the argument.
 * @throws {TypeError} An AbortSignal among the arguments.
 */
export function sendArguments<T>(
  args: readonly unknown[],
  transfer: readonly Transferable[] | undefined,
  send: () => T,
): T {
  refuseSignals(args);
  try {
    refuseLost(args, transfer);
    return send();
  } catch (error) {
    throw explainArguments(args, error);
  }
}

/**
 * Copies arguments that must wait before they are sent, so that they cross as
 * they are now. What is transferred moves into the copy.
 *
 * @throws As {@linkcode sendArguments} does.
 */
export function copyArguments(
  args: readonly unknown[],
  transfer: readonly Transferable[] = [],
): { args: readonly unknown[]; transfer: readonly Transferable[] } {
  if (args.every(isPrimitive)) return { args: [...args], transfer };
  return sendArguments(
    args,
    transfer,
    () => structuredClone({ args, transfer }, { transfer: [...transfer] }),
  );
}

function explainArguments(args: readonly unknown[], error: unknown): unknown {
  if (!(error instanceof DOMException && error.name === "DataCloneError")) {
    return error;
  }
  for (const [n, arg] of args.entries()) {
    const part = whatCannotBeCloned(arg, `argument ${n + 1}`);
    if (part === `argument ${n + 1}`) continue;
    return new DOMException(
      `Cannot send ${part} to the loop: structured clone does not copy it`,
      "DataCloneError",
    );
  }
  return error;
}

/** Structured clone would make an empty object of it, without a word. */
function refuseSignals(args: readonly unknown[]): void {
  const at = args.findIndex((arg) => arg instanceof AbortSignal);
  if (at < 0) return;
  throw new TypeError(
    `Cannot send argument ${at + 1} to the loop: it is an AbortSignal, ` +
      `which can't cross; give it as the \`signal\` option of submit`,
  );
}
