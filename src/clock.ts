/**
 * The time, in one unit for all threads and processes.
 *
 * @module
 */

const origin = performance.timeOrigin;

/** Taken before a task can change it. */
const now = performance.now.bind(performance);

/** Milliseconds since the epoch, with fractions; never goes back. */
export function epochNow(): number {
  return origin + now();
}
