/**
 * What is said of a command that takes its time: at the bottom of the terminal
 * while it is at work, and when it was left.
 *
 * @module
 */
import { formatBlocked } from "../text/duration.ts";
import { formatId } from "../language/ids.ts";
import { blockedLoop } from "../session/loop_troubles.ts";
import type { Session } from "../session/session.ts";
import { progressParts } from "../render/standing.ts";

/** What a command waits for. */
export function commandStatus(
  name: string,
  elapsed: string,
  session: Session,
): string {
  return [
    name,
    ...runningParts(session),
    elapsed,
    ...blockedPart(session),
    "Ctrl-C leaves",
  ].join(" · ");
}

/** That the tasks are given their grace, before loopctl exits. */
export function endStatus(running: number, elapsed: string): string {
  const what = running === 1 ? "1 task" : `${running} tasks`;
  return `ending ${what} · ${elapsed} · Ctrl-C ends at once`;
}

/** That Ctrl-C was typed; what the command has asked for stands. */
export function leftText(name: string): string {
  return name === "cancel"
    ? "left cancel; the tasks have been asked to stop"
    : `left ${name}; tasks go on`;
}

/** How many run; of one alone, how far it is. */
function runningParts(session: Session): string[] {
  const running = session.running();
  const [handle] = running;
  return [
    `${running.length} running`,
    ...handle !== undefined && running.length === 1
      ? progressParts(handle.snapshot())
      : [],
  ];
}

function blockedPart(session: Session): string[] {
  const { blockedMs, lastStarted } = blockedLoop(session) ?? {};
  if (blockedMs === undefined) return [];
  const suspect = lastStarted && `, last started: ${formatId(lastStarted.id)}`;
  return [`loop blocked ${formatBlocked(blockedMs)}${suspect ?? ""}`];
}
