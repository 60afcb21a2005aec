/**
 * What limits the starts of a batch: a rate, and a number for each key.
 *
 * @module
 */

/** How long starts that were not used are saved. */
const MAX_SAVED_MS = 100;

/**
 * Starts that are spread evenly over the second: a token bucket, kept as the time
 * of the next start. Times are in milliseconds.
 */
export class StartRate {
  #perSecond: number;
  #nextAt: number;

  constructor(perSecond: number, now: number) {
    this.#perSecond = perSecond;
    this.#nextAt = now;
  }

  get perSecond(): number {
    return this.#perSecond;
  }

  /** Changes the rate. A start that waits needs to wait no longer than this. */
  setRate(perSecond: number, now: number): void {
    this.#perSecond = perSecond;
    this.#nextAt = Math.min(this.#nextAt, now + 1000 / perSecond);
  }

  /** How long the next start has to wait. */
  waitMs(now: number): number {
    return Math.max(0, this.#nextAt - now);
  }

  /** Counts a start. */
  take(now: number): void {
    const from = Math.max(this.#nextAt, now - MAX_SAVED_MS);
    this.#nextAt = from + 1000 / this.#perSecond;
  }
}

interface Keyed {
  readonly key: string | undefined;
}

/** Counts the running items of each key, and holds those that must wait. */
export class KeyLimit<T extends Keyed> {
  readonly #perKey: number;
  readonly #running = new Map<string | undefined, number>();
  #held: T[] = [];

  constructor(perKey: number) {
    this.#perKey = perKey;
  }

  /** How many items are held. */
  get size(): number {
    return this.#held.length;
  }

  isFree({ key }: T): boolean {
    return this.#perKey === Infinity ||
      (this.#running.get(key) ?? 0) < this.#perKey;
  }

  /** Keeps an item until `next` gives it. */
  hold(item: T): void {
    this.#held.push(item);
  }

  /** Removes and returns the oldest held item that may run. */
  next(): T | undefined {
    const at = this.#held.findIndex((item) => this.isFree(item));
    return at < 0 ? undefined : this.#held.splice(at, 1)[0];
  }

  onStart(item: T): void {
    this.#count(item, 1);
  }

  onEnd(item: T): void {
    this.#count(item, -1);
  }

  /** Drops the held items. */
  clear(): void {
    this.#held = [];
  }

  #count({ key }: T, by: 1 | -1): void {
    if (this.#perKey === Infinity) return;
    const count = (this.#running.get(key) ?? 0) + by;
    if (count === 0) this.#running.delete(key);
    else this.#running.set(key, count);
  }
}
