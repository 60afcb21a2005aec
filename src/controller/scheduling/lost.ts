/**
 * What happens to the tasks of a loop that has ended.
 *
 * @module
 */
import { LoopLostError, withoutStack } from "../../errors.ts";
import type { TaskId } from "../../task.ts";
import type { LiveLoop, LoopEnd } from "../loops/live_loop.ts";
import { closeLog } from "../task/log.ts";
import type { TaskRecord } from "../task/record.ts";
import type { TaskTable } from "../task/table.ts";

/** A task whose loop has ended, and what it comes to. */
export interface LostTask {
  readonly record: TaskRecord;
  readonly outcome: "cancelled" | "resubmit" | LoopLostError;
}

/**
 * Yields every unsettled task of a loop that has ended. The caller settles or
 * resubmits each before it takes the next. `stopped`: none may run again.
 */
export function* lostTasks(
  table: TaskTable,
  loop: LiveLoop,
  end: LoopEnd,
  stopped: boolean,
): Generator<LostTask> {
  for (const record of table.abandonedIn(loop)) closeLog(record);
  if (end.certain) markStopped(table, loop);
  else loop.engine.exited.then(() => markStopped(table, loop));
  const active = [...table.activeIn(loop)];
  const begun = new Map(active.map((one) => [one, loop.hadBegun(one)]));
  const running = active.filter((one) => begun.get(one)).map(({ id }) => id);
  for (const record of active) {
    // Its group may have stopped the task when an earlier one settled.
    if (record.done) continue;
    const hadBegun = begun.get(record);
    if (record.cancelling) {
      record.confirmed = end.certain || hadBegun === false;
      record.abandoned = !record.confirmed;
      yield { record, outcome: "cancelled" };
    } else if (!stopped && mayRunAgain(record, end, loop)) {
      if (hadBegun !== false) record.ensureDetails().resubmissions--;
      yield { record, outcome: "resubmit" };
    } else {
      const outcome = lostError(record, end.how, hadBegun, running);
      yield { record, outcome };
    }
  }
}

/** The abandoned tasks of a loop have stopped, because it has gone. */
function markStopped(table: TaskTable, loop: LiveLoop): void {
  for (const record of [...table.abandonedIn(loop)]) table.onStopped(record);
}

/**
 * The error of a lost task. `begun`: whether the task had started, if known;
 * `running`: the tasks that the loop was running.
 */
export function lostError(
  { id }: TaskRecord,
  how: Error,
  begun: boolean | undefined,
  running: readonly TaskId[],
): LoopLostError {
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
