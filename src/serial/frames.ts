/**
 * Messages on a stream of bytes. Each message has a frame: a header, and then
 * the message. The header holds the key of the stream, the number of the frame,
 * the sequence number of the message, and its length.
 *
 * Only the two ends know the key, so nothing else that can write to the stream
 * can forge a frame. If something else reads a frame from the stream, the next
 * frame has the wrong number.
 *
 * The sequence number orders the messages of a sender that uses two streams. It
 * is 0 in all other messages.
 *
 * @module
 */

const KEY_BYTES = 16;
const NUMBER_AT = KEY_BYTES;
const SEQUENCE_AT = NUMBER_AT + 4;
const LENGTH_AT = SEQUENCE_AT + 4;

/**
 * How many bytes a sender leaves free before a message. The header is written
 * there, so that a large message need not be copied.
 */
export const HEADER_BYTES = LENGTH_AT + 4;

/** Moving more bytes than this to another thread is faster than copying them. */
const MAX_COPIED_BYTES = 65_536;

/** Whether bytes should be moved to another thread, and not copied. */
export function isLong(bytes: Uint8Array): boolean {
  return bytes.byteLength > MAX_COPIED_BYTES;
}

/** What begins each frame of a stream. */
export type FrameKey = Uint8Array<ArrayBuffer>;

/** Makes a key that can't be guessed. */
export function newFrameKey(): FrameKey {
  return crypto.getRandomValues(new Uint8Array(KEY_BYTES));
}

/** The key of a stream that only its own end can write to. */
export const OPEN_KEY: FrameKey = new TextEncoder().encode("loopctl message:");

/** The header of the next frame: its key and number. */
class Header {
  readonly bytes: Uint8Array<ArrayBuffer> = new Uint8Array(HEADER_BYTES);
  #number = 0;

  constructor(key: FrameKey) {
    this.bytes.set(key);
  }

  /** Frames are numbered modulo 2³². */
  next(): void {
    putUint32(this.bytes, NUMBER_AT, ++this.#number);
  }
}

/** Writes the headers of one stream. */
export class FrameEncoder {
  readonly #header: Header;

  constructor(key: FrameKey) {
    this.#header = new Header(key);
  }

  /** Writes all of the header but the sequence number. */
  encode<F extends Uint8Array>(frame: F): F {
    putUint32(frame, LENGTH_AT, frame.byteLength - HEADER_BYTES);
    const { bytes } = this.#header;
    // Byte by byte, because a task may have replaced the method `set`.
    for (let at = 0; at < SEQUENCE_AT; at++) frame[at] = bytes[at]!;
    this.#header.next();
    return frame;
  }
}

/** Sequence numbers count modulo 2³², without 0. */
export function nextSequence(sequence: number): number {
  return sequence % (2 ** 32 - 1) + 1;
}

export function setSequence(frame: Uint8Array, sequence: number): void {
  putUint32(frame, SEQUENCE_AT, sequence);
}

function putUint32(bytes: Uint8Array, at: number, value: number): void {
  for (let n = 3; n >= 0; n--, value >>>= 8) bytes[at + n] = value & 255;
}

export interface Received {
  readonly message: Uint8Array<ArrayBuffer>;
  readonly sequence: number;
}

/** Reads the frames of one stream, however the stream cuts them into chunks. */
export class FrameDecoder {
  readonly #expected: Header;
  readonly #header = new Uint8Array(HEADER_BYTES);
  readonly #view = new DataView(this.#header.buffer);
  /** The message that is being read, once its header is complete. */
  #message: Uint8Array<ArrayBuffer> | undefined;
  /** How many bytes of the header, or of the message, have come. */
  #filled = 0;

  constructor(key: FrameKey) {
    this.#expected = new Header(key);
  }

  /**
   * Yields the messages that this chunk completes, each in a buffer of its own.
   *
   * @throws {Error} The bytes are not those of the next frame.
   */
  *push(chunk: Uint8Array): Generator<Received, void, void> {
    let rest = chunk;
    for (;;) {
      rest = rest.subarray(this.#fill(this.#message ?? this.#header, rest));
      if (this.#message === undefined) {
        this.#check();
        if (this.#filled < HEADER_BYTES) return;
        this.#message = new Uint8Array(this.#view.getUint32(LENGTH_AT));
        this.#filled = 0;
      } else {
        if (this.#filled < this.#message.byteLength) return;
        const sequence = this.#view.getUint32(SEQUENCE_AT);
        yield { message: this.#message, sequence };
        this.#message = undefined;
        this.#filled = 0;
        this.#expected.next();
      }
    }
  }

  /** Returns how many of the bytes it took. */
  #fill(target: Uint8Array, bytes: Uint8Array): number {
    const taken = bytes.subarray(0, target.byteLength - this.#filled);
    target.set(taken, this.#filled);
    this.#filled += taken.byteLength;
    return taken.byteLength;
  }

  /** Checks what has come of the header, because the rest may never come. */
  #check(): void {
    const { bytes } = this.#expected;
    for (let at = 0; at < Math.min(this.#filled, SEQUENCE_AT); at++) {
      if (this.#header[at] !== bytes[at]) throw new Error("not a message");
    }
  }
}
