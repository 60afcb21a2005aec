/**
 * Which clock measures what:
 *
 * - **Durations** use the monotonic clock, which nobody can set: timeouts,
 *   stalls, graces, sleeps, waits, elapsed times. Within a thread that is
 *   {@linkcode monotonicClock}. Messages between threads and processes, and
 *   snapshots, use {@linkcode epochNow}, which is one clock for them all.
 * - **Deadlines** are moments of the system's clock and are compared with
 *   {@linkcode systemClock} only. After that clock is set, or the machine wakes
 *   from sleep, a deadline that has passed fires within a second.
 * - **Log lines** are stamped by the system's clock: people read them beside
 *   other logs, and nothing is computed from them.
 *
 * @module
 */

/** A clock. Tests pass one that they turn by hand. */
export interface Clock {
  /** The time in milliseconds. */
  now(): number;
  /**
   * Calls `callback` once, after `ms` milliseconds or sooner. Returns a function
   * that cancels the call.
   */
  after(ms: number, callback: () => void): () => void;
}

// Taken before a task can replace them, for example to fake time in its tests.
const { clearTimeout, setTimeout } = globalThis;
const { now: dateNow } = Date;
const { timeOrigin } = performance;
const now = performance.now.bind(performance);

/** The longest delay that `setTimeout` accepts. */
const MAX_DELAY_MS = 2 ** 31 - 1;

/** Never goes back. Stops while the machine sleeps, on Linux and macOS. */
export const monotonicClock: Clock = {
  now: () => now(),
  after(ms, callback) {
    const id = setTimeout(callback, Math.min(ms, MAX_DELAY_MS));
    return () => clearTimeout(id);
  },
};

/** How often a timer of the system's clock checks whether that was set. */
const CLOCK_CHECK_INTERVAL_MS = 1000;

/** The system's clock, in milliseconds since the epoch. It can be set. */
export const systemClock: Clock = settable(() => dateNow(), monotonicClock);

/** A clock that can be set. Its timers run on `steady`, which can't. */
export function settable(now: () => number, steady: Clock): Clock {
  return {
    now,
    after: (ms, callback) =>
      steady.after(Math.min(ms, CLOCK_CHECK_INTERVAL_MS), callback),
  };
}

/** When this thread began, by {@linkcode epochNow}. */
let origin = timeOrigin;
/** How far the system's clock was ahead of `epochNow` when last read. */
let ahead = 0;

/**
 * Milliseconds since the epoch, with fractions. The system's clock gives the
 * time at which the controller's thread began; the monotonic clock counts on
 * from there.
 */
export function epochNow(): number {
  return origin + now();
}

/** What a new thread or process needs to share this thread's clock. */
export interface ClockReading {
  /** `epochNow`, right before the start. */
  readonly at: number;
  /** How far the system's clock is ahead of `at`. */
  readonly ahead: number;
}

/**
 * Reads the clock for a thread or process that is about to start. The monotonic
 * clock of each counts from its own start. Only the system's clock tells when
 * that was, and the system's clock may have been set since this thread began.
 */
export function readClock(): ClockReading {
  const at = epochNow();
  // Date.now() has whole milliseconds, so a smaller difference means nothing.
  const measured = dateNow() + 0.5 - at;
  if (Math.abs(measured - ahead) > 2) ahead = measured;
  return { at, ahead };
}

/** The longest time that a thread or process takes to start. */
const MAX_START_MS = 10_000;

/**
 * When a thread began, by the clock of the thread that started it, to within a
 * millisecond. `startedAt` is the same moment by the system's clock. If that
 * clock is set during the start, the error is at most `MAX_START_MS`.
 */
export function originOf(reading: ClockReading, startedAt: number): number {
  const { at, ahead } = reading;
  return Math.min(Math.max(startedAt - ahead, at), at + MAX_START_MS);
}

/** Makes this thread use the clock of the thread that started it. */
export function followClock(reading: ClockReading): void {
  ahead = reading.ahead;
  origin = originOf(reading, timeOrigin);
}
