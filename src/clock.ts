/**
 * The time, in one unit for all threads and processes.
 *
 * @module
 */

const origin = performance.timeOrigin;

/** Milliseconds since the epoch, with fractions; never goes back. */
export function epochNow(): number {
  return origin + performance.now();
}
