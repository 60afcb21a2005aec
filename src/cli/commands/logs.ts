/** `logs`: shows what a task wrote with `console`. */
import type { LoopController, TaskHandle } from "../../../mod.ts";
import type { LogEntry, TaskSnapshot } from "../../task.ts";
import { formatId, type IdItem } from "../language/ids.ts";
import { FLAG, IDS } from "../language/kinds.ts";
import { LineError } from "../language/line.ts";
import { notice, type Reply } from "../render/reply.ts";
import { taskFields, taskTitle } from "../render/task.ts";
import type { Session } from "../session/session.ts";
import { selectTasks } from "../session/selection.ts";
import { escapeLine } from "../../escape.ts";
import { type Paint, paint, withoutColor } from "../text/style.ts";
import { counted, formatTimeOfDay } from "../text/amounts.ts";
import { command } from "./command.ts";

const FOLLOW = {
  kind: FLAG,
  help: "continue until the tasks end, or Ctrl-C",
} as const;

export default command({
  name: "logs",
  summary: "what tasks wrote with console, or what no task did",
  args: { ids: { kind: IDS, optional: true, many: true } },
  options: { follow: FOLLOW },
  details:
    `Without IDS, or as "logs loop": what was written outside of any task, by a
module while it loads, or by a program that a task in a process has started.
Lines of several tasks come in the order of their times, each with its task.`,
  examples: ["logs 3 --follow", "logs failed"],
  async *run({ args: { ids }, options }, { session, signal, endOfLine }) {
    const { loop } = session;
    if (ids.length === 0 || isOfLoop(ids, loop)) {
      if (options.follow) throw new LineError("--follow needs IDS", endOfLine);
      yield* linesOf(loop.logs().map((entry) => ({ entry })), "the loop");
      return;
    }
    const handles = selectTasks(ids, loop);
    yield* droppedLines(handles);
    yield* options.follow
      ? followReplies(handles, signal)
      : linesOf(entriesOf(handles), whoIs(handles));
  },
});

/** Whether the loop is meant, and not a task that is called so. */
function isOfLoop([item]: readonly IdItem[], loop: LoopController): boolean {
  return item?.kind === "name" && item.name === "loop" &&
    !loop.list().some(({ name, group }) => name === "loop" || group === "loop");
}

/** A line and who wrote it; `marked` if others could have. */
interface Line {
  readonly entry: LogEntry;
  readonly task?: TaskSnapshot;
  readonly marked?: boolean;
}

function entriesOf(handles: readonly TaskHandle[]): Line[] {
  const marked = handles.length > 1;
  return handles.flatMap((handle) => {
    const entries = handle.logs();
    if (entries.length === 0) return [];
    const task = handle.snapshot();
    return entries.map((entry) => ({ entry, task, marked }));
  }).sort((a, b) => a.entry.at - b.entry.at);
}

async function* followReplies(
  chosen: readonly TaskHandle[],
  signal: AbortSignal,
): AsyncGenerator<Reply> {
  // Nobody can resume a task while this waits for its lines.
  const [paused, handles] = [true, false].map((is) =>
    chosen.filter((handle) => handle.snapshot().paused === is)
  ) as [TaskHandle[], TaskHandle[]];
  for (const { id } of paused) yield notice(`${formatId(id)} is paused`);
  if (handles.length === 0) {
    if (paused.length === 0) yield notice("no tasks");
    return;
  }
  const { MuxAsyncIterator } = await import("@std/async/mux-async-iterator");
  const lines = new MuxAsyncIterator<Line>();
  for (const handle of handles) {
    lines.add(follow(handle, handles.length > 1, signal));
  }
  let written = 0;
  for await (const line of lines) {
    written++;
    yield logReply(line.task, line.entry, line.marked);
  }
  if (written === 0 && !signal.aborted) yield* linesOf([], whoIs(handles));
}

async function* follow(
  handle: TaskHandle,
  marked: boolean,
  signal: AbortSignal,
): AsyncGenerator<Line> {
  for await (const entry of handle.followLogs({ signal })) {
    yield { entry, task: handle.snapshot(), marked };
  }
}

function* droppedLines(handles: readonly TaskHandle[]): Generator<Reply> {
  const dropped = handles.reduce((sum, one) => sum + one.droppedLogs, 0);
  if (dropped > 0) yield notice(`${dropped} older lines were dropped`);
}

function whoIs(handles: readonly TaskHandle[]): string {
  const [handle, ...others] = handles;
  if (handle === undefined) return "no such task";
  return others.length === 0
    ? formatId(handle.id)
    : `none of ${counted(handles.length, "task")}`;
}

function linesOf(lines: readonly Line[], who: string): Reply[] {
  if (lines.length > 0) {
    return lines.map(({ task, entry, marked }) =>
      logReply(task, entry, marked)
    );
  }
  const what = who.startsWith("no") ? "anything" : "nothing";
  return [notice(`${who} has written ${what}`)];
}

/** What a task that `run` has started wrote, to be shown once under its result. */
export function outputReplies(handle: TaskHandle, session: Session): Reply[] {
  const task = handle.snapshot();
  const entries = session.outputOf(handle);
  session.runs.delete(handle);
  return entries.map((entry) => logReply(task, entry));
}

/** The columns that say which of several tasks has written a line. */
const MARK_COLUMNS = 24;

/** A line that was written by a task, or outside of any; `marked`: says which. */
export function logReply(
  task: TaskSnapshot | undefined,
  { at, level, text }: LogEntry,
  marked = false,
): Reply {
  return {
    text: (style) => {
      const title = task && marked
        ? [paint(taskTitle(task, MARK_COLUMNS), "cyan", style)]
        : [];
      const time = formatTimeOfDay(at);
      const label = level.padEnd(5);
      const indent = " ".repeat(time.length + label.length + 4);
      const lines = withoutColor(text).split("\n").map(escapeLine)
        .join(`\n${indent}`);
      const color = LEVEL_PAINT[level];
      return [
        ...title,
        paint(time, "dim", style),
        paint(label, "dim", style),
        color === undefined ? lines : paint(lines, color, style),
      ].join("  ");
    },
    json: () => ({
      type: "log",
      ...task && taskFields(task),
      at: Math.round(at),
      level,
      text,
    }),
  };
}

const LEVEL_PAINT: { readonly [L in LogEntry["level"]]?: Paint } = {
  debug: "dim",
  warn: "yellow",
  error: "red",
  note: "dim",
};
