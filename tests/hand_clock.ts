import type { Clock } from "../src/clock.ts";

/** A clock that stands still till a test turns it. */
export class HandClock implements Clock {
  #now: number;
  #pending: { at: number; callback: () => void }[] = [];
  /** How often it was asked to call back. */
  armed = 0;

  constructor(now = 0) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  after(ms: number, callback: () => void): () => void {
    this.armed++;
    const entry = { at: this.#now + ms, callback };
    this.#pending.push(entry);
    return () => {
      this.#pending = this.#pending.filter((one) => one !== entry);
    };
  }

  /** How many callbacks wait. */
  get waiting(): number {
    return this.#pending.length;
  }

  /** Turns it on, calling back each at its time. */
  turn(ms: number): void {
    const end = this.#now + ms;
    for (;;) {
      const next = this.#pending.filter(({ at }) => at <= end)
        .sort((a, b) => a.at - b.at)[0];
      if (next === undefined) break;
      this.#pending = this.#pending.filter((one) => one !== next);
      this.#now = Math.max(this.#now, next.at);
      next.callback();
    }
    this.#now = end;
  }

  /** Turns it on without calling back, as it looks after a blocked thread. */
  jump(ms: number): void {
    this.#now += ms;
  }
}
