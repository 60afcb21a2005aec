/**
 * How a task stands, in words: its state, its limits, its progress.
 *
 * @module
 */
import type { Progress, TaskSnapshot } from "../../task.ts";
import { formatDuration, formatLimit } from "../text/duration.ts";
import { errorLine } from "./error_text.ts";
import { excerpt } from "../text/escape.ts";
import { formatId } from "../language/ids.ts";
import { formatMoment } from "../text/moment.ts";
import type { TaskStanding } from "./reply.ts";
import type { Paint } from "../text/style.ts";
import { count } from "./value_text.ts";

/** The state as it is shown: more exact than the state itself. */
export type StateWord =
  | TaskSnapshot["state"]
  | "cancelling"
  | "abandoned"
  | "timed out";

/** The colour of each word. */
export const STATE_PAINT: { readonly [W in StateWord]: Paint } = {
  queued: "dim",
  running: "cyan",
  cancelling: "yellow",
  succeeded: "green",
  failed: "red",
  cancelled: "yellow",
  "timed out": "red",
  abandoned: "red",
};

/** The word for how the task stands. */
export function stateWord({ task, outcome }: TaskStanding): StateWord {
  if (task.abandoned) return "abandoned";
  if (task.cancelling && task.state === "running") return "cancelling";
  if (
    outcome?.state === "cancelled" && outcome.reason.name === "TimeoutError"
  ) return "timed out";
  return task.state;
}

/** `#3 home (fetch)`: the id and what it is called. */
export function taskTitle(task: TaskSnapshot): string {
  return `${formatId(task.id)} ${taskName(task)}`;
}

/** The titles of these tasks, of so many at most. */
export function titles(tasks: readonly TaskSnapshot[], most: number): string {
  const said = tasks.slice(0, most).map(taskTitle);
  const hidden = tasks.length - said.length;
  return [...said, ...hidden > 0 ? [`${count(hidden)} more`] : []].join(", ");
}

/** `home (fetch)`, or `fetch` if the task has no name of its own. */
export function taskName(task: TaskSnapshot): string {
  const name = excerpt(task.name);
  return task.name === task.task ? name : `${name} (${excerpt(task.task)})`;
}

/** What else there is to say, most wanted first. */
export function standingDetails(
  { task, outcome }: TaskStanding,
  now: number,
): string[] {
  const said: string[] = [];
  if (task.abandoned) said.push("ignored its signal, still running");
  else if (outcome?.state === "failed") said.push(errorLine(outcome.error));
  else if (outcome?.state === "cancelled") {
    said.push(excerpt(outcome.reason.message));
    if (outcome.error) said.push(`it threw ${errorLine(outcome.error)}`);
  }
  if (outcome === undefined) said.push(...progressParts(task));
  else if (task.progress !== undefined && outcome.state !== "succeeded") {
    said.push(amountPart(task.progress));
  }
  if (outcome === undefined) said.push(...limitParts(task, now));
  if (task.attempts > 1) said.push(attemptPart(task));
  if (task.priority !== 0 && task.state === "queued") {
    said.push(`priority ${task.priority}`);
  }
  return said;
}

/** How far a task is that runs: the amount, the pace, the time to go. */
export function progressParts({ progress }: TaskSnapshot): string[] {
  return progress === undefined
    ? []
    : [amountPart(progress), ...pacePart(progress)];
}

/** The limits of a task and the time that is left of them. */
export function limitParts(task: TaskSnapshot, now: number): string[] {
  const said: string[] = [];
  if (task.timeoutMs !== undefined) {
    said.push(`timeout ${formatLimit(task.timeoutMs)}`);
  }
  if (task.deadlineAt !== undefined) {
    said.push(`deadline ${formatMoment(task.deadlineAt, now)}`);
  }
  if (task.stallTimeoutMs !== undefined) {
    said.push(`stall timeout ${formatLimit(task.stallTimeoutMs)}`);
  }
  if (task.remainingMs !== undefined) {
    said.push(`${formatDuration(Math.max(0, task.remainingMs))} left`);
  }
  return said;
}

function attemptPart(task: TaskSnapshot): string {
  return Number.isFinite(task.attempts)
    ? `attempt ${task.attempt} of ${task.attempts}`
    : `attempt ${task.attempt}`;
}

function amountPart({ done, total, note = "" }: Progress): string {
  const amount = total === undefined
    ? count(done)
    : `${percent(done, total)}${count(done)} of ${count(total)}`;
  return note === "" ? amount : `${amount} ${excerpt(note)}`;
}

function pacePart({ perSecond, remainingMs }: Progress): string[] {
  return [
    ...perSecond === undefined ? [] : [`${rate(perSecond)}/s`],
    ...remainingMs === undefined
      ? []
      : [`${formatDuration(remainingMs)} to go`],
  ];
}

function percent(done: number, total: number): string {
  return total > 0 ? `${Math.floor(done / total * 100)}% ` : "";
}

function rate(perSecond: number): string {
  return perSecond.toLocaleString("en-US", { maximumSignificantDigits: 3 });
}
