/** Tasks as a table with aligned columns, children and members as a tree. */
import type { TaskId } from "../../task.ts";
import { formatId } from "../language/ids.ts";
import { excerpt, paint, type Style } from "../text/style.ts";
import { count, counted, formatDuration } from "../text/amounts.ts";
import { displayWidth, fit, padEnd, padStart, wrap } from "../text/width.ts";
import { type BatchStatus, batchText } from "./batch.ts";
import type { JsonObject } from "./reply.ts";
import {
  type ShownState,
  shownState,
  STATE_PAINT,
  statusDetails,
  statusFields,
  type TaskStatus,
} from "./status.ts";
import { taskName } from "./task.ts";

/** A row of the table: a task, a group above its members, or equal tasks. */
export type Row = TaskRow | GroupRow | FoldRow;

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

/** Tasks that differ in little but their ids and arguments. */
export interface FoldRow {
  readonly kind: "fold";
  readonly depth: 0;
  readonly count: number;
  /** Undefined if not all have the same. */
  readonly name: string | undefined;
  readonly state: ShownState;
  readonly elapsedMs: readonly [least: number, most: number];
}

/** The row as JSON. */
export function rowFields(row: Exclude<Row, FoldRow>): JsonObject {
  if (row.kind === "task") return { type: "task", ...statusFields(row.task) };
  const { name, members, done, batch } = row;
  return { type: "group", name, members, done, total: batch?.progress.total };
}

const GAP = "  ";
const INDENT = "    ";

/** Where there is no line to fill, a name with its arguments is cut to this. */
const MAX_NAME_COLUMNS = 120;

/** So much of a group's name is shown, whatever its sums take. */
const MIN_NAME_COLUMNS = 12;

/** In fewer columns, the details stand below the name and not beside it. */
const MIN_SHARED_COLUMNS = 30;
const DETAILS_SHARE = 0.4;

/** The rows as lines, each within the width. */
export function tableLines(rows: readonly Row[], style: Style): string[] {
  const branches = treeBranches(rows.map(({ depth }) => depth));
  const ids = rows.map((row, i) =>
    `${branches[i]}${row.kind === "task" ? formatId(row.task.id) : ""}`
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
      const room = Math.max(MIN_NAME_COLUMNS, style.width - done.length);
      const name = fit(excerpt(row.name), room);
      const rest = fit(done, style.width - displayWidth(name));
      return name + paint(rest, "dim", style);
    }
    if (row.kind === "fold") return foldLine(row, style);
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

function foldLine(
  { count: tasks, name, state, elapsedMs: [least, most] }: FoldRow,
  style: Style,
): string {
  const what = name === undefined ? counted(tasks, "task") : count(tasks);
  const [from, to] = [formatDuration(least), formatDuration(most)];
  const range = most === 0 ? "" : from === to ? `, ${to}` : `, ${from}–${to}`;
  const shown = name === undefined ? "" : ` ${excerpt(name)}`;
  const room = style.width - displayWidth(`${what} ${state}${range}`);
  return what + fit(shown, Math.max(0, room)) + " " +
    paint(state, STATE_PAINT[state], style) + paint(range, "dim", style);
}

function elapsedText({ task }: TaskRow): string {
  return task.state === "queued" ? "" : formatDuration(task.elapsedMs);
}

function detailsText(row: TaskRow, style: Style): string {
  return statusDetails(row, style.now).join(" · ");
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
