/** IDS → the handles of the tasks that they select. */
import type { LoopController, TaskHandle } from "../../../mod.ts";
import { formatId, type IdItem, IDS_HINT } from "../language/ids.ts";
import { LineError } from "../language/line.ts";
import { didYouMean } from "../text/nearest.ts";

/**
 * The tasks that the items select, each once, in the order of the items.
 *
 * @throws {LineError} If an item selects no task that the controller knows.
 */
export function selectTasks(
  items: readonly IdItem[],
  loop: LoopController,
): TaskHandle[] {
  const chosen = new Set<TaskHandle>();
  for (const item of items) {
    for (const handle of matching(item, loop)) chosen.add(handle);
  }
  return [...chosen];
}

/**
 * The one task that the item selects.
 *
 * @throws {LineError} If it selects none, or several.
 */
export function selectTask(item: IdItem, loop: LoopController): TaskHandle {
  const handles = matching(item, loop);
  const [handle] = handles;
  if (handle === undefined || handles.length > 1) {
    const ids = handles.map(({ id }) => formatId(id)).join(" or ");
    throw new LineError(`several tasks go by that name: say ${ids}`, item);
  }
  return handle;
}

function matching(item: IdItem, loop: LoopController): TaskHandle[] {
  switch (item.kind) {
    case "all":
      return loop.list();
    case "one": {
      const handle = loop.get(item.id);
      if (handle === undefined) {
        throw new LineError(`no task ${formatId(item.id)} here`, item);
      }
      return [handle];
    }
    case "range": {
      const handles = loop.list().filter(({ id }) =>
        typeof id === "number" && id >= item.from && id <= item.to
      );
      if (handles.length === 0) {
        throw new LineError(
          `no task from #${item.from} to #${item.to} here`,
          item,
        );
      }
      return handles;
    }
    case "name":
      return named(item, loop);
  }
}

function named(
  item: IdItem & { kind: "name" },
  loop: LoopController,
): TaskHandle[] {
  const handles = loop.list();
  const found = handles.filter((handle) =>
    handle.name === item.name || handle.group === item.name
  );
  if (found.length > 0) return found;
  const names = handles.flatMap(({ name, group }) =>
    group === undefined ? [name] : [name, group]
  );
  const guess = didYouMean(item.name, new Set(names)) || `; ${IDS_HINT}`;
  throw new LineError(`no task is called "${item.name}"${guess}`, item);
}
