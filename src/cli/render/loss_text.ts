/**
 * What is said of kills, and of loops that are blocked or were given up.
 *
 * @module
 */
import { formatBlocked } from "../text/duration.ts";
import { formatId } from "../language/ids.ts";
import type {
  KillAnswered,
  LoopBlocked,
  SiblingsTold,
  ThreadsLeft,
} from "./reply.ts";
import { STATE_PAINT, taskTitle, titles } from "./standing.ts";
import { paint, type Style } from "../text/style.ts";
import { count } from "./value_text.ts";

const MOST_NAMED = 20;

/** What came of ending a task by force. */
export function killText(
  { task, answer }: KillAnswered,
  style: Style,
): string {
  const title = taskTitle(task);
  switch (answer) {
    case "killed":
      return `${title}  ${paint("killed", "yellow", style)}`;
    case "finished":
      return `${title}  had ended: ${
        paint(task.state, STATE_PAINT[task.state], style)
      }`;
    case "unstoppable":
      return `${title}  ${paint("given up", "red", style)}: its thread could ` +
        `not be stopped, and will use a core till it yields or loopctl exits`;
  }
}

/** What became of the others in a loop that was ended. */
export function siblingsText(
  { lost, resubmitted }: SiblingsTold,
  style: Style,
): string {
  return [
    ...lost.length === 0
      ? []
      : [`${paint("lost with it", "red", style)}: ${titles(lost, MOST_NAMED)}`],
    ...resubmitted.length === 0
      ? []
      : [`run again from the start: ${titles(resubmitted, MOST_NAMED)}`],
  ].join("\n");
}

/** That the loop does not turn, since when, and what can be done. */
export function blockedText(
  { blockedMs, lastStarted, aside }: LoopBlocked,
  style: Style,
): string {
  const suspect = lastStarted === undefined
    ? ""
    : `, last started: ${taskTitle(lastStarted)}`;
  const headline = `loop blocked ${formatBlocked(blockedMs)}${suspect}`;
  const kill = `"kill ${
    lastStarted === undefined ? "ID" : formatId(lastStarted.id).slice(1)
  }"`;
  const advice = aside
    ? `nothing in it goes on till that yields; ${kill} or Ctrl-C ends it, and ` +
      "--timeout does at submit"
    : `nothing in it goes on till that yields, or ${kill}`;
  return `${paint(headline, "red", style)}; ${paint(advice, "dim", style)}`;
}

/** Which threads go on that were given up. */
export function threadsText({ tasks }: ThreadsLeft, style: Style): string {
  const what = tasks.length === 1
    ? "1 thread could not be stopped, and uses a core"
    : `${
      count(tasks.length)
    } threads could not be stopped, and use a core each`;
  return paint(
    `${what} till it yields or loopctl exits: ${titles(tasks, MOST_NAMED)}`,
    "red",
    style,
  );
}
