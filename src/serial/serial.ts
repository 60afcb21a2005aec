/**
 * Values as bytes, for another process: everything that structured clone copies,
 * including Map, Date, bigint, typed arrays and circular references.
 *
 * Written by hand because `node:v8` allocates kilobytes in each call and frees
 * them only at a late garbage collection.
 *
 * @module
 */
import { Reader } from "./reader.ts";
import { Writer } from "./writer.ts";

/** The writer of the next value, unless it is busy. */
let idle: Writer | undefined;

/**
 * Returns the value as bytes in a buffer of their own, after `room` zeros.
 *
 * @throws {DOMException} `DataCloneError`: something in the value can't be copied
 * to another process.
 */
export function serialize(value: unknown, room = 0): Uint8Array<ArrayBuffer> {
  // A getter in the value may serialize something itself.
  const writer = idle ?? new Writer();
  idle = undefined;
  try {
    return writer.write(value, room);
  } finally {
    idle = writer;
  }
}

/** @throws {Error} The bytes were not made by {@linkcode serialize}. */
export function deserialize(bytes: Uint8Array): unknown {
  return new Reader(bytes).read();
}
