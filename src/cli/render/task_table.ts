/**
 * Tasks as a table with aligned columns, children and members as a tree.
 *
 * @module
 */
import { formatDuration } from "../text/duration.ts";
import { excerpt } from "../text/escape.ts";
import { formatId } from "../language/ids.ts";
import type { Row } from "./reply.ts";
import {
  standingDetails,
  STATE_PAINT,
  stateWord,
  taskName,
} from "./standing.ts";
import { paint, type Style } from "../text/style.ts";
import { count } from "./value_text.ts";
import { displayWidth, fit, padEnd, padStart } from "../text/width.ts";

const GAP = "  ";
const WIDEST_NAME = 28;
const NARROWEST_DETAILS = 8;

interface Cells {
  readonly title: string;
  readonly state: string;
  readonly elapsed: string;
  readonly details: string;
  readonly row: Row;
}

/** The table, a line each row; empty if there are none. */
export function taskTable(rows: readonly Row[], style: Style): string[] {
  const branches = treeBranches(rows.map(({ depth }) => depth));
  const idWidth = widest(rows.map((row, i) => `${branches[i]}${idCell(row)}`));
  const cells = rows.map((row, i): Cells => ({
    title: titleCell(row, branches[i] ?? "", idWidth, style),
    state: row.kind === "group" ? "" : stateWord(row),
    elapsed: row.kind === "group" || row.task.state === "queued"
      ? ""
      : formatDuration(row.task.elapsedMs),
    details: row.kind === "group"
      ? ""
      : standingDetails(row, style.now).join(" · "),
    row,
  }));
  const widths = {
    title: widest(cells.map(({ title }) => title)),
    state: widest(cells.map(({ state }) => state)),
    elapsed: widest(cells.map(({ elapsed }) => elapsed)),
  };
  return cells.map((cell) => line(cell, widths, style));
}

/** More rows than this may have scrolled off the screen. */
const MANY = 20;

/** Below a long table, how many tasks there are in which state. */
export function tableSummary(rows: readonly Row[], style: Style): string[] {
  const tasks = rows.filter((row) => row.kind === "task");
  if (tasks.length <= MANY) return [];
  const states = Map.groupBy(tasks, stateWord);
  const counts = Array.from(
    states,
    ([word, { length }]) => `${count(length)} ${word}`,
  );
  return [
    paint(`${count(tasks.length)} tasks: ${counts.join(", ")}`, "dim", style),
  ];
}

function line(
  cell: Cells,
  widths: { title: number; state: number; elapsed: number },
  style: Style,
): string {
  const { row } = cell;
  if (row.kind === "group") {
    return fit(cell.title, style.width) +
      paint(`${GAP}${row.done} of ${row.members.length} done`, "dim", style);
  }
  const left = widths.title + widths.state + widths.elapsed + 3 * GAP.length;
  const room = Math.max(NARROWEST_DETAILS, style.width - left);
  const text = padEnd(cell.title, widths.title) + GAP +
    paint(
      padEnd(cell.state, widths.state),
      STATE_PAINT[stateWord(row)],
      style,
    ) +
    GAP + padStart(cell.elapsed, widths.elapsed) + GAP +
    paint(fit(cell.details, room), "dim", style);
  return text.trimEnd();
}

function titleCell(
  row: Row,
  branch: string,
  idWidth: number,
  style: Style,
): string {
  const limit = Number.isFinite(style.width) ? WIDEST_NAME : Infinity;
  if (row.kind === "group") {
    return `${branch}${fit(excerpt(row.name), limit)}`;
  }
  return padEnd(`${branch}${idCell(row)}`, idWidth) + GAP +
    fit(taskName(row.task), limit);
}

function idCell(row: Row): string {
  return row.kind === "group" ? "" : formatId(row.task.id);
}

/** The lines of the tree before each row: `├ `, `│ └ `. */
function treeBranches(depths: readonly number[]): string[] {
  return depths.map((depth, at) => {
    let branch = "";
    for (let level = 1; level <= depth; level++) {
      const more = continues(depths, at, level);
      if (level === depth) branch += more ? "├ " : "└ ";
      else branch += more ? "│ " : "  ";
    }
    return branch;
  });
}

/** Whether another row follows at this level, under the same row above. */
function continues(
  depths: readonly number[],
  at: number,
  level: number,
): boolean {
  let next = at + 1;
  while ((depths[next] ?? -1) > level) next++;
  return depths[next] === level;
}

function widest(texts: readonly string[]): number {
  return texts.reduce((most, text) => Math.max(most, displayWidth(text)), 0);
}
