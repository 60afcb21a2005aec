/** How a task is doing: its state, its limits, its progress. */
import type { Outcome, Progress, TaskSnapshot } from "../../task.ts";
import { excerpt, type Paint, paint, withRest } from "../text/style.ts";
import { displayWidth } from "../text/width.ts";
import {
  count,
  formatDuration,
  formatLimit,
  formatRate,
  formatTime,
} from "../text/amounts.ts";
import { errorLine } from "./error_text.ts";
import { toJsonValue } from "./json_value.ts";
import type { JsonObject, Reply } from "./reply.ts";
import { taskFields, titleBeside } from "./task.ts";

/** A task, and its outcome if it has ended. */
export interface TaskStatus {
  readonly task: TaskSnapshot;
  readonly outcome?: Outcome | undefined;
  /** How many lines it wrote that are not shown. */
  readonly hiddenLines?: number;
}

/** The state as it is shown: more exact than the state itself. */
export type ShownState =
  | TaskSnapshot["state"]
  | "paused"
  | "cancelling"
  | "abandoned"
  | "timed out";

export const STATE_PAINT: { readonly [S in ShownState]: Paint } = {
  queued: "dim",
  paused: "yellow",
  running: "cyan",
  cancelling: "yellow",
  succeeded: "green",
  failed: "red",
  cancelled: "yellow",
  "timed out": "red",
  abandoned: "red",
};

export function shownState({ task, outcome }: TaskStatus): ShownState {
  if (task.abandoned) return "abandoned";
  if (task.paused) return "paused";
  if (task.cancelling && task.state === "running") return "cancelling";
  if (
    outcome?.state === "cancelled" && outcome.reason.name === "TimeoutError"
  ) return "timed out";
  return task.state;
}

/** What else there is to say, the most important first. */
export function statusDetails(
  { task, outcome }: TaskStatus,
  now: number,
): string[] {
  const details: string[] = [];
  if (task.abandoned) details.push("ignored its signal, still running");
  else if (outcome?.state === "failed") details.push(errorLine(outcome.error));
  else if (outcome?.state === "cancelled") {
    details.push(excerpt(outcome.reason.message));
    if (outcome.error) details.push(`it threw ${errorLine(outcome.error)}`);
  }
  if (outcome === undefined) {
    details.push(...retryParts(task));
    details.push(...progressParts(task), ...limitParts(task, now));
  } else if (task.progress !== undefined && outcome.state !== "succeeded") {
    details.push(amountPart(task.progress));
  }
  details.push(...attemptParts(task));
  if (task.priority !== 0 && task.state === "queued") {
    details.push(`priority ${task.priority}`);
  }
  return details;
}

/** `retry 2/4 in 2.1s`, while the task waits for its next attempt. */
export function retryParts(task: TaskSnapshot): string[] {
  const { attempt, attempts, retryInMs, lastError } = task;
  if (retryInMs === undefined) return [];
  const next = `${attempt + 1}${
    Number.isFinite(attempts) ? `/${attempts}` : ""
  }`;
  return [
    `retry ${next} in ${formatDuration(retryInMs)}`,
    ...part(lastError, (error) => `last: ${excerpt(error)}`),
  ];
}

/** `attempt 2 of 4`; while the task runs, with what the one before it threw. */
function attemptParts(task: TaskSnapshot): string[] {
  const { attempt, attempts, retryInMs, lastError, state } = task;
  if (attempts <= 1 || retryInMs !== undefined) return [];
  const of = Number.isFinite(attempts) ? ` of ${attempts}` : "";
  return [
    `attempt ${attempt}${of}`,
    ...state === "running"
      ? part(lastError, (error) => `last: ${excerpt(error)}`)
      : [],
  ];
}

export function progressParts({ progress }: TaskSnapshot): string[] {
  if (progress === undefined) return [];
  const { perSecond, remainingMs } = progress;
  return [
    amountPart(progress),
    ...part(perSecond, formatRate),
    ...part(remainingMs, (ms) => `${formatDuration(ms)} to go`),
  ];
}

export function limitParts(task: TaskSnapshot, now: number): string[] {
  const { timeoutMs, deadlineAt, stallTimeoutMs, remainingMs } = task;
  return [
    ...part(timeoutMs, (ms) => `timeout ${formatLimit(ms)}`),
    ...part(deadlineAt, (at) => `deadline ${formatTime(at, now)}`),
    ...part(stallTimeoutMs, (ms) => `stall timeout ${formatLimit(ms)}`),
    ...part(remainingMs, (ms) => `${formatDuration(Math.max(0, ms))} left`),
  ];
}

function part<T>(value: T | undefined, format: (value: T) => string): string[] {
  return value === undefined ? [] : [format(value)];
}

/** What came of ending a task, in the words for each answer but `"finished"`. */
export function endingReply<A extends string>(
  type: "cancel" | "kill",
  task: TaskSnapshot,
  answer: A | "finished",
  words: Readonly<Record<A, readonly [state: string, Paint, more: string]>>,
): Reply {
  const { state } = task;
  return {
    text: (style) => {
      const [ended, color, more] = answer === "finished"
        ? [state, STATE_PAINT[state], ""]
        : words[answer];
      const before = answer === "finished" ? "had ended: " : "";
      const painted = paint(ended, color, style);
      const line = `  ${before}${ended}`;
      const title = titleBeside(line, task, style);
      if (more === "") return `${title}  ${before}${painted}`;
      const columns = displayWidth(`${title}${line}: `);
      return withRest(`${title}  ${before}${painted}: `, columns, more, style);
    },
    json: () => ({ type, ...taskFields(task), answer }),
  };
}

export function statusFields(task: TaskSnapshot): JsonObject {
  const { parent, group, timeoutMs, stallTimeoutMs, progress } = task;
  return {
    ...taskFields(task),
    module: task.module,
    cancelling: task.cancelling,
    abandoned: task.abandoned,
    paused: task.paused,
    attempt: task.attempt,
    attempts: Number.isFinite(task.attempts) ? task.attempts : null,
    retryInMs: rounded(task.retryInMs),
    lastError: task.lastError,
    priority: task.priority,
    parent,
    group,
    timeoutMs,
    deadlineAt: rounded(task.deadlineAt),
    stallTimeoutMs,
    remainingMs: rounded(task.remainingMs),
    progress: progress && toJsonValue(progress),
  };
}

function rounded(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : Math.round(ms);
}

function amountPart({ done, total, note = "" }: Progress): string {
  const percent = total !== undefined && total > 0
    ? `${Math.floor(done / total * 100)}% `
    : "";
  const of = total === undefined ? "" : ` of ${count(total)}`;
  return `${percent}${count(done)}${of} ${excerpt(note)}`.trimEnd();
}
