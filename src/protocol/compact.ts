/**
 * Under light load a batch is one task, or one result. Such a one crosses as a
 * flat array, which takes a third of the time to copy.
 *
 * @module
 */
import { isPrimitive } from "../clone.ts";
import type { FromLoop, ToLoop } from "./messages.ts";
import type { TaskId } from "../task.ts";

/** One task to be run, without options. */
export type OneTask = readonly [id: TaskId, ref: number, ...args: unknown[]];

/** What one task returned. */
export type OneResult = readonly [id: TaskId, value: unknown, at: number];

export function compactTask(
  batch: readonly ToLoop[],
): OneTask | readonly ToLoop[] {
  const first = batch[0];
  return batch.length === 1 && first?.type === "run" &&
      first.ids.length === 1 && first.options === undefined
    ? [first.ids[0]!, first.refs[0]!, ...first.args]
    : batch;
}

export function expandTask(
  compact: OneTask | readonly ToLoop[],
): readonly ToLoop[] {
  if (!isOneTask(compact)) return compact;
  const [id, ref] = compact;
  const args = compact.slice(2);
  return [{ type: "run", ids: [id], refs: [ref], args, counts: args.length }];
}

function isOneTask(compact: OneTask | readonly ToLoop[]): compact is OneTask {
  return typeof compact[0] === "number";
}

/** The result that is all of the batch, if it is copied by being assigned. */
export function compactResult(
  batch: readonly FromLoop[],
): OneResult | undefined {
  const first = batch[0];
  return batch.length === 1 && first?.type === "succeeded" &&
      first.ids.length === 1 && isPrimitive(first.values[0])
    ? [first.ids[0]!, first.values[0], first.at]
    : undefined;
}

/** What a batch from the loop is when it has crossed. */
export type FromWorker = OneResult | readonly FromLoop[];

export function expandResult(compact: FromWorker): readonly FromLoop[] {
  if (!isOneResult(compact)) return compact;
  const [id, value, at] = compact;
  return [{ type: "succeeded", ids: [id], values: [value], at }];
}

function isOneResult(compact: FromWorker): compact is OneResult {
  return typeof compact[0] !== "object";
}
