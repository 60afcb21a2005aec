/**
 * Ends tasks by force, and says what went with them.
 *
 * @module
 */
import { abortable } from "@std/async/abortable";
import type { TaskHandle } from "../../../mod.ts";
import type { KillAnswered, Reply } from "../render/reply.ts";
import type { Session } from "../session/session.ts";

/** Answers for each task, in their order, then for the others of their loops. */
export async function* killTasks(
  handles: readonly TaskHandle[],
  session: Session,
  signal: AbortSignal,
  reason?: string,
): AsyncGenerator<Reply> {
  // All at once: else a task would be lost with the loop of one before it.
  const asked = handles.map((handle) => ({
    handle,
    ended: handle.done && !handle.abandoned,
    result: handle.kill(reason),
  }));
  const lost = new Set<TaskHandle>();
  const resubmitted = new Set<TaskHandle>();
  for (const { handle, ended, result } of asked) {
    const came = await abortable(result, signal);
    for (const sibling of came.lost) lost.add(sibling);
    for (const sibling of came.resubmitted) resubmitted.add(sibling);
    const answer = ended ? "finished" : answerOf(handle, came.confirmed);
    if (answer === "unstoppable") session.unstoppable.add(handle);
    session.tell(handle);
    yield { type: "kill", answer, task: handle.snapshot() };
  }
  const killed = new Set(handles);
  const others = [...lost].filter((handle) => !descends(handle, killed));
  if (others.length + resubmitted.size === 0) return;
  for (const handle of others) {
    session.tell(handle);
    // Reads it: who is told of the loss here need not hear of it at the end.
    void handle.outcome();
  }
  yield {
    type: "siblings",
    lost: others.map((handle) => handle.snapshot()),
    resubmitted: [...resubmitted].map((handle) => handle.snapshot()),
  };
}

function answerOf(
  handle: TaskHandle,
  confirmed: boolean,
): KillAnswered["answer"] {
  if (handle.state !== "cancelled") return "finished";
  return confirmed ? "killed" : "unstoppable";
}

/** Whether the task went because one that started it was killed. */
function descends(
  { parent }: TaskHandle,
  killed: ReadonlySet<TaskHandle>,
): boolean {
  return parent !== undefined &&
    (killed.has(parent) || descends(parent, killed));
}
