/**
 * A reply → text for a person.
 *
 * @module
 */
import type { Cancelled, Failed } from "../../task.ts";
import { formatDuration } from "../text/duration.ts";
import { errorText } from "./error_text.ts";
import {
  escapeLine,
  escapeText,
  excerpt,
  withoutColor,
} from "../text/escape.ts";
import { commandHelp, helpText } from "./help_text.ts";
import { columnOf } from "../language/line_error.ts";
import type {
  CancelAnswered,
  Concurrency,
  Fault,
  Logged,
  ModuleUsed,
  OutcomeTold,
  QuitAsked,
  Reply,
  TaskStood,
} from "./reply.ts";
import {
  blockedText,
  killText,
  siblingsText,
  threadsText,
} from "./loss_text.ts";
import {
  limitParts,
  standingDetails,
  STATE_PAINT,
  stateWord,
  taskTitle,
  titles,
} from "./standing.ts";
import { paint, type Style } from "../text/style.ts";
import { tableSummary, taskTable } from "./task_table.ts";
import { displayWidth, wrap } from "../text/width.ts";
import {
  count,
  inspectValue,
  outcomeExtent,
  plainValue,
  previewValue,
  resultExtent,
} from "./value_text.ts";

/** The reply as text, with its last newline. */
export function renderText(reply: Reply, style: Style): string {
  const text = textOf(reply, style);
  return text === "" && reply.type === "quit" ? "" : `${text}\n`;
}

function textOf(reply: Reply, style: Style): string {
  switch (reply.type) {
    case "submitted":
      return taskTitle(reply.task);
    case "group":
      return wrapList(
        `${excerpt(reply.name)}: ${titles(reply.members, MOST_MEMBERS)}`,
        style.width,
      );
    case "tasks":
      return reply.rows.length === 0 ? "no tasks" : [
        ...taskTable(reply.rows, style),
        ...tableSummary(reply.rows, style),
      ].join("\n");
    case "task":
      return standingText(reply, style);
    case "cancel":
      return cancelText(reply, style);
    case "kill":
      return killText(reply, style);
    case "siblings":
      return siblingsText(reply, style);
    case "blocked":
      return blockedText(reply, style);
    case "threads":
      return threadsText(reply, style);
    case "outcome":
      return outcomeText(reply, style);
    case "result":
      return plainValue(reply.value, resultExtent(style.width));
    case "log":
      return logText(reply, style);
    case "module":
      return moduleText(reply, style);
    case "concurrency":
      return concurrencyText(reply);
    case "help":
      return reply.command === undefined
        ? helpText(style)
        : commandHelp(reply.command, style);
    case "quit":
      return quitText(reply);
    case "notice":
      return paint(excerpt(reply.message, LONGEST_NOTICE), "dim", style);
    case "error":
      return faultText(reply, style);
  }
}

const HANGING = "  ";

/** Breaks a list after its commas, not in an item such as `#1 sleep`. */
function wrapList(text: string, width: number): string {
  const whole = text.replaceAll(/(?<!,) /g, "\xa0");
  return wrap(whole, width - HANGING.length).join(`\n${HANGING}`)
    .replaceAll("\xa0", " ");
}

function standingText(reply: TaskStood, style: Style): string {
  const { task, because } = reply;
  if (because === "limits") {
    const limits = limitParts(task, style.now);
    return `${taskTitle(task)}  ${limits.join(" · ") || "no limit"}`;
  }
  const word = stateWord(reply);
  const title = `${taskTitle(task)}  `;
  const elapsed = ` after ${formatDuration(task.elapsedMs)}`;
  const details = standingDetails(reply, style.now).join(" · ");
  const rest = details === "" ? "" : `  ${details}`;
  const left = style.width - displayWidth(title + word + elapsed + rest);
  return title + paint(word, STATE_PAINT[word], style) + elapsed +
    paint(rest, "dim", style) + valuePart(reply, left, style);
}

const ARROW = " → ";

/** Of a value that has to be cut, fewer columns tell nothing. */
const NARROWEST_CUT = 8;

/** On a terminal, as much of the value as there is room for in the line. */
function valuePart({ outcome }: TaskStood, left: number, style: Style): string {
  const columns = left - ARROW.length;
  if (outcome?.state !== "succeeded" || outcome.value === undefined) return "";
  if (columns < 1 || !Number.isFinite(columns)) return "";
  const value = previewValue(outcome.value, columns);
  if (columns < NARROWEST_CUT && value.endsWith("…")) return "";
  return paint(ARROW, "green", style) + value;
}

