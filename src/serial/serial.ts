/**
 * Values as bytes, for another process: what structured clone copies, Map,
 * Date, bigint, typed arrays and references in circles included.
 *
 * Of its own, as what Deno has in `node:v8` takes kilobytes for each call and
 * holds them till some late collection of garbage.
 *
 * @module
 */
import { Reader } from "./reader.ts";
import { Writer } from "./writer.ts";

/** Kept for the next value; not there while it is at work. */
let idle: Writer | undefined;

/**
 * Returns the value in a buffer of its own.
 *
 * @throws {DOMException} `DataCloneError`: something in it can't be copied to
 * another process.
 */
export function serialize(value: unknown): Uint8Array<ArrayBuffer> {
  // A getter in the value may have something to send on its own.
  const writer = idle ?? new Writer();
  idle = undefined;
  try {
    return writer.write(value);
  } finally {
    idle = writer;
  }
}

/** @throws {Error} The bytes are none that {@linkcode serialize} gave. */
export function deserialize(bytes: Uint8Array): unknown {
  return new Reader(bytes).read();
}
