/** Snapshots, rows and styles to render. */
import { render, type Reply } from "../../../src/cli/render/reply.ts";
import {
  type GroupRow,
  rowFields,
  tableLines,
  type TaskRow,
} from "../../../src/cli/render/table.ts";
import type { Style } from "../../../src/cli/text/style.ts";
import type { Outcome, TaskSnapshot } from "../../../src/task.ts";

export const NOON = new Date(2031, 4, 1, 12, 0, 0).getTime();
export const PIPED: Style = { width: Infinity, color: false, now: NOON };
export const NARROW: Style = { width: 60, color: false, now: NOON };

export function snapshot(fields: Partial<TaskSnapshot> = {}): TaskSnapshot {
  return {
    id: 1,
    name: "sleep",
    task: "sleep",
    args: [],
    state: "running",
    cancelling: false,
    abandoned: false,
    paused: false,
    priority: 0,
    attempt: 1,
    attempts: 1,
    submittedAt: NOON,
    elapsedMs: 1234,
    ...fields,
  };
}

export function row(
  fields: Partial<TaskSnapshot>,
  depth = 0,
  outcome?: Outcome,
): TaskRow {
  return { kind: "task", depth, task: snapshot(fields), outcome };
}

export function text(reply: Reply, style = PIPED): string {
  return render(reply, style);
}

export function json(reply: Reply): unknown {
  return render(reply, "json").trimEnd().split("\n")
    .map((line) => JSON.parse(line));
}

/** The rows as a reply. */
export function tableReply(rows: readonly (TaskRow | GroupRow)[]): Reply {
  return {
    text: (style) => tableLines(rows, style).join("\n"),
    json: () => rows.map(rowFields),
  };
}
