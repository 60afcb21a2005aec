/** Round times for an axis. */

const STEPS_MS: readonly number[] = [
  ...[1, 10, 100, 1000].flatMap((n) => [n, 2 * n, 5 * n]),
  ...[10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 21_600, 43_200]
    .map((seconds) => seconds * 1000),
];

const DAY_MS = 86_400_000;

/** From 0 on, `most` steps at most, in milliseconds. */
export function ticksOf(span: number, most: number): number[] {
  const step = STEPS_MS.find((ms) => span / ms <= most) ??
    Math.ceil(span / most / DAY_MS) * DAY_MS;
  return Array.from(
    { length: Math.floor(span / step) + 1 },
    (_, n) => n * step,
  );
}
