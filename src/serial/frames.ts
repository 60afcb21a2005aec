/**
 * Messages on a stream of bytes. Each goes in a frame: the key of the stream,
 * the number of the frame, the place of the message, its length, the message.
 *
 * A frame is made where the message is, in room that was left before it, so
 * that a large one is not copied on its way.
 *
 * The place is for messages of one sender that come over two streams: their
 * order. It is 0 for all others.
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
const PLACE = NUMBER + 4;
const LENGTH = PLACE + 4;
/** How many bytes are to be left free before a message. */
export const HEADER = LENGTH + 4;

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

  /** Fills in what comes before the message, but its place. */
  encode<F extends Uint8Array>(frame: F): F {
    putUint32(frame, LENGTH, frame.byteLength - HEADER);
    const { bytes } = this.#header;
    // By index, as a task may have put its own method in place of `set`.
    for (let at = 0; at < PLACE; at++) frame[at] = bytes[at]!;
    this.#header.next();
    return frame;
  }
}

/** Places are counted modulo 2³², without 0. */
export function nextPlace(place: number): number {
  return place % (2 ** 32 - 1) + 1;
}

/** Puts a message in its place among those of its sender. */
export function setPlace(frame: Uint8Array, place: number): void {
  putUint32(frame, PLACE, place);
}

function putUint32(bytes: Uint8Array, at: number, value: number): void {
  for (let n = 3; n >= 0; n--, value >>>= 8) bytes[at + n] = value & 255;
}

/** A message that was received, and its place. */
export interface Received {
  readonly message: Uint8Array<ArrayBuffer>;
  readonly place: number;
}

/** Takes the frames of one stream apart, however its bytes come. */
export class FrameDecoder {
  readonly #expected: Header;
  readonly #header = new Uint8Array(HEADER);
  readonly #view = new DataView(this.#header.buffer);
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
  *push(chunk: Uint8Array): Generator<Received, void, void> {
    let rest = chunk;
    for (;;) {
      rest = rest.subarray(this.#fill(this.#message ?? this.#header, rest));
      if (this.#message === undefined) {
        this.#check();
        if (this.#filled < HEADER) return;
        this.#message = new Uint8Array(this.#view.getUint32(LENGTH));
        this.#filled = 0;
      } else {
        if (this.#filled < this.#message.byteLength) return;
        const place = this.#view.getUint32(PLACE);
        yield { message: this.#message, place };
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
    for (let at = 0; at < Math.min(this.#filled, PLACE); at++) {
      if (this.#header[at] !== bytes[at]) throw new Error("not a message");
    }
  }
}
