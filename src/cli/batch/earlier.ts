/** What earlier runs of a batch have written, and which inputs are due. */
import type { LineFormat } from "./outcome_line.ts";
import { readBlocks, readLines } from "./lines.ts";

/** Which inputs of earlier runs are left out: those that succeeded, or all. */
export type Resume = "failed" | "new";

/** How many inputs an earlier run has left to do, and how many not. */
export type Numbers = Readonly<Keys["numbers"]>;

/**
 * `succeeded` and `failed`: by an earlier run. `due`: counted, and to be run.
 * `taken`: run.
 */
type State = "succeeded" | "failed" | "due" | "taken";

/** What is known of each key. */
export class Keys {
  readonly #states: Map<string, State> = new Map();
  readonly #resume: Resume | undefined;
  readonly #duplicates: boolean;
  /** What `count` has counted. */
  readonly numbers = { succeeded: 0, failed: 0, fresh: 0 };
  /** How many inputs `take` has left out. */
  leftOut = 0;

  constructor(resume: Resume | undefined, duplicates: boolean) {
    this.#resume = resume;
    this.#duplicates = duplicates;
  }

  /** Takes in what an earlier run came to. */
  add(key: string, state: string): void {
    if (state === "succeeded") this.#states.set(key, "succeeded");
    else if (!this.#states.has(key)) this.#states.set(key, "failed");
  }

  /** Whether an input with this key is to be run now. */
  take(key: string): boolean {
    // No key has to be remembered.
    if (this.#resume === undefined && this.#duplicates) return true;
    const state = this.#states.get(key);
    if (
      state === "succeeded" || (state === "failed" && this.#resume === "new") ||
      (state === "taken" && !this.#duplicates)
    ) {
      this.leftOut++;
      return false;
    }
    this.#states.set(key, "taken");
    return true;
  }

  /** Counts an input that is to come, by its key. */
  count(key: string): void {
    const { numbers } = this;
    const state = this.#states.get(key);
    if (state === "succeeded") numbers.succeeded++;
    else if (state === undefined) numbers.fresh++;
    else if (state === "failed") numbers.failed++;
    else if (this.#duplicates) numbers.fresh++;
    if (state === undefined || (state === "failed" && this.#resume !== "new")) {
      this.#states.set(key, "due");
    }
  }
}

/**
 * Reads what earlier runs have written.
 *
 * @throws {TypeError} A line is no outcome of this task.
 */
export async function readEarlier(
  path: string,
  format: LineFormat,
  task: string,
  keys: Keys,
): Promise<void> {
  let number = 0;
  for await (const lines of readLines(readBlocks(path))) {
    for (const line of lines) {
      number++;
      if (number === 1 && `${line}\n` === format.header) continue;
      const entry = format.read(line);
      if (entry?.task === task) {
        keys.add(entry.key, entry.state);
        continue;
      }
      const is = entry === undefined
        ? "is no outcome"
        : `is an outcome of ${entry.task}`;
      throw new TypeError(
        `${path} is no output of ${task}: line ${number} ${is}`,
      );
    }
  }
}

const BLOCK = 65_536;
const NEWLINE = 10;

/**
 * Cuts off what follows the last newline: a line that could not be written
 * whole. Returns how many bytes that were.
 */
export async function cutTornLine(file: Deno.FsFile): Promise<number> {
  const { size } = await file.stat();
  const block = new Uint8Array(BLOCK);
  let end = size;
  let whole = 0;
  while (end > 0 && whole === 0) {
    const start = Math.max(0, end - BLOCK);
    await file.seek(start, Deno.SeekMode.Start);
    const part = block.subarray(0, end - start);
    let filled = 0;
    while (filled < part.length) {
      filled += await file.read(part.subarray(filled)) ?? part.length;
    }
    const newline = part.lastIndexOf(NEWLINE);
    if (newline >= 0) whole = start + newline + 1;
    end = start;
  }
  if (whole < size) await file.truncate(whole);
  return size - whole;
}
