/** What earlier runs of a batch have written, and which inputs are due. */
import type { LineFormat } from "./outcome_line.ts";
import { readLines } from "./lines.ts";

/** Which inputs of earlier runs are left out: those that succeeded, or all. */
export type Resume = "failed" | "new";

/** How many inputs an earlier run has left to do, and how many not. */
export interface Numbers {
  readonly succeeded: number;
  readonly failed: number;
  readonly fresh: number;
}

/**
 * `succeeded` and `failed`: by an earlier run, and not met among the inputs yet.
 * `out`: met, and left out. `due`: met, and to be run. `taken`: run.
 */
type State = "succeeded" | "failed" | "out" | "due" | "taken";

/** What is known of each key. */
export class Keys {
  readonly #states: Map<string, State> = new Map();
  readonly #resume: Resume | undefined;
  readonly #duplicates: boolean;
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
    const state = this.#met(key);
    if (state === "out" || (state === "taken" && !this.#duplicates)) {
      this.leftOut++;
      return false;
    }
    this.#states.set(key, "taken");
    return true;
  }

  /** Counts the inputs that are to come, by their keys. */
  async count(keys: AsyncIterable<string>): Promise<Numbers> {
    const numbers = { succeeded: 0, failed: 0, fresh: 0 };
    for await (const key of keys) {
      const before = this.#states.get(key);
      this.#met(key);
      if (before === "succeeded" || before === "failed") numbers[before]++;
      else if (before === undefined) numbers.fresh++;
      else if (before === "due" && this.#duplicates) numbers.fresh++;
    }
    return numbers;
  }

  #met(key: string): State {
    const before = this.#states.get(key) ?? "due";
    const left = before === "succeeded" ||
      (before === "failed" && this.#resume === "new");
    const now = left ? "out" : before === "failed" ? "due" : before;
    this.#states.set(key, now);
    return now;
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
  const { readable } = await Deno.open(path);
  for await (const lines of readLines(readable)) {
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
