/** A timeline as lines of characters. */
import { taskTitle } from "../render/task.ts";
import { counted, formatDuration } from "../text/amounts.ts";
import { excerpt, type Paint, paint, type Style } from "../text/style.ts";
import { fit, padEnd } from "../text/width.ts";
import type { Phase, Section, Timeline } from "./layout.ts";
import { type Piece, piecesOf, rowOf, rowsOf } from "./pieces.ts";
import { ticksOf } from "./ticks.ts";

const MAX_ROWS = 30;

/** Where there is no terminal. */
const PLAIN_COLUMNS = 100;
const MIN_PLOT_COLUMNS = 10;

/** What a place shows, the most telling first: it wins a place that two share. */
const GLYPHS: readonly (readonly [Phase, string, Paint])[] = [
  ["failed", "✗", "red"],
  ["cancelling", "╌", "yellow"],
  ["cancelled", "▒", "yellow"],
  ["running", "▶", "cyan"],
  ["succeeded", "█", "green"],
  ["queued", "·", "dim"],
];

/** How many waited, from none to the most. */
const DEPTHS = " ▁▂▃▄▅▆▇█";

export function pictureLines(timeline: Timeline, style: Style): string[] {
  const { from, to, sections } = timeline;
  const width = Number.isFinite(style.width) ? style.width : PLAIN_COLUMNS;
  const labels = Math.floor(width / 4);
  const columns = Math.max(MIN_PLOT_COLUMNS, width - labels - 1);
  const span = Math.max(1, to - from);
  const scale = (at: number): number => (at - from) / span * columns;
  const rows = rowsOf(timeline, MAX_ROWS);
  const shown = new Set<Phase>();
  const lines = sections.flatMap((section, n) => {
    const pieces = piecesOf(section, rows[n]!, scale, 0);
    for (const piece of pieces.flat()) shown.add(piece.phase);
    const head = `${section.name === "" ? "" : `${excerpt(section.name)} · `}${
      counted(section.tasks.length, "task")
    } · ${counted(section.slots, "slot")}`;
    return [
      paint(fit(head, width), "bold", style),
      ...waitingLines(section, columns, labels, scale, style),
      ...pieces.map((line, row) =>
        padEnd(
          fit(labelOf(section, row, rows[n]!, labels), labels),
          labels + 1,
        ) +
        rowText(line, columns, rows[n] === section.slots, style)
      ),
    ];
  });
  const legend = GLYPHS.filter(([phase]) => shown.has(phase))
    .map(([phase, glyph, color]) => `${paint(glyph, color, style)} ${phase}`);
  return [...lines, axis(span, columns, labels + 1), legend.join("  ")];
}

/** The task, where it is alone in the row; else which slots are there. */
function labelOf(
  section: Section,
  row: number,
  rows: number,
  columns: number,
): string {
  const own = section.tasks.filter(({ slot }) =>
    rowOf(slot, section, rows) === row
  );
  if (own.length === 1) return taskTitle(own[0]!.task, columns);
  const slots = own.map(({ slot }) => slot + 1);
  const [first, last] = [
    slots.reduce((a, b) => Math.min(a, b), Infinity),
    slots.reduce((a, b) => Math.max(a, b), 0),
  ];
  return first === last ? `slot ${first}` : `slots ${first}–${last}`;
}

function rowText(
  pieces: readonly Piece[],
  columns: number,
  oneSlot: boolean,
  style: Style,
): string {
  const cells: (number | undefined)[] = new Array(columns);
  /** Where a task begins right after one that came to the same. */
  const seams = new Set<number>();
  for (const { phase, from, to } of pieces) {
    const rank = GLYPHS.findIndex(([one]) => one === phase);
    const first = Math.min(columns - 1, Math.floor(from));
    const last = Math.max(first + 1, Math.min(columns, Math.round(to)));
    const joins = oneSlot && last - first > 1 && cells[first - 1] === rank;
    if (joins) seams.add(first);
    for (let x = first; x < last; x++) {
      cells[x] = Math.min(cells[x] ?? Infinity, rank);
    }
  }
  let text = "";
  for (let x = 0; x < columns;) {
    const rank = cells[x];
    let end = x + 1;
    while (end < columns && cells[end] === rank && !seams.has(end)) end++;
    const glyph = rank === undefined ? undefined : GLYPHS[rank];
    const seam = seams.has(x) ? "│" : "";
    text += glyph === undefined
      ? " ".repeat(end - x)
      : paint(seam + glyph[1].repeat(end - x - seam.length), glyph[2], style);
    x = end;
  }
  return text.trimEnd();
}

/** Nothing where no task has waited for as long as a place is wide. */
function waitingLines(
  { waiting }: Section,
  columns: number,
  labels: number,
  scale: (at: number) => number,
  style: Style,
): string[] {
  const counts: number[] = new Array(columns).fill(0);
  for (const [n, { at, count }] of waiting.entries()) {
    const first = Math.ceil(scale(at));
    const last = Math.min(columns, scale(waiting[n + 1]?.at ?? at));
    for (let x = first; x < last; x++) counts[x] = count;
  }
  const most = counts.reduce((a, b) => Math.max(a, b), 0);
  if (most === 0) return [];
  const text = counts.map((count) =>
    DEPTHS[Math.ceil(count / most * (DEPTHS.length - 1))]
  ).join("").trimEnd();
  const label = fit(`waiting, ${most} at most`, labels);
  return [paint(padEnd(label, labels + 1) + text, "dim", style)];
}

function axis(span: number, columns: number, indent: number): string {
  let text = "";
  for (const ms of ticksOf(span, Math.max(2, Math.floor(columns / 12)))) {
    const at = Math.floor(ms / span * columns);
    const label = `|${formatDuration(ms)}`;
    if (at >= text.length && at + label.length <= columns) {
      text = text.padEnd(at) + label;
    }
  }
  return " ".repeat(indent) + text;
}
