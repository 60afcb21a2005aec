/** What a task is called. */
import type { TaskSnapshot } from "../../task.ts";
import { formatId } from "../language/ids.ts";
import { count } from "../text/amounts.ts";
import { excerpt, type Style } from "../text/style.ts";
import { displayWidth, fit, fitMiddle } from "../text/width.ts";
import { toJsonValue } from "./json_value.ts";
import type { JsonObject } from "./reply.ts";
import { previewValue } from "./value_text.ts";

/** In a list of titles, each takes at most so many columns. */
const LISTED_COLUMNS = 40;

/** Fewer columns of arguments tell nothing apart. */
const MIN_ARGUMENT_COLUMNS = 5;

/** Columns of one argument; a bounded one seldom has more. */
const MAX_ARGUMENT_COLUMNS = 500;

/**
 * `#3 home (fetch http://…)`: the id, the name and the arguments, which are cut
 * in the middle if all does not fit into the columns.
 */
export function taskTitle(task: TaskSnapshot, columns: number): string {
  const id = `${formatId(task.id)} `;
  return id + taskName(task, columns - id.length);
}

/** The title for a line that it shares with other text; it gets half at least. */
export function titleBeside(
  other: string,
  task: TaskSnapshot,
  { width }: Style,
): string {
  return taskTitle(task, Math.max(width - displayWidth(other), width / 2));
}

/** The titles of tasks; of more than `most`, how many more there are. */
export function taskTitles(
  tasks: readonly TaskSnapshot[],
  most: number,
  columns = Infinity,
): string {
  const each = Math.min(columns, LISTED_COLUMNS);
  const titles = tasks.slice(0, most).map((task) => taskTitle(task, each));
  const hidden = tasks.length - titles.length;
  return [...titles, ...hidden > 0 ? [`${count(hidden)} more`] : []].join(", ");
}

/** `home (fetch http://…)`, or `fetch http://…` without a name of its own. */
export function taskName(task: TaskSnapshot, columns: number): string {
  const named = task.name !== task.task;
  const retry = task.retryOf === undefined
    ? ""
    : ` (retry of ${formatId(task.retryOf)})`;
  const name = excerpt(task.name) + (named ? ` (${excerpt(task.task)}` : "");
  const end = (named ? ")" : "") + retry;
  const given = task.args.map(argumentText).join(" ");
  const room = columns - displayWidth(name) - end.length - 1;
  const wanted = Math.min(displayWidth(given), MIN_ARGUMENT_COLUMNS);
  if (given === "" || room < wanted) return fit(name + end, columns);
  return `${name} ${fitMiddle(given, room)}${end}`;
}

/** The argument as one would type it; what it is not as it is shown. */
function argumentText(value: unknown): string {
  const plain = typeof value === "string" && /^[^\s"'`\\;,{[]+$/.test(value) &&
    !/^(true|false|null|undefined|-?\d[\d.eE+-]*)$/.test(value);
  return plain ? excerpt(value) : previewValue(value, MAX_ARGUMENT_COLUMNS);
}

/** The fields that every object of JSON about a task has. */
export function taskFields(task: TaskSnapshot): JsonObject {
  return {
    id: task.id,
    task: task.task,
    args: toJsonValue(task.args),
    name: task.name,
    retryOf: task.retryOf,
    state: task.state,
    elapsedMs: Math.round(task.elapsedMs),
  };
}
