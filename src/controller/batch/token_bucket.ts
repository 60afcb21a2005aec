/**
 * A limit on how many tasks start in a second.
 *
 * @module
 */

/** How long unused starts are saved up, in milliseconds. */
const MAX_SAVED_MS = 100;

/** One start after another, evenly over the second. */
export class TokenBucket {
  #perSecond: number;
  #tokens = 1;
  #countedAt: number;

  /** `now` is a time in milliseconds. */
  constructor(perSecond: number, now: number) {
    this.#perSecond = perSecond;
    this.#countedAt = now;
  }

  get perSecond(): number {
    return this.#perSecond;
  }

  setRate(perSecond: number, now: number): void {
    this.#count(now);
    this.#perSecond = perSecond;
  }

  /** Milliseconds until the next start; 0 if it may be now. */
  waitMs(now: number): number {
    if (this.#perSecond === Infinity) return 0;
    this.#count(now);
    return Math.max(0, (1 - this.#tokens) / this.#perSecond * 1000);
  }

  /** Counts a start. */
  take(): void {
    this.#tokens--;
  }

  #count(now: number): void {
    if (this.#perSecond < Infinity) {
      const gained = (now - this.#countedAt) / 1000 * this.#perSecond;
      const most = Math.max(1, this.#perSecond * MAX_SAVED_MS / 1000);
      this.#tokens = Math.min(most, this.#tokens + gained);
    }
    this.#countedAt = now;
  }
}
