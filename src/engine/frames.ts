/**
 * Batches of messages on a stream of bytes: a mark, the length, then the batch
 * as V8 writes it, which keeps Map, Date, bigint and typed arrays.
 *
 * @module
 */
import { deserialize, serialize } from "node:v8";

/** Begins each frame, so that what is none is noticed at once. */
const MARK = 0x6c6f6f70;
const HEADER = 8;

/** The batch as it goes over a pipe. */
export function encodeFrame(batch: unknown): Uint8Array {
  const body = serialize(batch);
  const frame = new Uint8Array(HEADER + body.byteLength);
  const header = new DataView(frame.buffer);
  header.setUint32(0, MARK);
  header.setUint32(4, body.byteLength);
  frame.set(body, HEADER);
  return frame;
}

/**
 * Yields the batches of a stream. One that the end of the stream cuts off is
 * dropped.
 *
 * @throws {Error} Something in the stream is no frame.
 */
export async function* decodeFrames<B>(
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<B> {
  const bytes = new ByteQueue();
  for await (const chunk of chunks) {
    bytes.push(chunk);
    for (;;) {
      const length = bytes.peekLength();
      if (length === undefined || bytes.size < HEADER + length) break;
      const body = bytes.take(HEADER + length).subarray(HEADER);
      yield deserialize(body) as B;
    }
  }
}

/** Bytes that have come in chunks. Each is copied once, however many come. */
class ByteQueue {
  #chunks: Uint8Array[] = [];
  size = 0;

  push(chunk: Uint8Array): void {
    this.#chunks.push(chunk);
    this.size += chunk.byteLength;
  }

  /**
   * The length that a header at the front gives, if it is all there.
   *
   * @throws {Error} It is no header.
   */
  peekLength(): number | undefined {
    if (this.size < HEADER) return undefined;
    if (this.#chunks[0]!.byteLength < HEADER) this.#join();
    const first = this.#chunks[0]!;
    const header = new DataView(first.buffer, first.byteOffset);
    if (header.getUint32(0) !== MARK) throw new Error("not a message");
    return header.getUint32(4);
  }

  take(count: number): Uint8Array {
    if (this.#chunks[0]!.byteLength < count) this.#join();
    const first = this.#chunks[0]!;
    if (first.byteLength === count) this.#chunks.shift();
    else this.#chunks[0] = first.subarray(count);
    this.size -= count;
    return first.subarray(0, count);
  }

  #join(): void {
    const joined = new Uint8Array(this.size);
    let at = 0;
    for (const chunk of this.#chunks) {
      joined.set(chunk, at);
      at += chunk.byteLength;
    }
    this.#chunks = [joined];
  }
}
