/**
 * Results that come in any order, given in that of their indices.
 *
 * @module
 */
export class InOrder<T> {
  /** Those that wait for an earlier one. */
  readonly #early = new Map<number, T>();
  #next = 0;

  /** How many results wait. */
  get size(): number {
    return this.#early.size;
  }

  /** Takes a result in; yields those whose turn it is. */
  *add(index: number, result: T): Generator<T> {
    this.#early.set(index, result);
    for (let next; (next = this.#early.get(this.#next)) !== undefined;) {
      this.#early.delete(this.#next++);
      yield next;
    }
  }

  /** Removes those that wait: an earlier one will not come. */
  rest(): T[] {
    const rest = [...this.#early].sort(([a], [b]) => a - b);
    this.#early.clear();
    return rest.map(([, result]) => result);
  }
}
