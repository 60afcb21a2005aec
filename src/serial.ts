/**
 * Values as bytes, for another process: what structured clone copies, Map,
 * Date, bigint, typed arrays and references in circles included.
 *
 * @module
 */
import type { Deserializer, Serializer } from "node:v8";
import { findObject, isLostInCopy, isOfThisProcess, kindOf } from "./clone.ts";

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
  // V8 would make an empty object of many a one, without a word.
  const lost = findObject(
    value,
    (object) => isOfThisProcess(object) || isLostInCopy(object),
  );
  if (lost !== undefined) {
    throw new DOMException(
      `Cannot copy a ${kindOf(lost)} to another process`,
      "DataCloneError",
    );
  }
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
