/**
 * Messages on a stream of bytes. Each goes in a frame: the key of the stream,
 * the number of the frame, the length, the message.
 *
 * The key is known to the two ends only, so that nothing else that can write
 * to the stream passes for a frame; and a frame that is taken from the stream
 * on its way is missed at the next one.
 *
 * @module
 */

/** How many bytes a key has. */
const KEY = 16;
const NUMBER = KEY;
const LENGTH = NUMBER + 4;
const HEADER = LENGTH + 4;

/** What begins each frame of a stream. */
export type FrameKey = Uint8Array<ArrayBuffer>;

/** A key that cannot be guessed. */
export function newFrameKey(): FrameKey {
  return crypto.getRandomValues(new Uint8Array(KEY));
}

/** For a stream that nothing but its own end can write to. */
export const OPEN_KEY: FrameKey = new TextEncoder().encode("loopctl message:");

/** The header of the frames to come, with the number of the next one. */
class Header {
  readonly bytes: Uint8Array<ArrayBuffer> = new Uint8Array(HEADER);
  readonly #view = new DataView(this.bytes.buffer);
  #number = 0;

  constructor(key: FrameKey) {
    this.bytes.set(key);
  }

  /** Frames are numbered modulo 2³². */
  next(): void {
    this.#view.setUint32(NUMBER, ++this.#number);
  }
}

/** Makes the frames of one stream. */
export class FrameEncoder {
  readonly #header: Header;

  constructor(key: FrameKey) {
    this.#header = new Header(key);
  }

  encode(message: Uint8Array): Uint8Array<ArrayBuffer> {
    const frame = new Uint8Array(HEADER + message.byteLength);
    frame.set(this.#header.bytes);
    new DataView(frame.buffer).setUint32(LENGTH, message.byteLength);
    frame.set(message, HEADER);
    this.#header.next();
    return frame;
  }
}

/** Takes the frames of one stream apart, however its bytes come. */
export class FrameDecoder {
  readonly #expected: Header;
  readonly #header = new Uint8Array(HEADER);
  #message: Uint8Array<ArrayBuffer> | undefined;
  /** How much there is of the header or, once there is one, the message. */
  #filled = 0;

  constructor(key: FrameKey) {
    this.#expected = new Header(key);
  }

  /**
   * Yields the messages that are complete with this chunk, each in a buffer of
   * its own.
   *
   * @throws {Error} The bytes are not those of the next frame.
   */
  *push(chunk: Uint8Array): Generator<Uint8Array<ArrayBuffer>> {
    let rest = chunk;
    for (;;) {
      rest = rest.subarray(this.#fill(this.#message ?? this.#header, rest));
      if (this.#message === undefined) {
        this.#check();
        if (this.#filled < HEADER) return;
        const length = new DataView(this.#header.buffer).getUint32(LENGTH);
        this.#message = new Uint8Array(length);
        this.#filled = 0;
      } else {
        if (this.#filled < this.#message.byteLength) return;
        yield this.#message;
        this.#message = undefined;
        this.#filled = 0;
        this.#expected.next();
      }
    }
  }

  /** Returns how many bytes were taken. */
  #fill(target: Uint8Array, bytes: Uint8Array): number {
    const taken = bytes.subarray(0, target.byteLength - this.#filled);
    target.set(taken, this.#filled);
    this.#filled += taken.byteLength;
    return taken.byteLength;
  }

  /** At once, not when the header is complete, which it may never be. */
  #check(): void {
    const { bytes } = this.#expected;
    for (let at = 0; at < Math.min(this.#filled, LENGTH); at++) {
      if (this.#header[at] !== bytes[at]) throw new Error("not a message");
    }
  }
}
