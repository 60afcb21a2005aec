/**
 * What structured clone copies, and what it refuses or loses.
 *
 * @module
 */

/** Whether assigning a value copies it. */
export function isPrimitive(value: unknown): boolean {
  switch (typeof value) {
    case "object":
      return value === null;
    case "function":
    // A primitive, but structured clone refuses it.
    case "symbol":
      return false;
    default:
      return true;
  }
}

/** Deno's mark of objects that structured clone refuses at the top level. */
const NOT_SERIALIZABLE = Object.getOwnPropertySymbols(URL.prototype)
  .find((symbol) => symbol.description === "[[NotSerializable]]");

/**
 * Whether structured clone silently makes an empty object of this one when it is
 * part of another object: a URL, a Response, an AbortSignal and the like.
 */
export function isLostInCopy(value: object): boolean {
  return value instanceof AbortSignal ||
    (NOT_SERIALIZABLE !== undefined && NOT_SERIALIZABLE in value);
}

/** Deno's mark of objects that it copies in its own way. */
const HOST_OBJECT = Symbol.for("Deno.core.hostObject");

/**
 * Whether the object can be copied, if at all, only within this process: a Blob,
 * a MessagePort, shared memory.
 */
export function isOfThisProcess(value: object): boolean {
  if (value instanceof SharedArrayBuffer) return true;
  if (ArrayBuffer.isView(value)) {
    return value.buffer instanceof SharedArrayBuffer;
  }
  // A DOMException crosses as other errors do.
  return HOST_OBJECT in value && !(value instanceof DOMException);
}

/** Finds the first object in `value`, as a copy would contain it. */
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

/** Whether an array has gaps, of which there may be billions. */
export function hasGaps(array: readonly unknown[]): boolean {
  for (let n = 0; n < array.length; n++) {
    if (array[n] === undefined && !(n in array)) return true;
  }
  return false;
}

/**
 * @throws {DOMException} `DataCloneError`: a copy would lose something in
 * `value` that is not `transferred`.
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

/** How deep the cause of a failed copy is searched for. */
const MAX_DEPTH = 8;

/**
 * Names the first part of `value` that structured clone refuses, such as
 * `result.body (a ReadableStream)`. `path` names the value itself.
 */
export function whatCannotBeCloned(value: unknown, path: string): string {
  try {
    return findUncloneable(value, path, MAX_DEPTH) ?? path;
  } catch {
    // A Proxy can throw at any access.
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

/** The kind of the object in one word. */
export function kindOf(value: unknown): string {
  return Object.prototype.toString.call(value).slice(8, -1);
}

/**
 * Calls `send`, which sends or copies the arguments.
 *
 * @throws {DOMException} `DataCloneError`, which names the argument.
 * @throws {TypeError} An argument is an AbortSignal.
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
 * Copies arguments that are sent later, so that they cross as they are now.
 * Transferred objects move into the copy.
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

/** Structured clone would silently make an empty object of a signal. */
function refuseSignals(args: readonly unknown[]): void {
  const at = args.findIndex((arg) => arg instanceof AbortSignal);
  if (at < 0) return;
  throw new TypeError(
    `Cannot send argument ${at + 1} to the loop: it is an AbortSignal, ` +
      `which can't cross; give it as the \`signal\` option of submit`,
  );
}
