/**
 * The parent's end of a wire, and the order of what comes over two.
 *
 * @module
 */
import type { Duplex } from "node:stream";
import {
  FrameDecoder,
  FrameEncoder,
  HEADER,
  newFrameKey,
  nextPlace,
  OPEN_KEY,
} from "../serial/frames.ts";

export class ParentWire {
  readonly decoder: FrameDecoder;
  readonly #encoder: FrameEncoder = new FrameEncoder(OPEN_KEY);

  constructor(readonly stream: Duplex) {
    const key = newFrameKey();
    this.decoder = new FrameDecoder(key);
    stream.on("error", () => {
      // The child is gone, or going: its end says how.
    });
    const frame = new Uint8Array(HEADER + key.byteLength);
    frame.set(key, HEADER);
    this.send(frame);
  }

  send(frame: Uint8Array): void {
    this.stream.write(this.#encoder.encode(frame));
  }
}

/** The batches of the loop, in order: they come over both wires. */
export class InOrder {
  #next = 1;
  readonly #early = new Map<number, Uint8Array<ArrayBuffer>>();

  /** Yields what its turn is now. */
  *push(
    bytes: Uint8Array<ArrayBuffer>,
    place: number,
  ): Generator<Uint8Array<ArrayBuffer>> {
    if (place === 0) return yield bytes;
    // Over the other wire, it has come already.
    if (((place - this.#next) | 0) < 0) return;
    this.#early.set(place, bytes);
    let next: Uint8Array<ArrayBuffer> | undefined;
    while ((next = this.#early.get(this.#next)) !== undefined) {
      this.#early.delete(this.#next);
      this.#next = nextPlace(this.#next);
      yield next;
    }
  }
}
