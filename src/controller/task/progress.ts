/**
 * From what a task says of its progress to rate and time left.
 *
 * @module
 */
import type { Progress } from "../../task.ts";
import type { TaskRecord } from "./record.ts";

export interface Report {
  readonly done: number;
  readonly total: number | undefined;
  readonly note: string | undefined;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

export function takeProgress(record: TaskRecord, report: Report): void {
  const own = record.own;
  own.progressAt = report.at;
  own.progress = progressOf(report, record.startedAt ?? report.at);
}

/** The rate is over the whole running time: steady, if slow to change. */
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
