/** The file that a batch writes outcomes to, or stdout. */
import { delay } from "@std/async/delay";
import type { Ended, LineFormat } from "./outcome_line.ts";

/** Lines are written this long after the last write, or earlier. */
const FLUSH_MS = 100;

/** So many characters are not kept for a later write. */
const MAX_KEPT = 1_000_000;

/** What lines are written to. */
export interface Writer {
  readonly name: string;
  readonly write: (bytes: Uint8Array) => Promise<number>;
  /** Waits until what was written is on the disk. */
  readonly sync?: (() => Promise<void>) | undefined;
  /** Cuts off the last bytes that were written. */
  readonly drop: (bytes: number) => void;
  readonly close: () => void;
}

/** Whole lines, written in few pieces. */
export class Output {
  readonly #writer: Writer;
  readonly #format: LineFormat;
  readonly #onFailure: (error: Error) => void;
  readonly #closing = new AbortController();
  #kept: string[] = [];
  #keptLength = 0;
  #writing: Promise<void> | undefined;
  #nextWrite = 0;
  #failure: Error | undefined;

  /** `first` is written before the first outcome. */
  constructor(
    writer: Writer,
    format: LineFormat,
    first: string,
    onFailure: (error: Error) => void,
  ) {
    this.#writer = writer;
    this.#format = format;
    this.#kept.push(first);
    this.#onFailure = onFailure;
  }

  /** The promise, if there is one, is to be awaited before the next outcome. */
  add(ended: Ended): Promise<void> | void {
    if (this.#failure !== undefined) return;
    const line = this.#format.write(ended);
    this.#kept.push(line);
    this.#keptLength += line.length;
    this.#writing ??= this.#write();
    if (this.#keptLength > MAX_KEPT) return this.#writing;
  }

  /** Resolves when all is written; rejects if something can't be. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#writing;
    this.#writer.close();
    if (this.#failure !== undefined) throw this.#failure;
  }

  async #write(): Promise<void> {
    try {
      while (this.#kept.length > 0) {
        await this.#untilDue();
        const text = this.#kept.join("");
        this.#kept = [];
        this.#keptLength = 0;
        await this.#writeAll(new TextEncoder().encode(text));
        await this.#writer.sync?.();
        this.#nextWrite = performance.now() + FLUSH_MS;
      }
    } catch (error) {
      const { message } = error as Error;
      this.#failure = new Error(`can't write ${this.#writer.name}: ${message}`);
      this.#kept = [];
      this.#onFailure(this.#failure);
    } finally {
      this.#writing = undefined;
    }
  }

  async #untilDue(): Promise<void> {
    const ms = this.#nextWrite - performance.now();
    if (ms <= 0 || this.#keptLength > MAX_KEPT) return;
    await delay(ms, { signal: this.#closing.signal }).catch(() => {});
  }

  /** Leaves no part of a line behind if not all can be written. */
  async #writeAll(bytes: Uint8Array): Promise<void> {
    let written = 0;
    try {
      while (written < bytes.length) {
        written += await this.#writer.write(bytes.subarray(written));
      }
    } catch (error) {
      const whole = bytes.lastIndexOf(NEWLINE, written - 1) + 1;
      if (written > whole) this.#writer.drop(written - whole);
      throw error;
    }
  }
}

const NEWLINE = 10;

export const STDOUT: Writer = {
  name: "stdout",
  write: (bytes) => Deno.stdout.write(bytes),
  drop: () => {},
  close: () => {},
};

/** Appends to an open file. */
export function fileWriter(
  name: string,
  file: Deno.FsFile,
  sync: boolean,
): Writer {
  return {
    name,
    write: (bytes) => file.write(bytes),
    sync: sync ? () => file.syncData() : undefined,
    drop: (bytes) => {
      const { size, isFile } = file.statSync();
      if (isFile) file.truncateSync(size - bytes);
    },
    close: () => file.close(),
  };
}
