/** Which rows of a list of tasks are shown: all as a tree, or the most telling. */
import { paint } from "../text/style.ts";
import type { Reply } from "./reply.ts";
import { shownState, type TaskStatus } from "./status.ts";
import { statesText } from "./sums.ts";
import {
  type FoldRow,
  type GroupRow,
  type Row,
  rowFields,
  tableLines,
  type TaskRow,
} from "./table.ts";

/** Which tasks come first, and how many at most. Without both, all as a tree. */
export interface ListOptions {
  readonly order?: "slowest" | "newest" | undefined;
  readonly most?: number | undefined;
}

/** More rows than this may have scrolled off the screen. */
const MANY_ROWS = 20;

/** The lines of the screen for what was typed, the sums, and the next prompt. */
const OTHER_LINES = 3;

/** Where a screen has fewer lines than tasks, a third is for those folded. */
const FOLDED_SHARE = 1 / 3;

export function taskListReply(
  tasks: readonly TaskStatus[],
  { order, most }: ListOptions = {},
): Reply {
  const chosen = order === undefined && most === undefined
    ? undefined
    : tasksInOrder(tasks, order).slice(0, most).map(flatRow);
  return {
    text: (style) => {
      if (tasks.length === 0) return "no tasks";
      const lines = (style.height ?? Infinity) - OTHER_LINES;
      const rows = chosen ??
        (tasks.length > lines ? fewRows(tasks, lines) : taskRows(tasks));
      const many = rows.length < tasks.length || tasks.length > MANY_ROWS;
      const sums = paint(statesText(tasks.map(shownState)), "dim", style);
      return [...tableLines(rows, style), ...many ? [sums] : []].join("\n");
    },
    json: () =>
      tasks.length === 0
        ? { type: "notice", message: "no tasks" }
        : (chosen ?? taskRows(tasks)).map(rowFields),
  };
}

/**
 * The rows for these tasks: children under their parent, and members under a row
 * for their group if there are several.
 */
export function taskRows(
  tasks: readonly TaskStatus[],
): (TaskRow | GroupRow)[] {
  const ids = new Set(tasks.map(({ task }) => task.id));
  const children = Map.groupBy(
    tasks,
    ({ task: { parent } }) =>
      parent !== undefined && ids.has(parent) ? parent : null,
  );
  const roots = children.get(null) ?? [];
  const groups = Map.groupBy(roots, ({ task }) => task.group);
  const rows: (TaskRow | GroupRow)[] = [];
  const addTask = (status: TaskStatus, depth: number): void => {
    rows.push({ kind: "task", depth, ...status });
    for (const child of children.get(status.task.id) ?? []) {
      addTask(child, depth + 1);
    }
  };
  for (const root of roots) {
    const { group } = root.task;
    const members = group === undefined ? [] : groups.get(group) ?? [];
    if (group === undefined || members.length === 1) {
      addTask(root, 0);
    } else if (members[0] === root) {
      rows.push({
        kind: "group",
        depth: 0,
        name: group,
        members: members.map(({ task }) => task.id),
        done: members.filter(({ outcome }) => outcome !== undefined).length,
      });
      for (const member of members) addTask(member, 1);
    }
  }
  return rows;
}

/**
 * At most so many rows for more tasks than that: what runs, what failed, and the
 * rest folded by name and state.
 */
export function fewRows(tasks: readonly TaskStatus[], lines: number): Row[] {
  const telling = tasks.filter((status) => rankOf(status) < REST);
  const others = tasks.filter((status) => rankOf(status) === REST);
  let folded = linesToFold(others, lines);
  if (telling.length > lines - folded) folded = linesToFold(tasks, lines);
  const shown = tasksInOrder(telling).slice(0, Math.max(0, lines - folded));
  const rest = new Set(tasks).difference(new Set(shown));
  const byName = Map.groupBy(rest, nameAndState);
  const folds = byName.size <= folded ? byName : Map.groupBy(rest, shownState);
  return [
    ...shown.map(flatRow),
    ...Array.from(
      folds.values(),
      (equal) => equal.length === 1 ? flatRow(equal[0]!) : foldOf(equal),
    ),
  ];
}

/** How many lines the tasks take folded: by name if that is not too many. */
function linesToFold(tasks: readonly TaskStatus[], lines: number): number {
  const names = new Set(tasks.map(nameAndState)).size;
  const states = new Set(tasks.map(shownState)).size;
  return Math.min(names, Math.max(states, Math.ceil(lines * FOLDED_SHARE)));
}

function foldOf(tasks: readonly TaskStatus[]): FoldRow {
  const [first] = tasks as [TaskStatus];
  const names = new Set(tasks.map(({ task }) => task.name));
  let [least, most] = [Infinity, 0];
  for (const { task: { elapsedMs } } of tasks) {
    least = Math.min(least, elapsedMs);
    most = Math.max(most, elapsedMs);
  }
  return {
    kind: "fold",
    depth: 0,
    count: tasks.length,
    name: names.size === 1 ? first.task.name : undefined,
    state: shownState(first),
    elapsedMs: [least, most],
  };
}

function flatRow(status: TaskStatus): TaskRow {
  return { kind: "task", depth: 0, ...status };
}

function nameAndState(status: TaskStatus): string {
  return `${shownState(status)} ${status.task.name}`;
}

/** The rank of all that neither runs nor has failed. */
const REST = 2;

function rankOf(status: TaskStatus): number {
  switch (shownState(status)) {
    case "running":
    case "cancelling":
    case "abandoned":
      return 0;
    case "failed":
    case "timed out":
      return 1;
    default:
      return REST;
  }
}

function tasksInOrder(
  tasks: readonly TaskStatus[],
  order?: ListOptions["order"],
): readonly TaskStatus[] {
  switch (order) {
    case "slowest":
      return tasks.toSorted((a, b) => b.task.elapsedMs - a.task.elapsedMs);
    case "newest":
      // Of tasks that were submitted together, the last comes first.
      return tasks.toReversed()
        .sort((a, b) => b.task.submittedAt - a.task.submittedAt);
    case undefined:
      return tasks.toSorted((a, b) => rankOf(a) - rankOf(b));
  }
}
