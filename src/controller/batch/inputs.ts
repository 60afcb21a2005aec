/**
 * The inputs of a batch, taken one at a time.
 *
 * @module
 */

/** What `take` gives: an input, `"later"` if one may come, or `"end"`. */
export type Taken<I> = { readonly input: I } | "later" | "end";

/** Inputs from an iterable or an async iterable, never more than are asked for. */
export class Inputs<I> {
  readonly #sync: Iterator<I> | undefined;
  readonly #async: AsyncIterator<I> | undefined;
  readonly #onArrival: () => void;
  #arrived: { readonly input: I } | undefined;
  #pending = false;
  /** Whether every input has been taken. */
  ended = false;
  /** What the iterable threw. */
  failure: { readonly reason: unknown } | undefined;

  /** `onArrival` is called when `take` may give something after `"later"`. */
  constructor(inputs: Iterable<I> | AsyncIterable<I>, onArrival: () => void) {
    this.#onArrival = onArrival;
    if (Symbol.asyncIterator in inputs) {
      this.#async = inputs[Symbol.asyncIterator]();
    } else this.#sync = inputs[Symbol.iterator]();
  }

  take(): Taken<I> {
    const arrived = this.#arrived;
    if (arrived !== undefined) {
      this.#arrived = undefined;
      return arrived;
    }
    if (this.ended) return "end";
    if (this.#async !== undefined) {
      if (!this.#pending) this.#ask(this.#async);
      return "later";
    }
    try {
      const { done, value } = this.#sync!.next();
      if (!done) return { input: value };
    } catch (reason) {
      this.failure = { reason };
    }
    this.ended = true;
    return "end";
  }

  /** Takes no more, and lets the iterable clean up. */
  close(): void {
    this.#arrived = undefined;
    if (this.ended) return;
    this.ended = true;
    // Like `for await`, which ignores what goes wrong when it is left by a throw.
    try {
      this.#sync?.return?.();
      this.#async?.return?.().catch(() => {});
    } catch {
      // The inputs are not wanted any more.
    }
  }

  async #ask(inputs: AsyncIterator<I>): Promise<void> {
    this.#pending = true;
    try {
      const { done, value } = await inputs.next();
      if (done) this.ended = true;
      else if (!this.ended) this.#arrived = { input: value };
    } catch (reason) {
      if (!this.ended) this.failure = { reason };
      this.ended = true;
    }
    this.#pending = false;
    this.#onArrival();
  }
}
