/**
 * Where replies are written, until nobody reads them any more. Nothing else
 * writes, so no character from a task acts on the terminal.
 */
import { escapeText } from "../../escape.ts";
import { PAINT } from "../text/style.ts";

/** What {@linkcode Output} writes to: `Deno.stdout`, `Deno.stderr`. */
export interface Writer {
  writeSync(bytes: Uint8Array): number;
}

const ENCODER = new TextEncoder();

/** Between two attempts while the reader's pipe is full. */
const FULL_PIPE_RETRY_MS = 5;

/** Writes text whole. After the first failure, it writes nothing more. */
export class Output {
  readonly #writer: Writer;
  readonly #onClosed: (cause: unknown) => void;
  #closed = false;

  /** `onClosed` gets the error: a `BrokenPipe` if the reader has gone. */
  constructor(writer: Writer, onClosed: (cause: unknown) => void = () => {}) {
    this.#writer = writer;
    this.#onClosed = onClosed;
  }

  /** Whether writing has failed. */
  get closed(): boolean {
    return this.#closed;
  }

  /**
   * Writes all of the data before it returns: bytes as they are, and a text with
   * the characters escaped that a terminal would act on, except our own paint.
   */
  write(data: string | Uint8Array): void {
    if (typeof data !== "string") return this.#writeAll(data);
    const shown = data.split(PAINT)
      .map((part, at) => at % 2 === 0 ? escapeText(part) : part);
    this.control(shown.join(""));
  }

  /** Writes what is meant to act on the terminal. */
  control(sequence: string): void {
    this.#writeAll(ENCODER.encode(sequence));
  }

  #writeAll(bytes: Uint8Array): void {
    let rest = bytes;
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
        Atomics.wait(never, 0, 0, FULL_PIPE_RETRY_MS);
        return 0;
      }
      this.#closed = true;
      this.#onClosed(error);
      return 0;
    }
  }
}
