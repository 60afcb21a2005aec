/** `logs`: shows what a task wrote with `console`. */
import type { LoopController, TaskHandle } from "../../../mod.ts";
import type { LogEntry, TaskSnapshot } from "../../task.ts";
import { formatId, type IdItem } from "../language/ids.ts";
import { FLAG, ID } from "../language/kinds.ts";
import { LineError } from "../language/line.ts";
import { notice, type Reply } from "../render/reply.ts";
import { taskFields } from "../render/task.ts";
import { selectTask } from "../session/selection.ts";
import { escapeLine } from "../../escape.ts";
import { type Paint, paint, withoutColor } from "../text/style.ts";
import { formatTimeOfDay } from "../text/amounts.ts";
import { command } from "./command.ts";

export default command({
  name: "logs",
  summary: "what a task wrote with console, or what no task did",
  args: { id: { kind: ID, optional: true } },
  options: {
    follow: { kind: FLAG, help: "continue until the task ends, or Ctrl-C" },
  },
  details:
    `Without ID, or as "logs loop": what was written outside of any task, by a
module while it loads, or by a program that a task in a process has started.`,
  async *run({ args: { id }, options }, { session, signal, endOfLine }) {
    const handle = id && writer(id, session.loop);
    if (handle === undefined) {
      if (options.follow) throw new LineError("--follow needs ID", endOfLine);
      yield* allReplies(undefined, session.loop.logs(), "the loop");
      return;
    }
    if (handle.droppedLogs > 0) {
      yield notice(`${handle.droppedLogs} older lines were dropped`);
    }
    // Nobody can resume a task while this waits for its lines.
    if (options.follow && handle.snapshot().paused) {
      return yield notice(`${formatId(handle.id)} is paused`);
    }
    if (options.follow) {
      let lines = 0;
      for await (const entry of handle.followLogs({ signal })) {
        yield logReply(handle.snapshot(), entry);
        lines++;
      }
      if (lines > 0 || signal.aborted) return;
    }
    yield* allReplies(handle.snapshot(), handle.logs(), formatId(handle.id));
  },
});

/** The task that is meant; undefined for the loop, unless a task is called so. */
function writer(item: IdItem, loop: LoopController): TaskHandle | undefined {
  const isLoop = item.kind === "name" && item.name === "loop" &&
    !loop.list().some(({ name, group }) => name === "loop" || group === "loop");
  return isLoop ? undefined : selectTask(item, loop);
}

function allReplies(
  task: TaskSnapshot | undefined,
  entries: readonly LogEntry[],
  who: string,
): Reply[] {
  return entries.length === 0
    ? [notice(`${who} has written nothing`)]
    : entries.map((entry) => logReply(task, entry));
}

/** A line that was written by a task, or outside of any task. */
export function logReply(
  task: TaskSnapshot | undefined,
  { at, level, text }: LogEntry,
): Reply {
  return {
    text: (style) => {
      const time = formatTimeOfDay(at);
      const label = level.padEnd(5);
      const indent = " ".repeat(time.length + label.length + 4);
      const lines = withoutColor(text).split("\n").map(escapeLine)
        .join(`\n${indent}`);
      const color = LEVEL_PAINT[level];
      return [
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
