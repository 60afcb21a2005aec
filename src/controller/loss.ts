/**
 * What becomes of a task whose loop is gone.
 *
 * @module
 */
import { LoopLostError, withoutStack } from "../errors.ts";
import type { TaskId } from "../task.ts";
import type { LiveLoop, LoopEnd } from "./live_loop.ts";
import type { TaskRecord } from "./record.ts";

/** How a task was lost. */
export interface Loss {
  /** How its loop ended. */
  readonly how: Error;
  /** Whether it had begun; `undefined` if that is not known. */
  readonly begun: boolean | undefined;
  /** What the loop was running. */
  readonly running: readonly TaskId[];
}

/** The error of a task that was lost. */
export function lossOf({ id }: TaskRecord, loss: Loss): LoopLostError {
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
export function mayRunAgain(
  record: TaskRecord,
  end: LoopEnd,
  loop: LiveLoop,
): boolean {
  if (record.parent !== undefined) return false;
  if (!loop.heard && !end.killed) return false;
  if (record.sent === 0) return true;
  return (record.details?.resubmissions ?? 0) > 0 &&
    record.id !== end.culprit;
}
