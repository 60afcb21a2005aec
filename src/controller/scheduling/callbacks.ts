/**
 * What the user wants called when a task ends.
 *
 * @module
 */
import { inspect } from "../../protocol/codec.ts";

/**
 * Calls what is due once all that has come is taken in, not in the midst of
 * that: a callback may submit, collect, block this thread, end the loop.
 */
export class Callbacks {
  readonly #report: (notice: string) => void;
  #due: (() => void)[] = [];
  #calling = false;

  constructor(report: (notice: string) => void) {
    this.#report = report;
  }

  /** Calls it before this thread learns more, or else in a microtask. */
  add(callback: () => void): void {
    this.#due.push(callback);
    if (this.#due.length === 1) queueMicrotask(() => this.run());
  }

  /** Calls what is due now, but for what is in the midst of its calls. */
  run(): void {
    if (this.#due.length === 0 || this.#calling) return;
    this.#calling = true;
    // It grows meanwhile, when a callback looks at what has come.
    for (const callback of this.#due) this.#call(callback);
    this.#due = [];
    this.#calling = false;
  }

  #call(callback: () => unknown): void {
    const failed = (error: unknown): void =>
      this.#report(`A callback of onSettled threw: ${inspect(error)}`);
    try {
      const result = callback();
      if (result instanceof Promise) result.catch(failed);
    } catch (error) {
      failed(error);
    }
  }
}
