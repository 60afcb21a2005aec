/**
 * What the user wants called when a task ends.
 *
 * @module
 */
import { inspect } from "../../protocol/codec.ts";

/**
 * Makes the calls only after all messages were taken in, because a callback may
 * submit, collect, block this thread or end the loop.
 */
export class Callbacks {
  readonly #onWarning: (notice: string) => void;
  #due: (() => void)[] = [];
  #calling = false;

  constructor(onWarning: (notice: string) => void) {
    this.#onWarning = onWarning;
  }

  /** Makes the call in the next `run`: in a microtask, if not before. */
  add(callback: () => void): void {
    this.#due.push(callback);
    if (this.#due.length === 1) queueMicrotask(() => this.run());
  }

  /** Makes all calls that are due. Does nothing inside of a callback. */
  run(): void {
    if (this.#due.length === 0 || this.#calling) return;
    this.#calling = true;
    // The list may grow meanwhile.
    for (const callback of this.#due) this.#call(callback);
    this.#due = [];
    this.#calling = false;
  }

  #call(callback: () => unknown): void {
    const failed = (error: unknown): void =>
      this.#onWarning(`A callback of onSettled threw: ${inspect(error)}`);
    try {
      const result = callback();
      if (result instanceof Promise) result.catch(failed);
    } catch (error) {
      failed(error);
    }
  }
}
