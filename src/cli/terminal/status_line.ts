/**
 * What a terminal shows about a command that takes its time: at the bottom
 * while it runs, and when it was left.
 */
import { counted, formatBlocked } from "../text/amounts.ts";
import { formatId } from "../language/ids.ts";
import { blockedLoop } from "../session/blocked.ts";
import type { Session } from "../session/session.ts";
import { progressParts } from "../render/status.ts";

export function commandStatus(
  name: string,
  elapsed: string,
  session: Session,
): string {
  const running = session.running();
  const [handle] = running;
  const progress = handle !== undefined && running.length === 1
    ? progressParts(handle.snapshot())
    : [];
  const count = `${running.length} running`;
  const blocked = blockedPart(session);
  return [name, count, ...progress, elapsed, ...blocked, "Ctrl-C leaves"]
    .join(" · ");
}

/** The status while tasks have their grace, before loopctl exits. */
export function endStatus(running: number, elapsed: string): string {
  const tasks = counted(running, "task");
  return `stopping ${tasks} · ${elapsed} · Ctrl-C ends at once`;
}

/** Shown after Ctrl-C; what the command has asked for stands. */
export function leftText(name: string): string {
  return name === "cancel"
    ? "left cancel; the tasks have been asked to stop"
    : `left ${name}; tasks go on`;
}

function blockedPart(session: Session): string[] {
  const { blockedMs, lastStarted } = blockedLoop(session) ?? {};
  if (blockedMs === undefined) return [];
  const suspect = lastStarted && `, last started: ${formatId(lastStarted.id)}`;
  return [`loop blocked ${formatBlocked(blockedMs)}${suspect ?? ""}`];
}
