/** IDS → the handles of the tasks that they select. */
import type { LoopController, TaskHandle } from "../../../mod.ts";
import {
  type Filter,
  formatId,
  type IdItem,
  IDS_HINT,
} from "../language/ids.ts";
import { LineError } from "../language/line.ts";
import { didYouMean } from "../text/nearest.ts";
import { isFailure, type Session, type StartedBatch } from "./session.ts";

/** A name of tasks that are collected is free for others. */
type Collected = Pick<WeakSet<TaskHandle>, "has">;

/**
 * The tasks that the items select, each once, in the order of the items.
 *
 * @throws {LineError} If an item selects no task that the controller knows.
 */
export function selectTasks(
  items: readonly IdItem[],
  loop: LoopController,
  collected?: Collected,
): TaskHandle[] {
  return [
    ...new Set(items.flatMap((item) => matching(item, loop, collected))),
  ];
}

/**
 * The batches that the items name, with all of them that run for `all`, and the
 * items that select tasks.
 */
export function takeBatches(
  items: readonly IdItem[],
  { batches }: Session,
): { batches: StartedBatch[]; others: IdItem[] } {
  const taken = new Set<StartedBatch>();
  const others = items.filter((item) => {
    const named = item.kind === "name" ? batches.get(item.name) : undefined;
    if (named !== undefined) taken.add(named);
    if (item.kind === "all") {
      for (const one of batches.values()) if (!one.batch.done) taken.add(one);
    }
    return named === undefined;
  });
  return { batches: [...taken], others };
}

/**
 * The one task that the item selects.
 *
 * @throws {LineError} If it selects none, or several.
 */
export function selectTask(
  item: IdItem,
  loop: LoopController,
  collected?: Collected,
): TaskHandle {
  const [handle, ...others] = matching(item, loop, collected);
  if (handle !== undefined && others.length === 0) return handle;
  const ids = [handle, ...others].map((one) => formatId(one!.id)).join(" or ");
  throw new LineError(`several tasks go by that name: say ${ids}`, item);
}

/** Whether a filter lets the task through. */
export function passes(handle: TaskHandle, filter: Filter): boolean {
  switch (filter) {
    case "done":
      return handle.done;
    case "failed": {
      const outcome = handle.peek();
      return outcome !== undefined && isFailure(outcome);
    }
    default:
      return handle.state === filter;
  }
}

/** @throws {LineError} If none matches, but for `all` and filters. */
function matching(
  item: IdItem,
  loop: LoopController,
  collected?: Collected,
): TaskHandle[] {
  const handles = loop.list();
  switch (item.kind) {
    case "all":
      return handles;
    case "filter":
      return handles.filter((handle) => passes(handle, item.filter));
    case "prefix": {
      const { prefix } = item;
      const found = handles.filter(({ name, group }) =>
        name.startsWith(prefix) || group?.startsWith(prefix)
      );
      if (found.length > 0) return found;
      throw new LineError(`no task's name begins with "${prefix}"`, item);
    }
    case "one": {
      const handle = loop.get(item.id);
      if (handle !== undefined) return [handle];
      throw new LineError(`no task ${formatId(item.id)} here`, item);
    }
    case "range": {
      const { from, to } = item;
      const found = handles.filter(({ id }) =>
        typeof id === "number" && id >= from && id <= to
      );
      if (found.length > 0) return found;
      throw new LineError(`no task from #${from} to #${to} here`, item);
    }
    case "name": {
      const { name } = item;
      const named = handles.filter((handle) =>
        handle.name === name || handle.group === name
      );
      const left = named.filter((handle) => !collected?.has(handle));
      const found = left.length > 0 ? left : named;
      if (found.length > 0) return found;
      const names = handles.flatMap(({ name, group = name }) => [name, group]);
      const guess = didYouMean(name, new Set(names)) || `; ${IDS_HINT}`;
      throw new LineError(`no task is called "${name}"${guess}`, item);
    }
  }
}
