/**
 * Values by task id. Ids count up and mostly leave in the order in which they
 * came. Pages of arrays therefore hold them in half the memory of a Map, and
 * faster.
 *
 * @module
 */
import type { TaskId } from "./task.ts";

const BITS = 10;
const PAGE_SIZE = 1 << BITS;

class Page<V> {
  readonly values: (V | undefined)[] = new Array(PAGE_SIZE).fill(undefined);
  size = 0;

  constructor(readonly number: number) {}
}

export class IdTable<V> {
  readonly #pages: Map<number, Page<V>> = new Map();
  /** The page that was used last. The next id is mostly on it, too. */
  #latest: Page<V> | undefined;
  /** The values of children, whose ids are strings. */
  readonly #children: Map<TaskId, V> = new Map();
  size = 0;

  get(id: TaskId): V | undefined {
    if (typeof id !== "number") return this.#children.get(id);
    return this.#page(id)?.values[id & (PAGE_SIZE - 1)];
  }

  /** Adds the value of an id that must be new. */
  add(id: TaskId, value: V): void {
    this.size++;
    if (typeof id !== "number") {
      this.#children.set(id, value);
      return;
    }
    let page = this.#page(id);
    if (page === undefined) {
      page = new Page(id >> BITS);
      this.#pages.set(page.number, page);
      this.#dropIfEmpty(this.#latest);
      this.#latest = page;
    }
    page.values[id & (PAGE_SIZE - 1)] = value;
    page.size++;
  }

  delete(id: TaskId): void {
    if (typeof id !== "number") {
      if (this.#children.delete(id)) this.size--;
      return;
    }
    const page = this.#page(id);
    const at = id & (PAGE_SIZE - 1);
    if (page?.values[at] === undefined) return;
    page.values[at] = undefined;
    this.size--;
    page.size--;
    // The next id is likely to need the latest page again.
    if (page !== this.#latest) this.#dropIfEmpty(page);
  }

  #dropIfEmpty(page: Page<V> | undefined): void {
    if (page?.size === 0) this.#pages.delete(page.number);
  }

  /** All values at once, without the cost of a generator. */
  toArray(): V[] {
    const all: V[] = [];
    for (const { values } of this.#pages.values()) {
      for (const value of values) if (value !== undefined) all.push(value);
    }
    for (const value of this.#children.values()) all.push(value);
    return all;
  }

  *values(): Generator<V> {
    for (const { values } of this.#pages.values()) {
      for (const value of values) if (value !== undefined) yield value;
    }
    yield* this.#children.values();
  }

  #page(id: number): Page<V> | undefined {
    const number = id >> BITS;
    if (this.#latest?.number === number) return this.#latest;
    const page = this.#pages.get(number);
    if (page === undefined) return undefined;
    this.#dropIfEmpty(this.#latest);
    this.#latest = page;
    return page;
  }
}
