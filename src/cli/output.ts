/**
 * Where replies are written, till its reader goes away.
 *
 * @module
 */

/** What {@linkcode Output} writes to: `Deno.stdout`, `Deno.stderr`. */
export interface Writer {
  writeSync(bytes: Uint8Array): number;
}

const ENCODER = new TextEncoder();

/** Milliseconds between two attempts while the reader's pipe is full. */
const FULL_PIPE_PAUSE = 5;

/** Writes text whole. Once that fails it says so, and is silent from then on. */
export class Output {
  readonly #writer: Writer;
  readonly #onClosed: (cause: unknown) => void;
  #closed = false;

  /** `onClosed` is told why: a `BrokenPipe` if the reader has just gone. */
  constructor(writer: Writer, onClosed: (cause: unknown) => void = () => {}) {
    this.#writer = writer;
    this.#onClosed = onClosed;
  }

  /** Whether writing has failed. */
  get closed(): boolean {
    return this.#closed;
  }

  /** Writes all of the text before it returns. */
  write(text: string): void {
    if (this.#closed) return;
    let rest = ENCODER.encode(text);
    while (rest.length > 0 && !this.#closed) {
      rest = rest.subarray(this.#writeSome(rest));
    }
  }

  #writeSome(bytes: Uint8Array): number {
    try {
      return this.#writer.writeSync(bytes);
    } catch (error) {
      if (error instanceof Deno.errors.WouldBlock) {
        const never = new Int32Array(new SharedArrayBuffer(4));
        Atomics.wait(never, 0, 0, FULL_PIPE_PAUSE);
        return 0;
      }
      this.#closed = true;
      this.#onClosed(error);
      return 0;
    }
  }
}
