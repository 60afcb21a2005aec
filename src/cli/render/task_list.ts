/** Which rows of a list of tasks are shown: all as a tree, or the most telling. */
import type { TaskHandle } from "../../../mod.ts";
import type { Outcome, TaskSnapshot } from "../../task.ts";
import { paint } from "../text/style.ts";
import { type BatchStatus, endedIn } from "./batch.ts";
import type { Reply } from "./reply.ts";
import { type ShownState, shownState, type TaskStatus } from "./status.ts";
import { statesText } from "./sums.ts";
import {
  type FoldRow,
  type GroupRow,
  type Row,
  rowFields,
  tableLines,
  type TaskRow,
} from "./table.ts";

/** A task of a list, which may be long: what is not shown costs little. */
export interface ListedTask extends TaskStatus {
  readonly name: string;
  readonly shown: ShownState;
}

/** A task of a list; its snapshot is made when it is needed. */
export class ListedHandle implements ListedTask {
  readonly #handle: TaskHandle;
  readonly #outcomeOf: (handle: TaskHandle) => Outcome | undefined;
  #task: TaskSnapshot | undefined;
  #shown: ShownState | undefined;

  constructor(
    handle: TaskHandle,
    outcomeOf: (handle: TaskHandle) => Outcome | undefined,
  ) {
    this.#handle = handle;
    this.#outcomeOf = outcomeOf;
  }

  get name(): string {
    return this.#handle.name;
  }

  get task(): TaskSnapshot {
    return this.#task ??= this.#handle.snapshot();
  }

  get outcome(): Outcome | undefined {
    return this.#outcomeOf(this.#handle);
  }

  get shown(): ShownState {
    if (this.#shown === undefined) {
      const { state } = this.#handle;
      const final = state === "succeeded" || state === "failed";
      this.#shown = final ? state : shownState(this);
    }
    return this.#shown;
  }
}

/** Which tasks come first, and how many at most. Without both, all as a tree. */
export interface ListOptions {
  readonly order?: "slowest" | "newest" | undefined;
  readonly most?: number | undefined;
  /** The batches to be shown; they know more tasks than are listed. */
  readonly batches?: readonly BatchStatus[];
}

/** More rows than this may have scrolled off the screen. */
const MANY_ROWS = 20;

/** The lines of the screen for what was typed, the sums, and the next prompt. */
const OTHER_LINES = 3;

/** Where a screen has fewer lines than tasks, a third is for those folded. */
const FOLDED_SHARE = 1 / 3;

export function taskListReply(
  tasks: readonly ListedTask[],
  { order, most, batches = [] }: ListOptions = {},
): Reply {
  const batchRows = batches.map((one) => groupRow(one.name, [], one));
  const chosen = order === undefined && most === undefined ? undefined : [
    ...batchRows,
    ...tasksInOrder(tasks, order).slice(0, most).map(flatRow),
  ];
  return {
    text: (style) => {
      if (tasks.length + batches.length === 0) return "no tasks";
      const lines = (style.height ?? Infinity) - OTHER_LINES - batches.length;
      const rows = chosen ??
        (tasks.length > lines
          ? [...batchRows, ...fewRows(tasks, lines)]
          : taskRows(tasks, batches));
      const many = rows.length < tasks.length || tasks.length > MANY_ROWS;
      const sums = paint(
        statesText(tasks.map(({ shown }) => shown)),
        "dim",
        style,
      );
      return [...tableLines(rows, style), ...many ? [sums] : []].join("\n");
    },
    json: () =>
      tasks.length + batches.length === 0
        ? { type: "notice", message: "no tasks" }
        : (chosen ?? taskRows(tasks, batches)).map(rowFields),
  };
}

/**
 * The rows for these tasks: children under their parent, and members under a row
 * for their group if there are several, or if the group is one of the batches.
 */
