/**
 * What becomes of tasks whose loop is gone.
 *
 * @module
 */
import { epochNow } from "../../clock.ts";
import { LoopLostError, withoutStack } from "../../errors.ts";
import type { TaskId } from "../../task.ts";
import type { LiveLoop } from "../loops/live_loop.ts";
import { closeLog } from "../task/log.ts";
import type { LoopEnd, TaskOwner } from "../loops/loop_tasks.ts";
import type { TaskRecord } from "../task/record.ts";
import type { TaskTable } from "../task/table.ts";

/** What a loss needs of the scheduler whose tasks are lost. */
export interface LossOwner extends TaskOwner {
  /** Whether it has ended its loops, and no task begins any more. */
  readonly stopped: boolean;
  /** Puts a task that has lost its loop back into the queue. */
  runAgain(record: TaskRecord): void;
}

/** How a task was lost. */
export interface Loss {
  /** How its loop ended. */
  readonly how: Error;
  /** Whether it had begun; `undefined` if that is not known. */
  readonly begun: boolean | undefined;
  /** What the loop was running. */
  readonly running: readonly TaskId[];
}

/** Gives every task of a loop that is gone an end, or to the next loop. */
export function loseTasks(
  owner: LossOwner,
  loop: LiveLoop,
  end: LoopEnd,
): void {
  const { table } = owner;
  for (const record of loop.tasks.abandoned()) closeLog(record);
  if (end.certain) haveStopped(table, loop);
  else loop.gone.then(() => haveStopped(table, loop));
  const active = [...loop.tasks.active()];
  const begun = new Map(active.map((one) => [one, loop.hadBegun(one)]));
  const running = active.filter((one) => begun.get(one)).map(({ id }) => id);
  for (const record of active) {
    // A group may have stopped it for one that was lost before it.
    if (record.done) continue;
    const hadBegun = begun.get(record);
    if (record.cancelling) {
      const certain = end.certain || hadBegun === false;
      record.confirmed = certain;
      record.abandoned = !certain;
      owner.settle(record, "cancelled", undefined, epochNow());
    } else if (!owner.stopped && mayRunAgain(record, end, loop)) {
      if (hadBegun !== false) record.own.resubmissions--;
      owner.runAgain(record);
    } else {
      lose(owner, record, { how: end.how, begun: hadBegun, running });
    }
  }
}

/** What a loop had given up has stopped, since the loop is gone. */
function haveStopped(table: TaskTable, loop: LiveLoop): void {
  for (const record of [...loop.tasks.abandoned()]) table.stopped(record);
}

/** Ends a task as lost. */
export function lose(
  owner: LossOwner,
  record: TaskRecord,
  loss: Loss,
): void {
  owner.settle(record, "failed", lossOf(record, loss), epochNow());
}

/** The error of a task that was lost. */
function lossOf({ id }: TaskRecord, loss: Loss): LoopLostError {
  const { how, begun, running } = loss;
  const what = begun === undefined
    ? "may have begun"
    : begun
    ? "was running"
    : "had not begun";
  const message = `task ${id} ${what} when its loop ended: ${how.message}`;
  return withoutStack(() =>
    new LoopLostError(id, message, { cause: how, begun, running })
  );
}

/** Whether a task that was in a loop may be run again in the next one. */
function mayRunAgain(
  record: TaskRecord,
  end: LoopEnd,
  loop: LiveLoop,
): boolean {
  if (record.parent !== undefined) return false;
  if (!loop.heard && !end.killed) return false;
  if (record.sent === 0) return true;
  // What a child does, it does for the task that is run again.
  return (record.details?.resubmissions ?? 0) > 0 &&
    (end.culprit === undefined || record.id !== parseInt(`${end.culprit}`));
}
