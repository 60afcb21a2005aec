/**
 * What a terminal shows about a command that takes its time: at the bottom
 * while it runs, and when it was left.
 */
import type { TaskSnapshot } from "../../task.ts";
import { counted, formatBlocked } from "../text/amounts.ts";
import { formatId } from "../language/ids.ts";
import { blockedLoop } from "../session/blocked.ts";
import { passes } from "../session/selection.ts";
import type { Awaited, Session } from "../session/session.ts";
import { type Sums, sumsLine } from "../render/sums.ts";
import { displayWidth } from "../text/width.ts";
import { progressParts, retryParts } from "../render/status.ts";

export function commandStatus(
  name: string,
  elapsed: string,
  session: Session,
  columns: number,
): string {
  const leaves = `${elapsed} · Ctrl-C leaves`;
  if (session.awaited !== undefined && session.awaited.tasks.length > 1) {
    const rest = [...blockedPart(session), leaves].join(" · ");
    const room = columns - displayWidth(` · ${rest}`);
    return `${sumsLine(sumsOf(session.awaited), room)} · ${rest}`;
  }
  const running = session.running();
  const [handle] = running;
  const progress = handle !== undefined && running.length === 1
    ? statusParts(handle.snapshot())
    : [];
  const count = `${running.length} running`;
  const blocked = blockedPart(session);
  return [name, count, ...progress, ...blocked, leaves].join(" · ");
}

function statusParts(task: TaskSnapshot): string[] {
  return [...retryParts(task), ...progressParts(task)];
}

function sumsOf({ tasks, since, doneBefore }: Awaited): Sums {
  const ended = tasks.filter((handle) => handle.done);
  return {
    total: tasks.length,
    done: ended.length,
    failed: ended.filter((handle) => passes(handle, "failed")).length,
    lately: ended.length - doneBefore,
    ms: performance.now() - since,
  };
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
