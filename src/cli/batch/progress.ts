/** How far a batch has come, as a line with a bar. */
import { type BatchStatus, endedIn, progressText } from "../render/batch.ts";
import { paint, type Style } from "../text/style.ts";
import { fit } from "../text/width.ts";

/** Columns of a bar. */
const BAR = 20;

/** A bar is worth its place on a line of at least so many columns. */
const MIN_BAR_LINE = 60;

/** The sums, with a bar before them where there is a total and room. */
export function progressLine(status: BatchStatus, style: Style): string {
  const { progress } = status;
  const text = progressText(status);
  const { total } = progress;
  if (!total || style.width < MIN_BAR_LINE) return fit(text, style.width - 1);
  const full = Math.floor(Math.min(1, endedIn(progress) / total) * BAR);
  const bar = paint("█".repeat(full), "green", style) +
    paint("░".repeat(BAR - full), "dim", style);
  return `${bar} ${fit(text, style.width - BAR - 2)}`;
}
