/**
 * Stopping tasks: by asking them to, or by force.
 *
 * @module
 */
import { checkMs, checkReason, optionsCheck } from "../../checks.ts";
import { LoopLostError, withoutStack } from "../../errors.ts";
import { inspect } from "../../protocol/codec.ts";
import { Alarm, type Timers } from "../../timers.ts";
import type { LiveLoop } from "../loops/live_loop.ts";
import type { LoopSet } from "../loops/loop_set.ts";
import type { TaskRecord } from "../task/record.ts";

/** What stopping needs of the scheduler that has the tasks. */
export interface StoppingOwner {
  readonly loops: LoopSet;
  /** They fire while this thread is blocked, too. */
  readonly timers: Timers;
  /** Makes what is known of a task what is true at this moment. */
  refresh(record: TaskRecord): void;
  /** Asks a task to stop; one that waits is stopped by that. */
  stop(record: TaskRecord, reason: string | Error, grace?: number): void;
}

/** What a request to cancel came to. */
export type CancelResult = "cancelled" | "finished" | "ignored";

/** How a task is asked to stop. */
export interface CancelOptions {
  /**
   * Milliseconds that the task has to unwind in; by default what it was
   * submitted with, else what the controller says (2000).
   */
  readonly grace?: number;
}

/** What became of the other tasks of a loop that was ended to kill one. */
export interface Killed {
  readonly lost: TaskRecord[];
  readonly resubmitted: TaskRecord[];
}

/** How long a task that waits in another process has to be taken back, in ms. */
const TAKE_BACK_WITHIN = 300;

const checkCancelOptions = optionsCheck<CancelOptions>({ grace: checkMs });

/**
 * Asks tasks to stop; each resolves when it is known what came of it.
 *
 * @throws {TypeError} The reason or an option can't be used.
 */
export function cancelAll(
  owner: StoppingOwner,
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
      record.listen({ settled: () => resolve(cancelResult(record)) });
    });
  });
  stopAll(owner, records, reason, options.grace);
  return results;
}

function cancelResult(record: TaskRecord): CancelResult {
  if (record.state !== "cancelled") return "finished";
  return record.confirmed ? "cancelled" : "ignored";
}

/**
 * Asks tasks to stop. Those that wait come first, so that none of them starts
 * in the place that another leaves.
 */
export function stopAll(
  owner: StoppingOwner,
  records: readonly TaskRecord[],
  reason: string | Error,
  grace?: number,
): void {
  const inLoops = records.filter((record) => record.loop !== undefined);
  for (const record of records) {
    if (record.loop === undefined) owner.stop(record, reason, grace);
  }
  for (const record of inLoops) owner.stop(record, reason, grace);
}

/** Asks a task to stop when `signal` aborts. */
export function stopOnAbort(
  owner: StoppingOwner,
  record: TaskRecord,
  signal: AbortSignal,
): void {
  const stop = (): void => owner.stop(record, reasonOf(signal));
  if (signal.aborted) return stop();
  signal.addEventListener("abort", stop, { once: true });
  record.own.release = () => signal.removeEventListener("abort", stop);
}

/** Whatever `signal` was aborted with, as the reason of a task. */
function reasonOf({ reason }: AbortSignal): string | Error {
  try {
    if (typeof reason === "string" || reason instanceof Error) return reason;
  } catch {
    // A Proxy can throw at whatever is asked of it.
  }
  return inspect(reason);
}

/**
 * Stops a task by force, and with it the loop that it is in. Resolves when the
 * loop is gone. No step of it waits for a promise: it must also come to its end
 * while this thread is blocked.
 */
export async function kill(
  owner: StoppingOwner,
  record: TaskRecord,
  reason: string | Error,
): Promise<Killed> {
  checkReason("reason", reason);
  owner.refresh(record);
  if (record.state !== "queued") return await killLoop(owner, record, reason);
  // Asking may do where it has not begun.
  return await new Promise((resolve) => {
    const go = (): void => {
      owner.timers.stop(late);
      record.unlisten(listener);
      resolve(killLoop(owner, record, reason));
    };
    const late = new Alarm(go);
    const listener = { settled: go };
    owner.timers.start(late, TAKE_BACK_WITHIN);
    record.listen(listener);
    owner.stop(record, reason);
  });
}

async function killLoop(
  owner: StoppingOwner,
  record: TaskRecord,
  reason: string | Error,
): Promise<Killed> {
  const loop = record.loop as LiveLoop | undefined;
  const over = record.done && !record.abandoned;
  if (over || loop === undefined || !owner.loops.has(loop)) {
    return { lost: [], resubmitted: [] };
  }
  owner.loops.unshare(loop);
  record.stopFor(reason);
  const others = [...loop.tasks.active()].filter((one) => one !== record);
  await loop.kill(
    withoutStack(() => new Error(`it was ended to kill task ${record.id}`)),
  );
  return {
    lost: others.filter((one) => one.result instanceof LoopLostError),
    resubmitted: others.filter((one) => !one.done),
  };
}
