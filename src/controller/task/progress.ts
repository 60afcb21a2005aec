/**
 * The rate and the time left, from what a task reports.
 *
 * @module
 */
import type { Progress } from "../../task.ts";

export interface Report {
  readonly done: number;
  readonly total: number | undefined;
  readonly note: string | undefined;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** The rate covers the whole running time: steady, but slow to change. */
export function progressOf(report: Report, startedAt: number): Progress {
  const { done, total, note, at } = report;
  const seconds = (at - startedAt) / 1000;
  const perSecond = seconds > 0 && done > 0 ? done / seconds : undefined;
  return {
    done,
    ...(total === undefined ? {} : { total }),
    ...(note === undefined ? {} : { note }),
    ...(perSecond === undefined ? {} : { perSecond }),
    ...(perSecond === undefined || total === undefined
      ? {}
      : { remainingMs: Math.max(0, total - done) / perSecond * 1000 }),
  };
}
