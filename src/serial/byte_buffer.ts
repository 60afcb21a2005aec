/**
 * A buffer that grows as bytes are appended.
 *
 * @module
 */

/** A larger buffer is not kept when it is cleared. */
const MAX_IDLE_BYTES = 1_048_576;
const INITIAL_BYTES = 4096;

export class ByteBuffer {
  #bytes = new Uint8Array(INITIAL_BYTES);
  #view = new DataView(this.#bytes.buffer);
  #at = 0;

  /** Returns a copy of the contents. */
  copy(): Uint8Array<ArrayBuffer> {
    return this.#bytes.slice(0, this.#at);
  }

  clear(): void {
    this.#at = 0;
    if (this.#bytes.byteLength > MAX_IDLE_BYTES) this.#resize(INITIAL_BYTES);
  }

  zeros(count: number): void {
    this.#reserve(count);
    this.#bytes.fill(0, this.#at, this.#at += count);
  }

  byte(byte: number): void {
    this.#reserve(1);
    this.#bytes[this.#at++] = byte;
  }

  /** Appends an integer from 0, with seven bits in each byte. */
  count(count: number): void {
    this.#reserve(8);
    let rest = count;
    while (rest > 127) {
      this.#bytes[this.#at++] = (rest % 128) | 128;
      rest = Math.floor(rest / 128);
    }
    this.#bytes[this.#at++] = rest;
  }

  double(value: number): void {
    this.#reserve(8);
    this.#view.setFloat64(this.#at, value);
    this.#at += 8;
  }

  /** Appends a count and as many bytes. */
  raw(bytes: Uint8Array): void {
    this.count(bytes.byteLength);
    this.#reserve(bytes.byteLength);
    this.#bytes.set(bytes, this.#at);
    this.#at += bytes.byteLength;
  }

  /**
   * Appends a tag, a count and as many ASCII characters, at most 255. Returns
   * `false` and appends nothing if the text is not ASCII.
   */
  ascii(tag: number, text: string): boolean {
    const { length } = text;
    this.#reserve(length + 2);
    const at = this.#at;
    for (let n = 0; n < length; n++) {
      const unit = text.charCodeAt(n);
      if (unit > 127) return false;
      this.#bytes[at + 2 + n] = unit;
    }
    this.#bytes[at] = tag;
    this.#bytes[at + 1] = length;
    this.#at = at + 2 + length;
    return true;
  }

  #reserve(length: number): void {
    const needed = this.#at + length;
    if (needed <= this.#bytes.byteLength) return;
    this.#resize(Math.max(needed, 2 * this.#bytes.byteLength));
  }

  #resize(length: number): void {
    const bytes = new Uint8Array(length);
    bytes.set(this.#bytes.subarray(0, this.#at));
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer);
  }
}
