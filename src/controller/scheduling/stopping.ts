/**
 * Stopping tasks: by asking them to, or by force.
 *
 * @module
 */
import { checkMs, checkReason, optionsCheck } from "../../checks.ts";
import { LoopLostError, withoutStack } from "../../errors.ts";
import type { CancelResult } from "../../task.ts";
import { Alarm } from "../../timers.ts";
import type { TaskRecord } from "../task/record.ts";
import type { Scheduler } from "./scheduler.ts";

/** How a task is asked to stop. */
export interface CancelOptions {
  /**
   * Milliseconds until the task is abandoned. The default is the `grace` of its
   * submission, else that of the controller (2000).
   */
  readonly grace?: number;
}

/** The other tasks of a loop that was ended to kill one of them. */
export interface Killed {
  readonly lost: TaskRecord[];
  readonly resubmitted: TaskRecord[];
}

/** How long another process has to give a queued task back. */
const MAX_REVOKE_MS = 300;

const checkCancelOptions = optionsCheck<CancelOptions>({ grace: checkMs });

/**
 * Asks tasks to stop. Each promise resolves when its result is known.
 *
 * @throws {TypeError} The reason or an option can't be used.
 */
export function cancelAll(
  scheduler: Scheduler,
  records: readonly TaskRecord[],
  reason: string | Error = "cancelled",
  options: CancelOptions = {},
): Promise<CancelResult>[] {
  checkReason("reason", reason);
  checkCancelOptions(options);
  for (const record of records) record.loop?.update(record);
  const results = records.map((record): Promise<CancelResult> => {
    if (record.done) return Promise.resolve("finished");
    return new Promise((resolve) => {
      record.listen({ onSettled: () => resolve(cancelResult(record)) });
    });
  });
  stopAll(scheduler, records, reason, options.grace);
  return results;
}

function cancelResult(record: TaskRecord): CancelResult {
  if (record.state !== "cancelled") return "finished";
  return record.confirmed ? "cancelled" : "ignored";
}

/**
 * Asks tasks to stop. Queued tasks come first, so that none of them starts in
 * the slot that another one frees.
 */
export function stopAll(
  scheduler: Scheduler,
  records: readonly TaskRecord[],
  reason: string | Error,
  grace?: number,
): void {
  const inLoops = records.filter((record) => record.loop !== undefined);
  for (const record of records) {
    if (record.loop === undefined) scheduler.stop(record, reason, grace);
  }
  for (const record of inLoops) scheduler.stop(record, reason, grace);
}

/**
 * Stops a task by force, and its loop with it. Resolves when the loop has ended.
 * No step waits for a promise, since a kill must also end while this thread is
 * blocked.
 */
export async function kill(
  scheduler: Scheduler,
  record: TaskRecord,
  reason: string | Error,
): Promise<Killed> {
  checkReason("reason", reason);
  scheduler.refresh(record);
  if (record.state !== "queued") {
    return await killLoop(scheduler, record, reason);
  }
  // A cancel is enough if the task has not started.
  return await new Promise((resolve) => {
    const go = (): void => {
      scheduler.timers.stop(late);
      record.unlisten(listener);
      resolve(killLoop(scheduler, record, reason));
    };
    const late = new Alarm(go);
    const listener = { onSettled: go };
    scheduler.timers.start(late, MAX_REVOKE_MS);
    record.listen(listener);
    scheduler.stop(record, reason);
  });
}

async function killLoop(
  scheduler: Scheduler,
  record: TaskRecord,
  reason: string | Error,
): Promise<Killed> {
  const { loop } = record;
  const over = record.done && !record.abandoned;
  if (over || loop === undefined) return { lost: [], resubmitted: [] };
  scheduler.loops.unshare(loop);
  record.stopFor(reason);
  const others = [...scheduler.table.activeIn(loop)]
    .filter((one) => one !== record);
  await loop.kill(
    withoutStack(() => new Error(`it was ended to kill task ${record.id}`)),
  );
  return {
    lost: others.filter((one) => one.result instanceof LoopLostError),
    resubmitted: others.filter((one) => !one.done),
  };
}
