/**
 * What is wrong with the loop: that it does not turn, or that threads of loops
 * that were given up go on.
 *
 * @module
 */
import type { TaskHandle } from "../../../mod.ts";
import type { LoopBlocked, Reply } from "../render/reply.ts";
import type { Session } from "./session.ts";

/** A reply for each thing that is wrong. */
export function* loopTroubles(session: Session): Generator<Reply> {
  const blocked = blockedLoop(session);
  if (blocked !== undefined) yield blocked;
  const left = [...session.unstoppable].filter(({ abandoned }) => abandoned);
  if (left.length === 0) return;
  yield { type: "threads", tasks: left.map((handle) => handle.snapshot()) };
}

/** That the loop is blocked, if it is. */
export function blockedLoop(session: Session): LoopBlocked | undefined {
  const { state, blockedMs } = session.loop.health();
  if (state !== "blocked") return undefined;
  const lastStarted = lastStartedIn(session)?.snapshot();
  return { type: "blocked", blockedMs, lastStarted };
}

/** The task that began last, as far as is known: it may be what blocks. */
export function lastStartedIn({ loop }: Session): TaskHandle | undefined {
  const { lastStarted } = loop.health();
  return lastStarted === undefined ? undefined : loop.get(lastStarted);
}
