/**
 * Where time is taken from. One rule holds everywhere:
 *
 * - **How long** something takes, or may take, is measured by the monotonic
 *   clock, which nobody can set: a timeout, a stall, a grace, a sleep, a wait,
 *   an elapsed time, the age of a silence. Within a thread that is
 *   {@linkcode monotonicClock}. What the sides tell each other is in
 *   {@linkcode epochNow}, which is one clock for all of a controller's threads
 *   and processes; so the moments in a snapshot are, too.
 * - **A deadline** is a moment of the system's clock, and is compared with that
 *   clock alone: {@linkcode systemClock}. When the clock is set, or the machine
 *   wakes from sleep, what is due by then fires within a second.
 * - **The stamp** of a log's line is the system's clock as well: people read it
 *   beside other logs, and nothing is computed from it.
 *
 * @module
 */

/** A clock; tests pass one that they turn by hand. */
export interface Clock {
  /** Milliseconds. */
  now(): number;
  /** Calls `callback` once, after `ms` or sooner; returns what takes it back. */
  after(ms: number, callback: () => void): () => void;
}

// Before a task can change them, as one that fakes time for its own tests does.
const { clearTimeout, setTimeout } = globalThis;
const { now: dateNow } = Date;
const { timeOrigin } = performance;
const now = performance.now.bind(performance);

/** The longest delay that `setTimeout` takes. */
const MAX_DELAY_MS = 2 ** 31 - 1;

/**
 * Never goes back, and is never set. On Linux and macOS it stands still while
 * the machine sleeps.
 */
export const monotonicClock: Clock = {
  now: () => now(),
  after(ms, callback) {
    const id = setTimeout(callback, Math.min(ms, MAX_DELAY_MS));
    return () => clearTimeout(id);
  },
};

/** How long it may take to notice that the system's clock was set, in ms. */
const CLOCK_CHECK_INTERVAL_MS = 1000;

/** The system's clock: milliseconds since the epoch. It may be set. */
export const systemClock: Clock = settable(() => dateNow(), monotonicClock);

/** A clock that may be set, looked at by one that may not. */
export function settable(now: () => number, steady: Clock): Clock {
  return {
    now,
    after: (ms, callback) =>
      steady.after(Math.min(ms, CLOCK_CHECK_INTERVAL_MS), callback),
  };
}

/** What {@linkcode epochNow} adds to the time since this thread began. */
let origin = timeOrigin;
/** How far the system's clock was ahead of `epochNow` when last looked at. */
let ahead = 0;

/**
 * Milliseconds since the epoch, with fractions, as they were when the
 * controller's thread began, counted on by the monotonic clock.
 */
export function epochNow(): number {
  return origin + now();
}

/** What a thread or process that is about to be started must know. */
export interface ClockReading {
  /** `epochNow`, right before the start. */
  readonly at: number;
  /** How far the system's clock is ahead of that. */
  readonly ahead: number;
}

/**
 * Reads the clock for a thread or process that is started next. Each has a
 * monotonic clock of its own, which counts from its start; when that was, only
 * the system's clock can tell, and it may have been set since this thread began.
 */
export function readClock(): ClockReading {
  const at = epochNow();
  // Date.now() gives whole milliseconds: less than two apart is no difference.
  const measured = dateNow() + 0.5 - at;
  if (Math.abs(measured - ahead) > 2) ahead = measured;
  return { at, ahead };
}

/** How long a thread or process takes to start, at most, in ms. */
const MAX_START_MS = 10_000;

/**
 * When a thread began, by the clock of who started it, to within a millisecond.
 * `startedAt` is the same moment by the system's clock. Should that clock have
 * been set during the start itself, the answer is wrong by no more than the time
 * that a start may take.
 */
export function originOf(reading: ClockReading, startedAt: number): number {
  const { at, ahead } = reading;
  return Math.min(Math.max(startedAt - ahead, at), at + MAX_START_MS);
}

/** From now on this thread goes by the clock of who started it. */
export function followClock(reading: ClockReading): void {
  ahead = reading.ahead;
  origin = originOf(reading, timeOrigin);
}
