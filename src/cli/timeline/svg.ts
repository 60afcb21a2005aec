/** A timeline as an SVG: no script, nothing loaded, light and dark. */
import { escapeLine } from "../../escape.ts";
import { taskTitle } from "../render/task.ts";
import { count, counted, formatDuration } from "../text/amounts.ts";
import type { Phase, Placed, Section, Timeline } from "./layout.ts";
import { type Piece, piecesOf, rowsOf } from "./pieces.ts";
import { ticksOf } from "./ticks.ts";

const WIDTH = 1200;
const MARGIN = 16;
const HEADER = 22;
const WAITING = 24;
const GAP = 14;

/** All rows together are about as high as this, and at least 1 high each. */
const ROWS_HEIGHT = 600;
const MAX_ROW_HEIGHT = 16;

/** What is narrower than this together is one piece. */
const UNIT = 2;

/** A piece of so many units says what it is. */
const MIN_LABEL_WIDTH = 60;
const LETTER_WIDTH = 6.2;

/** All titles together, so that the file stays small. */
const MAX_TITLE_LETTERS = 120_000;

const CLASSES: { readonly [P in Phase]: string } = {
  succeeded: "s",
  failed: "f",
  cancelled: "c",
  cancelling: "g",
  running: "r",
  queued: "q",
};

const STYLE = `
svg{background:#fff;color:#1f2328;font:11px system-ui,sans-serif}
text{fill:currentColor}.d{opacity:.65}.l{fill:#fff;pointer-events:none}
.t{stroke:currentColor;opacity:.15}.w{fill:currentColor;opacity:.25}
.s{stroke:#2da44e}.f{stroke:#cf222e}.c{stroke:#9a6700}.g{stroke:#d4a72c}
.r{stroke:#0969da}.q{stroke:#8c959f}
@media(prefers-color-scheme:dark){svg{background:#0d1117;color:#e6edf3}
.s{stroke:#238636}.f{stroke:#da3633}.c{stroke:#9e6a03}.g{stroke:#bb8009}
.r{stroke:#1f6feb}.q{stroke:#6e7681}}`;

