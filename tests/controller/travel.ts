/**
 * Takes this thread's loop or controller into the future, as if the thread had
 * stood still meanwhile. Import this before anything that takes the time.
 */
import { monotonicClock } from "../../src/clock.ts";

interface Pending {
  readonly at: number;
  readonly callback: () => void;
  readonly takeBack: () => void;
}

const { now, after } = monotonicClock;
const pending = new Set<Pending>();
let ahead = 0;

Object.assign(monotonicClock, {
  now: () => now() + ahead,
  after(ms: number, callback: () => void): () => void {
    const call = (): void => {
      pending.delete(entry);
      callback();
    };
    const at = monotonicClock.now() + ms;
    const entry = { at, callback: call, takeBack: after(ms, call) };
    pending.add(entry);
    return () => {
      pending.delete(entry);
      entry.takeBack();
    };
  },
});

/** Puts the clock forward, and calls what is due by then. */
export function travel(ms: number): void {
  ahead += ms;
  const due = [...pending].filter(({ at }) => at <= monotonicClock.now())
    .sort((a, b) => a.at - b.at);
  for (const { takeBack, callback } of due) {
    takeBack();
    callback();
  }
}

/** Longer than anything that waits by default. */
export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;
