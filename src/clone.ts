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

/** How deep the cause of a failed copy is looked for. */
const DEEPEST = 8;

/**
 * Names the first part of `value` that structured clone refuses, as
 * `result.body (a ReadableStream)`; `path` names the value itself.
 */
export function whatCannotBeCloned(value: unknown, path: string): string {
  try {
    return findUncloneable(value, path, DEEPEST) ?? path;
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
    return true;
  } catch {
    return false;
  }
}

function kindOf(value: unknown): string {
  return Object.prototype.toString.call(value).slice(8, -1);
}
