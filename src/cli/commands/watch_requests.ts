/** What the keys of `watch` ask for, done with the commands' own functions. */
import type { TaskHandle } from "../../../mod.ts";
import { formatId } from "../language/ids.ts";
import { notice, type Reply } from "../render/reply.ts";
import type { Session } from "../session/session.ts";
import { counted } from "../text/amounts.ts";
import type { TaskRequest } from "../watch/state.ts";
import { cancelTasks } from "./cancel.ts";
import type { Replies } from "./command.ts";
import { queueReply } from "./concurrency.ts";
import { killTasks } from "./kill.ts";
import { limitsReply } from "./timeout.ts";

/** What `more` adds to the limits of a task, and `less` takes away. */
const STEP_MS = 30_000;

/** Does what is asked for the tasks; the last reply is the answer. */
export function answer(
  request: TaskRequest,
  handles: readonly TaskHandle[],
  session: Session,
  signal: AbortSignal,
): Replies {
  switch (request) {
    case "cancel":
      return cancelTasks(handles, session, signal);
    case "kill":
      return killTasks(handles, session, signal);
    case "more":
      return moveLimits(handles, STEP_MS);
    case "less":
      return moveLimits(handles, -STEP_MS);
    case "pause":
      return [pauseOrResume(handles, session)];
  }
}

/** Of tasks none of which waits in the queue, it is the queue that is meant. */
function pauseOrResume(
  handles: readonly TaskHandle[],
  { loop }: Session,
): Reply {
  const queued = handles.filter(({ state }) => state === "queued");
  const paused = queued.filter((handle) => handle.snapshot().paused);
  if (queued.length === 0) {
    if (loop.health().paused) loop.resume();
    else loop.pause();
    return queueReply(loop);
  }
  if (paused.length > 0) {
    loop.resume(paused);
    return notice(`${counted(paused.length, "task")} resumed`);
  }
  loop.pause(queued);
  return notice(`${counted(queued.length, "task")} paused`);
}

/** Moves those limits that each task has. */
function moveLimits(handles: readonly TaskHandle[], by: number): Reply[] {
  return handles.map((handle) => {
    const { timeoutMs, deadlineAt, remainingMs = Infinity } = handle
      .snapshot();
    const title = formatId(handle.id);
    if (handle.done) return notice(`${title} has ended`);
    if (timeoutMs === undefined && deadlineAt === undefined) {
      return notice(`${title} has no limit; "timeout" sets one`);
    }
    if (remainingMs + by <= 0) {
      return notice(`${title} would be stopped at once; c cancels it`);
    }
    if (timeoutMs !== undefined) handle.setTimeout(timeoutMs + by);
    if (deadlineAt !== undefined) handle.setDeadline(deadlineAt + by);
    return limitsReply(handle.snapshot());
  });
}