function cancelText(
  { task, answer }: CancelAnswered,
  style: Style,
): string {
  const title = taskTitle(task);
  switch (answer) {
    case "cancelled":
      return `${title}  ${paint("cancelled", "yellow", style)}`;
    case "finished":
      return `${title}  had ended: ${
        paint(task.state, STATE_PAINT[task.state], style)
      }`;
    case "ignored":
      return `${title}  ${
        paint("abandoned", "red", style)
      }: it ignored its signal, and is still running`;
  }
}

function outcomeText(
  { task, outcome }: OutcomeTold,
  style: Style,
): string {
  const title = `${taskTitle(task)} ${
    paint(formatDuration(task.elapsedMs), "dim", style)
  }`;
  switch (outcome.state) {
    case "succeeded":
      return `${title} ${paint("→", "green", style)} ${
        inspectValue(outcome.value, outcomeExtent(style.width))
      }`;
    case "failed":
      return failedText(title, outcome, style);
    case "cancelled":
      return cancelledText(title, outcome, style);
  }
}

function failedText(title: string, { error }: Failed, style: Style): string {
  return `${title} ${paint("failed", "red", style)}: ${
    wholeError(error, style)
  }`;
}

function wholeError(error: Error, style: Style): string {
  const { headline, details } = errorText(error, outcomeExtent(style.width));
  const below = details.flatMap((text) => text.split("\n"))
    .map((line) => `\n   ${paint(line, "dim", style)}`);
  return headline + below.join("");
}

function cancelledText(
  title: string,
  { reason, confirmed, error }: Cancelled,
  style: Style,
): string {
  const [word, color] = reason.name === "TimeoutError"
    ? ["timed out", "red"] as const
    : ["cancelled", "yellow"] as const;
  const why = reason.message === "" || reason.message === word
    ? ""
    : `: ${excerpt(reason.message)}`;
  const rest = error !== undefined
    ? `; it ${paint("threw", "red", style)} ${wholeError(error, style)}`
    : confirmed
    ? ""
    : "; it ignored its signal, and may still be running";
  return `${title} ${paint(word, color, style)}${why}${rest}`;
}

const LEVEL_PAINT = {
  debug: "dim",
  log: undefined,
  info: undefined,
  warn: "yellow",
  error: "red",
  note: "dim",
} as const;

function logText({ entry }: Logged, style: Style): string {
  const date = new Date(entry.at);
  const time = [date.getHours(), date.getMinutes(), date.getSeconds()]
    .map((n) => String(n).padStart(2, "0")).join(":");
  const color = LEVEL_PAINT[entry.level];
  const indent = " ".repeat(time.length + 9);
  const text = withoutColor(entry.text).split("\n").map(escapeLine)
    .join(`\n${indent}`);
  return `${paint(time, "dim", style)}  ${
    paint(entry.level.padEnd(5), "dim", style)
  }  ${color === undefined ? text : paint(text, color, style)}`;
}

function moduleText({ label, exports }: ModuleUsed, style: Style): string {
  return `${excerpt(label)}: ${
    exports.map((name) => paint(excerpt(name), "bold", style)).join(", ")
  }`;
}

function concurrencyText(reply: Concurrency): string {
  const limit = Number.isFinite(reply.limit)
    ? `${count(reply.limit)} at once`
    : "no bound";
  return `${limit}: ${reply.running} running, ${reply.queued} queued`;
}

/** In UTF-16 code units. */
const LONGEST_NOTICE = 5000;
const MOST_MEMBERS = 20;
const MOST_RUNNING = 5;

function quitText({ running }: QuitAsked): string {
  if (running.length === 0) return "";
  const which = titles(running, MOST_RUNNING);
  return running.length === 1
    ? `1 task is running: ${which}`
    : `${running.length} tasks are running: ${which}`;
}

function faultText({ message, place }: Fault, style: Style): string {
  const text = escapeText(
    withoutColor(message.slice(0, LONGEST_NOTICE).toWellFormed()),
  ).replaceAll("\n", "\n  ");
  const where = place?.number === undefined
    ? ""
    : `line ${place.number}, column ${columnOf(place.line, place.span)}: `;
  return `${where}${paint("error", "red", style)}: ${text}`;
}