export function svgOf(timeline: Timeline): string {
  const { from, to, sections } = timeline;
  const span = Math.max(1, to - from);
  const scale = (at: number): number =>
    MARGIN + (at - from) / span * (WIDTH - 2 * MARGIN);
  const rows = rowsOf(timeline, ROWS_HEIGHT);
  const all = rows.reduce((sum, n) => sum + n, 0);
  const height = Math.max(
    1,
    Math.min(MAX_ROW_HEIGHT, Math.floor(ROWS_HEIGHT / all)),
  );
  const tasks = sections.reduce((sum, { tasks }) => sum + tasks.length, 0);
  const titled = Math.max(8, Math.min(120, MAX_TITLE_LETTERS / tasks));
  let y = HEADER + GAP;
  const bodies = sections.map((section, n) => {
    const body = sectionOf(section, rows[n]!, { scale, height, titled, y });
    y += HEADER + WAITING + rows[n]! * height + GAP;
    return body;
  });
  const ticks = ticksOf(span, 8).map((ms) => {
    const x = number(scale(from + ms));
    return `<path class="t" d="M${x} ${HEADER}V${y}"/>` +
      `<text class="d" x="${x}" y="${HEADER - 8}">${formatDuration(ms)}</text>`;
  });
  const legend = Object.entries(CLASSES).map(([phase, name], n) =>
    `<path class="${name}" stroke-width="10" d="M${
      MARGIN + n * 90
    } ${y}h10"/>` +
    `<text x="${MARGIN + n * 90 + 14}" y="${y + 4}">${phase}</text>`
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${
    y + HEADER
  }" viewBox="0 0 ${WIDTH} ${y + HEADER}"><title>${counted(tasks, "task")} in ${
    formatDuration(to - from)
  }</title><style>${STYLE}</style>
${[...ticks, ...bodies, ...legend].join("\n")}
</svg>
`;
}

interface Place {
  readonly scale: (at: number) => number;
  /** Of a row. */
  readonly height: number;
  /** How many letters a title has at most. */
  readonly titled: number;
  readonly y: number;
}

function sectionOf(section: Section, rows: number, place: Place): string {
  const { scale, height, y } = place;
  const { name, tasks, slots } = section;
  const top = y + HEADER + WAITING;
  const pieces = piecesOf(section, rows, scale, UNIT).flatMap((line, row) => {
    const middle = number(top + (row + 0.5) * height);
    return line.map((piece) => pieceOf(piece, middle, place));
  });
  const head = `${name === "" ? "" : `${name} · `}${
    counted(tasks.length, "task")
  } · ${counted(slots, "slot")}`;
  return `<text x="${MARGIN}" y="${y + 14}">${escapeXml(head)}</text>
${waitingOf(section, scale, y + HEADER)}
<g class="s" stroke-width="${height > 4 ? height - 1 : height}">
${pieces.join("\n")}
</g>`;
}

function pieceOf(piece: Piece, y: string, { height, titled }: Place): string {
  const { phase, from, to, placed: { task }, tasks } = piece;
  const width = Math.max(to - from - (to - from > 3 ? 1 : 0), 0.5);
  const title = tasks > 1
    ? `${counted(tasks, "task")}, ${phase}`
    : `${taskTitle(task, titled)} · ${timesOf(piece.placed)}`;
  // Most have succeeded: the row's own class says so once for all of them.
  const styled = phase === "succeeded" ? "" : ` class="${CLASSES[phase]}"`;
  const path = `<path${styled} d="M${number(from)} ${y}h${
    number(width)
  }"><title>${escapeXml(title)}</title></path>`;
  if (tasks > 1 || width < MIN_LABEL_WIDTH || height < 11) return path;
  const label = taskTitle(task, Math.floor((width - 6) / LETTER_WIDTH));
  return `${path}<text class="l" x="${number(from + 3)}" y="${
    number(Number(y) + 4)
  }">${escapeXml(label)}</text>`;
}

function timesOf({ parts, task: { startedAt, elapsedMs } }: Placed): string {
  const [{ phase, from, to }] = parts;
  const waited = phase === "queued" || startedAt === undefined
    ? [`waited ${formatDuration(to - from)}`]
    : [];
  const ran = startedAt === undefined
    ? []
    : [`ran ${formatDuration(elapsedMs)}`];
  return [...waited, ...ran].join(", ");
}

/** How many tasks waited, as an area: its height is the most that waited. */
function waitingOf(
  { waiting }: Section,
  scale: (at: number) => number,
  y: number,
): string {
  const most = waiting.reduce((most, { count }) => Math.max(most, count), 0);
  const floor = y + WAITING - 4;
  let path = `M${number(scale(waiting[0]?.at ?? 0))} ${floor}`;
  /** The most that waited within one unit. */
  let [left, peak] = [-Infinity, 0];
  const draw = (): void => {
    if (left < 0) return;
    path += `H${number(left)}V${
      number(floor - peak / Math.max(1, most) * (WAITING - 8))
    }`;
  };
  for (const { at, count } of waiting) {
    const x = scale(at);
    if (x - left >= 1) {
      draw();
      [left, peak] = [x, count];
    } else {
      peak = Math.max(peak, count);
    }
  }
  draw();
  return `<path class="w" d="${path}V${floor}Z"><title>${
    count(most)
  } waited at most</title></path>`;
}

function number(value: number): string {
  return String(Math.round(value * 10) / 10);
}

const ENTITIES: { readonly [char: string]: string } = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
};

/** Text of a task, without what XML knows no way to write. */
function escapeXml(text: string): string {
  return escapeLine(text).replace(/[&<>"]/g, (char) => ENTITIES[char]!)
    .replace(/[\ufffe\uffff]/g, "\ufffd");
}
