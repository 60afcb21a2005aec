/** How a batch is doing: a group that knows more tasks than it holds. */
import type { BatchProgress, TaskBatch } from "../../../mod.ts";
import { count, formatDuration } from "../text/amounts.ts";
import { excerpt } from "../text/style.ts";
import type { Reply } from "./reply.ts";

export interface BatchStatus {
  readonly name: string;
  readonly batch: TaskBatch;
  /** With the number of inputs that are due, if that is known. */
  readonly progress: BatchProgress;
  readonly elapsedMs: number;
}

const PACE = { maximumSignificantDigits: 3 };

/** `412 of 1,210 done · 3 failed · 9.6/s · 1m20s left`. */
export function progressText({ progress, elapsedMs }: BatchStatus): string {
  const { failed, cancelled, total } = progress;
  const done = endedIn(progress);
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

/** How many tasks have ended. */
export function endedIn(progress: BatchProgress): number {
  return progress.succeeded + progress.failed + progress.cancelled;
}

/** The sums, and what holds for the tasks to come. */
export function batchText(status: BatchStatus): string {
  const { done, paused, concurrency } = status.batch;
  const sums = progressText(status);
  if (done) return sums;
  return `${sums} · ${concurrency} at once${paused ? " · paused" : ""}`;
}

export function batchReply(status: BatchStatus): Reply {
  const { name, batch, progress: { total } } = status;
  const members = batch.members.map(({ id }) => id);
  const done = endedIn(status.progress);
  const text = `${excerpt(name)}: ${batchText(status)}`;
  return {
    text: () => text,
    json: () => ({ type: "group", name, members, done, total }),
  };
}
