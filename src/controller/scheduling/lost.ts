/**
 * What happens to the tasks of a loop that has ended.
 *
 * @module
 */
import { epochNow } from "../../clock.ts";
import { LoopLostError, withoutStack } from "../../errors.ts";
import type { TaskId } from "../../task.ts";
import type { LiveLoop, LoopEnd } from "../loops/live_loop.ts";
import { closeLog } from "../task/log.ts";
import type { TaskRecord } from "../task/record.ts";
import type { TaskTable } from "../task/table.ts";
import type { Scheduler } from "./scheduler.ts";

/** How a task was lost. */
export interface Lost {
  /** How its loop ended. */
  readonly how: Error;
  /** Whether the task had started, if known. */
  readonly begun: boolean | undefined;
  /** The tasks that the loop was running. */
  readonly running: readonly TaskId[];
}

/** Settles every task of a loop that has ended, or submits it again. */
export function settleLost(
  scheduler: Scheduler,
  loop: LiveLoop,
  end: LoopEnd,
): void {
  const { table } = scheduler;
  for (const record of table.abandonedIn(loop)) closeLog(record);
  if (end.certain) markStopped(table, loop);
  else loop.engine.gone.then(() => markStopped(table, loop));
  const active = [...table.activeIn(loop)];
  const begun = new Map(active.map((one) => [one, loop.hadBegun(one)]));
  const running = active.filter((one) => begun.get(one)).map(({ id }) => id);
  for (const record of active) {
    // Its group may have stopped the task when an earlier one settled.
    if (record.done) continue;
    const hadBegun = begun.get(record);
    if (record.cancelling) {
      const certain = end.certain || hadBegun === false;
      record.confirmed = certain;
      record.abandoned = !certain;
      scheduler.settle(record, "cancelled", undefined, epochNow());
    } else if (!scheduler.stopped && mayRunAgain(record, end, loop)) {
      if (hadBegun !== false) record.ensureDetails().resubmissions--;
      scheduler.resubmit(record);
    } else {
      failLost(scheduler, record, { how: end.how, begun: hadBegun, running });
    }
  }
}

/** The abandoned tasks of a loop have stopped, because it has gone. */
function markStopped(table: TaskTable, loop: LiveLoop): void {
  for (const record of [...table.abandonedIn(loop)]) table.onStopped(record);
}

/** Settles a lost task as failed. */
export function failLost(
  scheduler: Scheduler,
  record: TaskRecord,
  lost: Lost,
): void {
  const { how, begun, running } = lost;
  const { id } = record;
  const what = begun === undefined
    ? "may have begun"
    : begun
    ? "was running"
    : "had not begun";
  const message = `task ${id} ${what} when its loop ended: ${how.message}`;
  const error = withoutStack(() =>
    new LoopLostError(id, message, { cause: how, begun, running })
  );
  scheduler.settle(record, "failed", error, epochNow());
}

/** Whether a task of a loop that has ended may run again in the next one. */
function mayRunAgain(
  record: TaskRecord,
  end: LoopEnd,
  loop: LiveLoop,
): boolean {
  if (record.parent !== undefined) return false;
  if (!loop.connection.hasSpoken && !end.killed) return false;
  if (record.sent === 0) return true;
  // A child that ended the loop would end it again.
  return (record.details?.resubmissions ?? 0) > 0 &&
    (end.culprit === undefined || record.id !== parseInt(`${end.culprit}`));
}
