/**
 * Values as bytes, for another process: what structured clone copies, Map,
 * Date, bigint, typed arrays and references in circles included.
 *
 * @module
 */
import type { Deserializer, Serializer } from "node:v8";

interface BuiltIns {
  readonly process: {
    getBuiltinModule(id: "node:v8"): {
      readonly Serializer: new () => Serializer;
      readonly Deserializer: new (bytes: Uint8Array) => Deserializer;
    };
  };
}

/** Got late: a loop in this process has no use for it. */
function v8(): ReturnType<BuiltIns["process"]["getBuiltinModule"]> {
  return (globalThis as unknown as BuiltIns).process
    .getBuiltinModule("node:v8");
}

/**
 * Returns the value in a buffer of its own.
 *
 * @throws {DOMException} `DataCloneError`: something in it can't be copied to
 * another process.
 */
export function serialize(value: unknown): Uint8Array<ArrayBuffer> {
  refuseHostObjects(value);
  const serializer = new (v8().Serializer)();
  try {
    serializer.writeHeader();
    serializer.writeValue(value);
  } catch (error) {
    throw new DOMException((error as Error).message, "DataCloneError");
  }
  return new Uint8Array(serializer.releaseBuffer());
}

/** @throws {Error} The bytes are none that {@linkcode serialize} gave. */
export function deserialize(bytes: Uint8Array): unknown {
  const deserializer = new (v8().Deserializer)(bytes);
  deserializer.readHeader();
  return deserializer.readValue();
}

/** V8 would make empty objects of them, without a word. */
function refuseHostObjects(value: unknown): void {
  const left = [value];
  const seen = new Set<unknown>();
  while (left.length > 0) {
    const next = left.pop();
    if (typeof next !== "object" || next === null || seen.has(next)) continue;
    seen.add(next);
    if (!isHostObject(next)) addParts(next, left);
    else {
      const kind = Object.prototype.toString.call(next).slice(8, -1);
      throw new DOMException(
        `A ${kind} can't be copied to another process`,
        "DataCloneError",
      );
    }
  }
}

function addParts(whole: object, parts: unknown[]): void {
  if (ArrayBuffer.isView(whole)) return;
  if (whole instanceof Map) {
    for (const [key, value] of whole) parts.push(key, value);
  } else if (whole instanceof Set || Array.isArray(whole)) {
    for (const part of whole) if (typeof part === "object") parts.push(part);
  } else {
    for (const key of Object.keys(whole)) parts.push(Reflect.get(whole, key));
    if (whole instanceof Error) parts.push(whole.cause);
  }
}

/** Deno's marks of what structured clone copies by other means, or refuses. */
const HOST_OBJECT = Symbol.for("Deno.core.hostObject");
const NOT_SERIALIZABLE = Object.getOwnPropertySymbols(URL.prototype)
  .find((symbol) => symbol.description === "[[NotSerializable]]");

function isHostObject(value: object): boolean {
  // V8 makes an Error of a DOMException.
  if (HOST_OBJECT in value) return !(value instanceof DOMException);
  return NOT_SERIALIZABLE !== undefined && NOT_SERIALIZABLE in value;
}
