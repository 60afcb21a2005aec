/** Tasks as a table with aligned columns, children and members as a tree. */
import type { TaskHandle } from "../../../mod.ts";
import type { Outcome, TaskId } from "../../task.ts";
import { formatId } from "../language/ids.ts";
import { excerpt, paint, type Style } from "../text/style.ts";
import { count, counted, formatDuration } from "../text/amounts.ts";
import { displayWidth, fit, padEnd, padStart, wrap } from "../text/width.ts";
import { type BatchStatus, batchText, endedIn } from "./batch.ts";
import type { Reply } from "./reply.ts";
import {
  shownState,
  STATE_PAINT,
  statusDetails,
  statusFields,
  type TaskStatus,
} from "./status.ts";
import { taskName } from "./task.ts";

/** A row of the table: a task, or a group above its members. */
export type Row = TaskRow | GroupRow;

export interface TaskRow extends TaskStatus {
  readonly kind: "task";
  /** How many rows of parents and groups it is below. */
  readonly depth: number;
}

export interface GroupRow {
  readonly kind: "group";
  readonly depth: 0;
  readonly name: string;
  /** Those that are not forgotten. */
  readonly members: readonly TaskId[];
  readonly done: number;
  /** Whose members these are, if they are those of a batch. */
  readonly batch?: BatchStatus | undefined;
}

export function tableReply(rows: readonly Row[]): Reply {
  return {
    text: (style) =>
      rows.length === 0
        ? "no tasks"
        : [...tableLines(rows, style), ...summary(rows, style)].join("\n"),
    json: () =>
      rows.length === 0
        ? { type: "notice", message: "no tasks" }
        : rows.map((row) => {
          if (row.kind === "task") {
            return { type: "task", ...statusFields(row.task) };
          }
          const { name, members, done, batch } = row;
          const total = batch?.progress.total;
          return { type: "group", name, members, done, total };
        }),
  };
}

/**
 * The rows for these tasks, each task once: children under their parent, and
 * members under a row for their group if there are several.
 */
export function taskRows(
  handles: readonly TaskHandle[],
  outcomeOf: (handle: TaskHandle) => Outcome | undefined,
  batches: readonly BatchStatus[] = [],
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
      outcome: outcomeOf(handle),
    });
    for (const child of children.get(handle) ?? []) addTask(child, depth + 1);
  };
  const left = new Map(batches.map((one) => [one.name, one]));
  const addGroup = (name: string, members: readonly TaskHandle[]): void => {
    const batch = left.get(name);
    left.delete(name);
    rows.push({
      kind: "group",
      depth: 0,
      name,
      members: members.map(({ id }) => id),
      done: batch === undefined
        ? members.filter(({ done }) => done).length
        : endedIn(batch.progress),
      batch,
    });
    for (const member of members) addTask(member, 1);
  };
  for (const root of roots) {
    const { group } = root;
    const members = group === undefined ? [] : groups.get(group) ?? [];
    const single = members.length === 1 && !left.has(group!);
    if (group === undefined || single) addTask(root, 0);
    else if (members[0] === root) addGroup(group, members);
  }
  for (const name of left.keys()) addGroup(name, []);
  return rows;
}

const GAP = "  ";
const INDENT = "    ";

/** Where there is no line to fill, a name with its arguments is cut to this. */
const MAX_NAME_COLUMNS = 120;

/** In fewer columns, the details stand below the name and not beside it. */
const MIN_SHARED_COLUMNS = 30;
const DETAILS_SHARE = 0.4;

function tableLines(rows: readonly Row[], style: Style): string[] {
  const branches = treeBranches(rows.map(({ depth }) => depth));
  const ids = rows.map((row, i) =>
    `${branches[i]}${row.kind === "group" ? "" : formatId(row.task.id)}`
  );
  const tasks = rows.filter((row) => row.kind === "task");
  const idWidth = widest(ids);
  const stateWidth = widest(tasks.map(shownState));
  const elapsedWidth = widest(tasks.map(elapsedText));
  const room = style.width - idWidth - stateWidth - elapsedWidth -
    3 * GAP.length;
  const nameWidth = widest(
    tasks.map(({ task }) => taskName(task, MAX_NAME_COLUMNS)),
  );
  const detailsWidth = widest(tasks.map((row) => detailsText(row, style)));
  const beside = room >= MIN_SHARED_COLUMNS;
  const detailsRoom = beside
    ? Math.max(room - nameWidth, Math.floor(room * DETAILS_SHARE)) - GAP.length
    : 0;
  const taken = Math.min(detailsWidth, detailsRoom);
  const nameRoom = Math.max(
    1,
    Math.min(nameWidth, taken > 0 ? room - taken - GAP.length : room),
  );
  return rows.flatMap((row, i) => {
    if (row.kind === "group") {
      const sums = row.batch === undefined
        ? `${row.done} of ${row.members.length} done`
        : batchText(row.batch);
      const done = `${GAP}${sums}`;
      const name = fit(excerpt(row.name), style.width - done.length);
      return name + paint(done, "dim", style);
    }
    const state = shownState(row);
    const line = [
      padEnd(ids[i]!, idWidth),
      padEnd(taskName(row.task, nameRoom), nameRoom),
      paint(padEnd(state, stateWidth), STATE_PAINT[state], style),
      padStart(elapsedText(row), elapsedWidth),
    ].join(GAP);
    const details = detailsText(row, style);
    if (beside || details === "") {
      const rest = paint(fit(details, detailsRoom), "dim", style);
      return `${line}${GAP}${rest}`.trimEnd();
    }
    const below = wrap(details, style.width - INDENT.length)
      .map((text) => INDENT + fit(text, style.width - INDENT.length));
    return [
      line.trimEnd(),
      ...below.map((text) => paint(text, "dim", style)),
    ];
  });
}

function elapsedText({ task }: TaskRow): string {
  return task.state === "queued" ? "" : formatDuration(task.elapsedMs);
}

function detailsText(row: TaskRow, style: Style): string {
  return statusDetails(row, style.now).join(" · ");
}

/** More rows than this may have scrolled off the screen. */
const MANY_ROWS = 20;

/** Below a long table, how many tasks are in which state. */
function summary(rows: readonly Row[], style: Style): string[] {
  const tasks = rows.filter((row) => row.kind === "task");
  if (tasks.length <= MANY_ROWS) return [];
  const counts = Array.from(
    Map.groupBy(tasks, shownState),
    ([state, { length }]) => `${count(length)} ${state}`,
  );
  const text = `${counted(tasks.length, "task")}: ${counts.join(", ")}`;
  return [paint(text, "dim", style)];
}

/** The lines of the tree before each row: `├ `, `│ └ `. */
function treeBranches(depths: readonly number[]): string[] {
  /** Whether a row below this one is at the level, under the same parent. */
  const follows: boolean[] = [];
  // From the last row up.
  const branches = depths.toReversed().map((depth) => {
    const branch = Array.from({ length: depth }, (_, above) => {
      const more = follows[above + 1];
      if (above + 1 === depth) return more ? "├ " : "└ ";
      return more ? "│ " : "  ";
    });
    follows[depth] = true;
    follows.length = depth + 1;
    return branch.join("");
  });
  return branches.toReversed();
}

function widest(texts: readonly string[]): number {
  return texts.reduce((most, text) => Math.max(most, displayWidth(text)), 0);
}
