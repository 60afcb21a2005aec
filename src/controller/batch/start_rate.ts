/**
 * A limit on how many tasks start in a second: a token bucket, kept as the time
 * of the next start.
 *
 * @module
 */

/** How long starts that were not used are saved. */
const MAX_SAVED_MS = 100;

/** Starts that are spread evenly over the second. Times are in milliseconds. */
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
