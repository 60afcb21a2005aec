/**
 * A door between a test and its tasks, in memory that they share: the tasks
 * come to it and wait, the test knows that they have come, and opens it.
 */
import { PATIENCE_MS } from "./patience.ts";

const OPEN = 0;
const ARRIVED = 1;
const PASSED = 2;

export class Gate implements Disposable {
  readonly #cells: Int32Array<SharedArrayBuffer>;

  /** `key`: the gate of another thread. */
  constructor(readonly key: SharedArrayBuffer = new SharedArrayBuffer(12)) {
    this.#cells = new Int32Array(key);
  }

  /** Lets through those who wait, and those who come from now on. */
  open(): void {
    this.#set(OPEN, 1);
  }

  /** Open at the end of the test's scope, whichever way that is left. */
  [Symbol.dispose](): void {
    this.open();
  }

  /** Says that a task has come, and waits till the gate is open. */
  async pass(): Promise<void> {
    this.arrive();
    await this.#isAtLeast(OPEN, 1);
    this.#set(PASSED, this.passed + 1);
  }

  /** As {@linkcode Gate.pass}, but blocks its thread. */
  passSync(): void {
    this.arrive();
    Atomics.wait(this.#cells, OPEN, 0);
    this.#set(PASSED, this.passed + 1);
  }

  /** Says that a task has come. */
  arrive(): void {
    this.#set(ARRIVED, this.arrived + 1);
  }

  /** How many have come. */
  get arrived(): number {
    return Atomics.load(this.#cells, ARRIVED);
  }

  /** How many have gone through. */
  get passed(): number {
    return Atomics.load(this.#cells, PASSED);
  }

  /** Resolves when so many tasks have come; rejects if they don't. */
  async arrivals(count = 1): Promise<void> {
    if (!await this.#isAtLeast(ARRIVED, count, PATIENCE_MS)) {
      throw this.#short(count);
    }
  }

  /** Blocks this thread till so many tasks have come; throws if they don't. */
  arrivalsSync(count = 1): void {
    for (;;) {
      const { arrived } = this;
      if (arrived >= count) return;
      const woken = Atomics.wait(this.#cells, ARRIVED, arrived, PATIENCE_MS);
      if (woken === "timed-out") throw this.#short(count);
    }
  }

  #short(count: number): Error {
    return new Error(`only ${this.arrived} of ${count} tasks came to the gate`);
  }

  #set(cell: number, value: number): void {
    Atomics.store(this.#cells, cell, value);
    Atomics.notify(this.#cells, cell);
  }

  /** Resolves to false if nothing has changed for `patienceMs`. */
  async #isAtLeast(
    cell: number,
    value: number,
    patienceMs = Infinity,
  ): Promise<boolean> {
    for (;;) {
      const seen = Atomics.load(this.#cells, cell);
      if (seen >= value) return true;
      const { async, value: change } = Atomics.waitAsync(
        this.#cells,
        cell,
        seen,
        patienceMs,
      );
      if (async && await change === "timed-out") return false;
    }
  }
}
