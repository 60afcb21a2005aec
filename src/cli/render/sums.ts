/** Many tasks in one line: how many are in which state, how far they are. */
import {
  bar,
  count,
  counted,
  formatDuration,
  formatRate,
} from "../text/amounts.ts";
import { displayWidth, fit } from "../text/width.ts";
import type { ShownState } from "./status.ts";

/** `1,500 tasks: 500 queued, 1,000 running`. */
export function statesText(states: readonly ShownState[]): string {
  const counts = new Map<ShownState, number>();
  for (const state of states) counts.set(state, (counts.get(state) ?? 0) + 1);
  const all = counted(states.length, "task");
  const each = Array.from(counts, ([state, n]) => `${count(n)} ${state}`);
  return each.length === 0 ? all : `${all}: ${each.join(", ")}`;
}

/** How far a number of tasks is, as somebody watches them. */
export interface Sums {
  readonly total: number;
  readonly done: number;
  readonly failed: number;
  /** How many of `done` have ended within the last `ms` milliseconds. */
  readonly lately: number;
  readonly ms: number;
}

const MAX_BAR_COLUMNS = 20;
const MIN_BAR_COLUMNS = 5;

/** `██████▎░░░ 312 of 500 done · 3 failed · 12.4/s · 15.2s left`. */
export function sumsLine(
  { total, done, failed, lately, ms }: Sums,
  columns: number,
): string {
  const perSecond = ms > 0 ? lately / ms * 1000 : 0;
  const left = total - done;
  const text = [
    `${count(done)} of ${count(total)} done`,
    ...failed > 0 ? [`${count(failed)} failed`] : [],
    ...perSecond > 0 ? [formatRate(perSecond)] : [],
    ...perSecond > 0 && left > 0
      ? [`${formatDuration(left / perSecond * 1000)} left`]
      : [],
  ].join(" · ");
  const room = Math.min(MAX_BAR_COLUMNS, columns - displayWidth(text) - 1);
  if (room < MIN_BAR_COLUMNS || total === 0) return fit(text, columns);
  return `${bar(done / total, room)} ${text}`;
}
