/**
 * The parent's end of a wire, and the order of the posts that come over two.
 *
 * @module
 */
import type { Duplex } from "node:stream";
import {
  FrameDecoder,
  FrameEncoder,
  HEADER_BYTES,
  newFrameKey,
  nextSequence,
  OPEN_KEY,
} from "../serial/frames.ts";

export class ParentWire {
  readonly decoder: FrameDecoder;
  readonly #encoder: FrameEncoder = new FrameEncoder(OPEN_KEY);

  constructor(readonly stream: Duplex) {
    const key = newFrameKey();
    this.decoder = new FrameDecoder(key);
    // The wire breaks when the child ends, which is reported on its own.
    stream.on("error", () => {});
    const frame = new Uint8Array(HEADER_BYTES + key.byteLength);
    frame.set(key, HEADER_BYTES);
    this.send(frame);
  }

  send(frame: Uint8Array): void {
    this.stream.write(this.#encoder.encode(frame));
  }
}

/** Puts the posts of a loop, which come over two wires, in order. */
export class PostOrder {
  #next = 1;
  readonly #early = new Map<number, Uint8Array<ArrayBuffer>>();

  /** Yields the posts whose turn it is. */
  *push(
    bytes: Uint8Array<ArrayBuffer>,
    sequence: number,
  ): Generator<Uint8Array<ArrayBuffer>> {
    if (sequence === 0) return yield bytes;
    // The same post has come over the other wire.
    if (((sequence - this.#next) | 0) < 0) return;
    this.#early.set(sequence, bytes);
    let next: Uint8Array<ArrayBuffer> | undefined;
    while ((next = this.#early.get(this.#next)) !== undefined) {
      this.#early.delete(this.#next);
      this.#next = nextSequence(this.#next);
      yield next;
    }
  }
}
