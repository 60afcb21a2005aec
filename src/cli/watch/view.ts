/** What `watch` shows: its state, and a size → lines. */
import type { TaskStatus } from "../render/status.ts";
import { shownState, STATE_PAINT, statusDetails } from "../render/status.ts";
import { taskTitle } from "../render/task.ts";
import { previewValue } from "../render/value_text.ts";
import { bar, count, formatDuration, formatRate } from "../text/amounts.ts";
import { excerpt, paint, type Style } from "../text/style.ts";
import { displayWidth, fit, padEnd, padStart } from "../text/width.ts";
import {
  chosenAt,
  type Item,
  itemAt,
  type Items,
  type WatchState,
} from "./state.ts";
import type { Survey, Watched } from "./survey.ts";

export interface Watching {
  readonly survey: Survey;
  readonly items: Items;
  readonly state: WatchState;
  readonly filter: string;
  /** What the last key has come to. */
  readonly message: string;
  /** Whether the queue is paused. */
  readonly paused: boolean;
  /** That the loop is blocked, if it is. */
  readonly blocked: string | undefined;
  readonly statusOf: (task: Watched) => TaskStatus;
}

/** The lines of the rows' view: at most `rows`, the last one says what keys do. */
export function watchLines(
  watching: Watching,
  style: Style,
  rows: number,
): string[] {
  const { survey, items, state } = watching;
  const head = headLines(watching, style);
  const at = chosenAt(state, items);
  const room = Math.max(0, rows - head.length - 1);
  const { active, ended } = items;
  const least = Math.min(ended.length + 1, Math.floor(room / 3));
  const fits = active.length + (ended.length > 0 ? least : 0) <= room;
  const activeRoom = fits ? active.length : Math.max(1, room - least);
  const shown = windowOf(active, activeRoom, at);
  const ends = windowOf(ended, room - shown.length - 1, at - active.length);
  const hidden = active.length - shown.length;
  const chosen = itemAt(items, at);
  const line = (item: Item): string =>
    item.kind === "group"
      ? groupLine(item.name, survey, state, item === chosen, style)
      : taskLine(item, watching, item === chosen, style);
  const between = [
    ...hidden > 0 ? [`${count(hidden)} more`] : [],
    ...ends.length > 0 ? ["latest ends"] : [],
  ].join(" · ");
  const body = [
    ...shown.map(line),
    ...between === "" ? [] : [paint(fit(between, style.width), "dim", style)],
    ...ends.map(line),
  ].slice(0, room);
  if (body.length === 0) body.push(paint("no tasks", "dim", style));
  while (body.length < room) body.push("");
  return [...head, ...body, footLine(watching, chosen, style)];
}

/** The lines of a page about one task, and where it can be scrolled to. */
export function pageLines(
  title: string,
  lines: readonly string[],
  top: number,
  style: Style,
  rows: number,
): { readonly lines: string[]; readonly lastTop: number } {
  const room = Math.max(1, rows - 2);
  const lastTop = Math.max(0, lines.length - room);
  const from = Math.min(top, lastTop);
  const shown = lines.slice(from, from + room);
  while (shown.length < room) shown.push("");
  const place = lastTop === 0
    ? ""
    : ` · ${from + 1}–${from + room} of ${count(lines.length)}`;
  const foot = fit(`q back · ↑↓ scroll${place}`, style.width);
  return {
    lines: [
      paint(fit(title, style.width), "bold", style),
      ...shown,
      paint(foot, "dim", style),
    ],
    lastTop,
  };
}

/** The page of items that the one at `at` is on; the first if it is on none. */
function windowOf(
  items: readonly Item[],
  room: number,
  at: number,
): readonly Item[] {
  if (room < 1) return [];
  const from = at < 0 || at >= items.length ? 0 : at - at % room;
  return items.slice(from, from + room);
}

/** On a narrower screen, the sums take two lines. */
const MIN_ONE_LINE_COLUMNS = 120;

function headLines(
  { survey, filter, paused, blocked }: Watching,
  style: Style,
): string[] {
  const { counts, perSecond, remainingMs } = survey;
  const done = counts.succeeded + counts.failed + counts.cancelled;
  const all = done + counts.running + counts.queued;
  const sums = Object.entries(counts).filter(([, n]) => n > 0)
    .map(([state, n]) => `${count(n)} ${state}`).join(" · ") || "no tasks";
  const left = [
    ...filter === "" ? [] : [`/${excerpt(filter)}`],
    ...paused ? ["the queue is paused"] : [],
    sums,
  ].join(" · ");
  const right = [
    ...all > 0 ? [` ${Math.floor(done / all * 100)}%`] : [],
    ...perSecond === undefined ? [] : [formatRate(perSecond)],
    ...remainingMs === undefined ? [] : [`${formatDuration(remainingMs)} left`],
  ].join(" · ");
  const oneLine = style.width >= MIN_ONE_LINE_COLUMNS;
  const sumsShown = fit(left, oneLine ? style.width / 2 : style.width);
  const taken = displayWidth(right) +
    (oneLine ? displayWidth(sumsShown) + GAP.length : 0);
  const drawn = bar(all === 0 ? 0 : done / all, style.width - taken);
  const bars = paint(drawn, "green", style) + right;
  const lines = oneLine ? [sumsShown + GAP + bars] : [bars, sumsShown];
  return blocked === undefined
    ? lines
    : [...lines, paint(fit(blocked, style.width), "red", style)];
}

