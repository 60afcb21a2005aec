/** What a task is called. */
import type { TaskSnapshot } from "../../task.ts";
import { formatId } from "../language/ids.ts";
import { excerpt } from "../text/style.ts";
import type { JsonObject } from "./reply.ts";
import { count } from "../text/amounts.ts";

/** `#3 home (fetch)`: the id and the name. */
export function taskTitle(task: TaskSnapshot): string {
  return `${formatId(task.id)} ${taskName(task)}`;
}

/** The titles of tasks; of more than `most`, how many more there are. */
export function taskTitles(
  tasks: readonly TaskSnapshot[],
  most: number,
): string {
  const titles = tasks.slice(0, most).map(taskTitle);
  const hidden = tasks.length - titles.length;
  return [...titles, ...hidden > 0 ? [`${count(hidden)} more`] : []].join(", ");
}

/** `home (fetch)`, or `fetch` if the task has no name of its own. */
export function taskName(task: TaskSnapshot): string {
  const name = excerpt(task.name);
  return task.name === task.task ? name : `${name} (${excerpt(task.task)})`;
}

/** The fields that every object of JSON about a task has. */
export function taskFields(task: TaskSnapshot): JsonObject {
  return {
    id: task.id,
    task: task.task,
    name: task.name,
    state: task.state,
    elapsedMs: Math.round(task.elapsedMs),
  };
}
