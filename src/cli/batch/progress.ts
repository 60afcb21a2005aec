/** How far a batch has come, in a line. */
import type { BatchProgress } from "../../../mod.ts";
import { paint, type Style } from "../text/style.ts";
import { count, formatDuration } from "../text/amounts.ts";
import { fit } from "../text/width.ts";

/** Columns of a bar. */
const BAR = 20;

/** A bar is worth its place on a line of at least so many columns. */
const MIN_BAR_LINE = 60;

const PACE = { maximumSignificantDigits: 3 };

/** `412 of 1,210 done · 3 failed · 9.6/s · 1m20s left`. */
export function progressText(
  progress: BatchProgress,
  elapsedMs: number,
): string {
  const { succeeded, failed, cancelled, total } = progress;
  const done = succeeded + failed + cancelled;
  const perMs = done / Math.max(1, elapsedMs);
  const left = total === undefined || done === 0 || done >= total
    ? []
    : [`${formatDuration((total - done) / perMs)} left`];
  return [
    `${count(done)}${total === undefined ? "" : ` of ${count(total)}`} done`,
    ...failed > 0 ? [`${count(failed)} failed`] : [],
    ...cancelled > 0 ? [`${count(cancelled)} cancelled`] : [],
    `${(1000 * perMs).toLocaleString("en-US", PACE)}/s`,
    ...left,
  ].join(" · ");
}

/** The text with a bar before it, where there is a total and room. */
export function progressLine(
  progress: BatchProgress,
  elapsedMs: number,
  style: Style,
): string {
  const { succeeded, failed, cancelled, total } = progress;
  const text = progressText(progress, elapsedMs);
  if (!total || style.width < MIN_BAR_LINE) return fit(text, style.width - 1);
  const share = Math.min(1, (succeeded + failed + cancelled) / total);
  const full = Math.floor(share * BAR);
  const bar = paint("█".repeat(full), "green", style) +
    paint("░".repeat(BAR - full), "dim", style);
  return `${bar} ${fit(text, style.width - BAR - 2)}`;
}