export function taskRows(
  tasks: readonly ListedTask[],
  batches: readonly BatchStatus[] = [],
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
  const addTask = (status: ListedTask, depth: number): void => {
    rows.push({ ...flatRow(status), depth });
    for (const child of children.get(status.task.id) ?? []) {
      addTask(child, depth + 1);
    }
  };
  const left = new Map(batches.map((one) => [one.name, one]));
  const addGroup = (name: string, members: readonly ListedTask[]): void => {
    rows.push(groupRow(name, members, left.get(name)));
    left.delete(name);
    for (const member of members) addTask(member, 1);
  };
  for (const root of roots) {
    const { group } = root.task;
    const members = group === undefined ? [] : groups.get(group) ?? [];
    const single = members.length === 1 && !left.has(group!);
    if (group === undefined || single) addTask(root, 0);
    else if (members[0] === root) addGroup(group, members);
  }
  for (const name of left.keys()) addGroup(name, []);
  return rows;
}

function groupRow(
  name: string,
  members: readonly ListedTask[],
  batch?: BatchStatus,
): GroupRow {
  return {
    kind: "group",
    depth: 0,
    name,
    members: members.map(({ task }) => task.id),
    done: batch === undefined
      ? members.filter(({ outcome }) => outcome !== undefined).length
      : endedIn(batch.progress),
    batch,
  };
}

/**
 * At most so many rows for more tasks than that: what runs, what failed, and the
 * rest folded by name and state.
 */
export function fewRows(tasks: readonly ListedTask[], lines: number): Row[] {
  const ranks = Map.groupBy(tasks, rankOf);
  const telling = [...ranks.get(0) ?? [], ...ranks.get(1) ?? []];
  const others = foldsOf(ranks.get(REST) ?? []);
  // The others are looked at once: there may be very many.
  const fits = telling.length <= lines - linesFor(others, lines);
  const all = fits ? others : [...others, ...foldsOf(telling)];
  const folded = linesFor(all, lines);
  const room = Math.max(0, lines - folded);
  const folds = [...foldsOf(telling.slice(room)), ...others];
  return [
    ...telling.slice(0, room).map(flatRow),
    ...(folds.length <= folded ? folds : byState(folds)).map((equal) =>
      equal.length === 1 ? flatRow(equal[0]!) : foldOf(equal)
    ),
  ];
}

/** How many lines folds take: by name if that is not too many. */
function linesFor(folds: readonly ListedTask[][], lines: number): number {
  const states = new Set(folds.map(([one]) => one!.shown)).size;
  const most = Math.max(states, Math.ceil(lines * FOLDED_SHARE));
  return Math.min(folds.length, most);
}

/** The tasks of one state and name together. */
function foldsOf(tasks: readonly ListedTask[]): ListedTask[][] {
  return [...Map.groupBy(tasks, ({ shown }) => shown).values()]
    .flatMap((equal) => [
      ...Map.groupBy(equal, ({ name }) => name).values(),
    ]);
}

function byState(folds: readonly ListedTask[][]): ListedTask[][] {
  return Array.from(
    Map.groupBy(folds, ([one]) => one!.shown).values(),
    (equal) => equal.flat(),
  );
}

/** Of more tasks, the times are left out: that needs a snapshot of each. */
const MAX_TIMED = 10_000;

function foldOf(tasks: readonly ListedTask[]): FoldRow {
  const [{ name, shown }] = tasks as [ListedTask];
  let [least, most] = [Infinity, 0];
  for (const { task } of tasks.length > MAX_TIMED ? [] : tasks) {
    least = Math.min(least, task.elapsedMs);
    most = Math.max(most, task.elapsedMs);
  }
  return {
    kind: "fold",
    depth: 0,
    count: tasks.length,
    name: tasks.every((one) => one.name === name) ? name : undefined,
    state: shown,
    elapsedMs: [least, most],
  };
}

function flatRow({ task, outcome }: TaskStatus): TaskRow {
  return { kind: "task", depth: 0, task, outcome };
}

/** The rank of all that neither runs nor has failed. */
const REST = 2;

function rankOf({ shown }: ListedTask): number {
  switch (shown) {
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
  tasks: readonly ListedTask[],
  order?: ListOptions["order"],
): readonly ListedTask[] {
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
