/**
 * Results on their way to a `for await`.
 *
 * @module
 */

/** What happens to a stream from its reader's side. */
export interface StreamReader<T> {
  /** Called when the reader has taken a result. */
  onTaken?(result: T): void;
  /** Called when the reader leaves the iteration. */
  onLeft(): void;
}

/**
 * Results in the order in which they come, for one reader.
 *
 * Not an async generator: it would await the handles that it yields, and its
 * `return` would wait for a pending `next`.
 */
export class ResultStream<T> implements AsyncIterableIterator<T, undefined> {
  readonly #reader: StreamReader<T>;
  /** Results to give next, in reverse order. */
  #next: T[];
  /** Results to give after those, in order. */
  #later: T[] = [];
  readonly #asked: PromiseWithResolvers<IteratorResult<T, undefined>>[] = [];
  #ended = false;
  #failure: { readonly reason: unknown } | undefined;

  /** `first` are the results that are there from the start. */
  constructor(reader: StreamReader<T>, first: readonly T[] = []) {
    this.#reader = reader;
    this.#next = first.toReversed();
  }

  /** How many results wait for the reader. */
  get size(): number {
    return this.#next.length + this.#later.length;
  }

  /** Adds a result, unless the reader has left. */
  push(result: T): void {
    if (this.#ended) return;
    this.#later.push(result);
    this.#answer();
  }

  /** No result comes any more. */
  end(): void {
    this.#ended = true;
    this.#answer();
  }

  /** No result comes any more: the step after the last result throws. */
  fail(reason: unknown): void {
    if (!this.#ended) this.#failure = { reason };
    this.end();
  }

  /** Drops the results that the reader has not taken. */
  clear(): void {
    this.#next = [];
    this.#later = [];
  }

  next(): Promise<IteratorResult<T, undefined>> {
    const asked = Promise.withResolvers<IteratorResult<T, undefined>>();
    this.#asked.push(asked);
    this.#answer();
    return asked.promise;
  }

  return(): Promise<IteratorResult<T, undefined>> {
    this.clear();
    this.#failure = undefined;
    this.end();
    this.#reader.onLeft();
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** Answers pending calls of `next`, as far as possible. */
  #answer(): void {
    while (this.#asked.length > 0) {
      if (this.size === 0 && !this.#ended) return;
      const { resolve, reject } = this.#asked.shift()!;
      if (this.size > 0) {
        const value = this.#take();
        resolve({ done: false, value });
        this.#reader.onTaken?.(value);
      } else if (this.#failure !== undefined) {
        reject(this.#failure.reason);
        this.#failure = undefined;
      } else {
        resolve({ done: true, value: undefined });
      }
    }
  }

  #take(): T {
    if (this.#next.length === 0) {
      this.#next = this.#later.reverse();
      this.#later = [];
    }
    return this.#next.pop()!;
  }
}
