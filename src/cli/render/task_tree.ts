/**
 * Handles → the rows of a table: members under their group, children under
 * their parent.
 *
 * @module
 */
import type { TaskHandle } from "../../../mod.ts";
import type { Row } from "./reply.ts";
import type { Session } from "../session/session.ts";

/**
 * The rows for these tasks, each task once. A group has a row of its own if
 * more than one of its members is among them.
 */
export function taskTree(
  handles: readonly TaskHandle[],
  session: Pick<Session, "outcomeOf">,
): Row[] {
  const chosen = new Set(handles);
  const children = Map.groupBy(
    handles,
    ({ parent }) => parent !== undefined && chosen.has(parent) ? parent : null,
  );
  const roots = children.get(null) ?? [];
  const groups = Map.groupBy(roots, ({ group }) => group);
  const rows: Row[] = [];
  const addTask = (handle: TaskHandle, depth: number): void => {
    rows.push({
      kind: "task",
      depth,
      task: handle.snapshot(),
      outcome: session.outcomeOf(handle),
    });
    for (const child of children.get(handle) ?? []) addTask(child, depth + 1);
  };
  for (const root of roots) {
    const { group } = root;
    const members = group === undefined ? [] : groups.get(group) ?? [];
    if (group === undefined || members.length === 1) {
      addTask(root, 0);
    } else if (members[0] === root) {
      rows.push({
        kind: "group",
        depth: 0,
        name: group,
        members: members.map(({ id }) => id),
        done: members.filter(({ done }) => done).length,
      });
      for (const member of members) addTask(member, 1);
    }
  }
  return rows;
}