const GAP = "  ";
const MARK = "› ";

function marked(text: string, chosen: boolean, style: Style): string {
  return chosen ? paint(MARK, "bold", style) + text : `  ${text}`;
}

function groupLine(
  name: string,
  { groups }: Survey,
  { folded }: WatchState,
  chosen: boolean,
  style: Style,
): string {
  const { size, active } = groups.get(name) ?? { size: 0, active: [] };
  const done = size - active.length;
  const rest = `  ${count(done)} of ${count(size)} done`;
  const room = style.width - MARK.length - rest.length;
  const title = fit(
    `${folded.has(name) ? "▸" : "▾"} ${excerpt(name)}`,
    room,
  );
  const columns = Math.min(20, room - displayWidth(title) - GAP.length);
  const drawn = columns < 4 ? "" : GAP + bar(done / size, columns);
  return marked(
    title + paint(drawn, "green", style) + paint(rest, "dim", style),
    chosen,
    style,
  );
}

/** Narrower screens show no details. */
const MIN_DETAILED_COLUMNS = 60;
const TITLE_SHARE = 0.5;
const STATE_COLUMNS = 10;
const ELAPSED_COLUMNS = 6;

function taskLine(
  { task, member }: Item & { kind: "task" },
  { statusOf }: Watching,
  chosen: boolean,
  style: Style,
): string {
  const status = statusOf(task);
  const detailed = style.width >= MIN_DETAILED_COLUMNS;
  const room = style.width - MARK.length - STATE_COLUMNS - ELAPSED_COLUMNS -
    2 * GAP.length;
  const titleColumns = detailed ? Math.floor(room * TITLE_SHARE) : room;
  const indent = member ? GAP : "";
  const title = taskTitle(status.task, titleColumns - indent.length);
  const elapsed = status.task.state === "queued"
    ? ""
    : formatDuration(status.task.elapsedMs);
  const details = detailed
    ? detailsOf(status, room - titleColumns - GAP.length, style)
    : "";
  return marked(
    [
      padEnd(indent + title, titleColumns),
      statePart(status, style),
      padStart(elapsed, ELAPSED_COLUMNS),
      paint(details, "dim", style),
    ].join(GAP).trimEnd(),
    chosen,
    style,
  );
}

/** The state; of a task that runs and says how far it is, a bar. */
function statePart(status: TaskStatus, style: Style): string {
  const state = shownState(status);
  const { done, total = 0 } = status.task.progress ?? { done: 0 };
  const text = state === "running" && total > 0
    ? bar(done / total, STATE_COLUMNS)
    : padEnd(state, STATE_COLUMNS);
  return paint(text, STATE_PAINT[state], style);
}

function detailsOf(status: TaskStatus, columns: number, style: Style): string {
  const { outcome } = status;
  if (outcome?.state === "succeeded" && outcome.value !== undefined) {
    return `→ ${previewValue(outcome.value, columns - 2)}`;
  }
  return fit(statusDetails(status, style.now).join(" · "), columns);
}

/** The most useful first: those that do not fit are left out. */
const HINTS = [
  "q leave",
  "c cancel",
  "k kill",
  "Enter result",
  "l logs",
  "/ filter",
  "p pause",
  "+ - time",
  "space folds",
];

function footLine(
  { state, message }: Watching,
  chosen: Item | undefined,
  style: Style,
): string {
  const { typed, armed } = state;
  if (typed !== undefined) {
    return fit(`/${excerpt(typed)}▏`, style.width);
  }
  if (armed !== undefined && chosen !== undefined) {
    const what = chosen.kind === "group"
      ? `all of ${excerpt(chosen.name)}`
      : `#${chosen.task.id}`;
    const text = `${armed[0]} again: ${armed} ${what}`;
    return paint(fit(text, style.width), "yellow", style);
  }
  if (message !== "") return fit(message, style.width);
  let hints = "";
  for (const hint of HINTS) {
    const longer = hints === "" ? hint : `${hints}  ${hint}`;
    if (longer.length <= style.width) hints = longer;
  }
  return paint(hints, "dim", style);
}
