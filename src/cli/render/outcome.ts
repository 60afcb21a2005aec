/** How a task has ended: in a line, or in full. */
import type { Cancelled, Outcome, TaskId, TaskSnapshot } from "../../task.ts";
import { formatId } from "../language/ids.ts";
import { excerpt, paint, type Style, withRest } from "../text/style.ts";
import { counted, formatDuration } from "../text/amounts.ts";
import { displayWidth } from "../text/width.ts";
import { errorText } from "./error_text.ts";
import { toJsonError, toJsonValue } from "./json_value.ts";
import { type JsonObject, notice, render, type Reply } from "./reply.ts";
import {
  shownState,
  STATE_PAINT,
  statusDetails,
  statusFields,
  type TaskStatus,
} from "./status.ts";
import { taskFields, taskTitle, titleBeside } from "./task.ts";
import { inspectValue, outcomeBounds, previewValue } from "./value_text.ts";

const GAP = "  ";

/** Columns that a title leaves to the value. */
const VALUE_COLUMNS = 24;

/** That a task has ended, in a line. */
export function endedReply(status: TaskStatus): Reply {
  const { task, outcome } = status;
  return {
    text: (style) => {
      const state = shownState(status);
      const elapsed = ` after ${formatDuration(task.elapsedMs)}`;
      const { hiddenLines = 0 } = status;
      const wrote = hiddenLines > 0
        ? [`wrote ${counted(hiddenLines, "line")}: logs ${task.id}`]
        : [];
      const details = [...statusDetails(status, style.now), ...wrote]
        .join(" · ");
      const ended = `  ${state}${elapsed}`;
      const wanted = outcome?.state === "succeeded"
        ? VALUE_COLUMNS
        : Math.min(displayWidth(details), style.width / 3);
      const title = titleBeside(ended + " ".repeat(wanted), task, style);
      const line = `${title}  ${paint(state, STATE_PAINT[state], style)}` +
        elapsed + GAP;
      const columns = displayWidth(title + ended);
      const more = details === "" ? "" : GAP + details;
      const whole = withRest(line, columns + GAP.length, details, style);
      const left = style.width - columns - displayWidth(more);
      return whole + valuePart(outcome, left, style);
    },
    json: () => ({ type: "task", ...statusFields(task) }),
  };
}

export function outcomeReply(task: TaskSnapshot, outcome: Outcome): Reply {
  const reply: Reply = {
    text: (style) => outcomeText(task, outcome, style),
    json: () => ({
      type: "outcome",
      ...taskFields(task),
      ...fieldsOf(outcome),
    }),
    data: () => render(reply, "json"),
    outcome,
  };
  return reply;
}

export function notEndedReply(tasks: readonly { id: TaskId }[]): Reply {
  return notice(`not ended: ${tasks.map(({ id }) => formatId(id)).join(", ")}`);
}

const ARROW = " → ";

/** A value cut to fewer columns says nothing. */
const MIN_CUT_COLUMNS = 8;

/** On a terminal, as much of the value as the line has room for. */
function valuePart(
  outcome: Outcome | undefined,
  left: number,
  style: Style,
): string {
  const columns = left - ARROW.length;
  if (outcome?.state !== "succeeded" || outcome.value === undefined) return "";
  if (columns < 1 || !Number.isFinite(columns)) return "";
  const value = previewValue(outcome.value, columns);
  if (columns < MIN_CUT_COLUMNS && value.endsWith("…")) return "";
  return paint(ARROW, "green", style) + value;
}

function outcomeText(
  task: TaskSnapshot,
  outcome: Outcome,
  style: Style,
): string {
  const elapsed = paint(formatDuration(task.elapsedMs), "dim", style);
  const title = `${taskTitle(task, style.width / 2)}  ${elapsed}`;
  switch (outcome.state) {
    case "succeeded":
      return `${title} ${paint("→", "green", style)} ${
        inspectValue(outcome.value, outcomeBounds(style.width))
      }`;
    case "failed":
      return `${title} ${paint("failed", "red", style)}: ${
        wholeError(outcome.error, style)
      }`;
    case "cancelled":
      return cancelledText(title, outcome, style);
  }
}

function wholeError(error: Error, style: Style): string {
  const { headline, details } = errorText(error, outcomeBounds(style.width));
  const below = details.flatMap((text) => text.split("\n"))
    .map((line) => `\n   ${paint(line, "dim", style)}`);
  return headline + below.join("");
}

function cancelledText(
  title: string,
  { reason, confirmed, error }: Cancelled,
  style: Style,
): string {
  const [state, color] = reason.name === "TimeoutError"
    ? ["timed out", "red"] as const
    : ["cancelled", "yellow"] as const;
  const why = ["", state].includes(reason.message)
    ? ""
    : `: ${excerpt(reason.message)}`;
  const rest = error !== undefined
    ? `; it ${paint("threw", "red", style)} ${wholeError(error, style)}`
    : confirmed
    ? ""
    : "; it ignored its signal, and may still be running";
  return `${title} ${paint(state, color, style)}${why}${rest}`;
}

function fieldsOf(outcome: Outcome): JsonObject {
  switch (outcome.state) {
    case "succeeded":
      return { value: toJsonValue(outcome.value) };
    case "failed":
      return { error: toJsonError(outcome.error) };
    case "cancelled":
      return {
        reason: toJsonError(outcome.reason),
        confirmed: outcome.confirmed,
        error: outcome.error && toJsonError(outcome.error),
      };
  }
}
