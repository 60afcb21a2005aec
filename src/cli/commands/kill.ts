/** `kill`: ends tasks by force. */
import { abortable } from "@std/async/abortable";
import type { TaskHandle } from "../../../mod.ts";
import type { TaskSnapshot } from "../../task.ts";
import { IDS, TEXT } from "../language/kinds.ts";
import { notice, type Reply } from "../render/reply.ts";
import { endingReply } from "../render/status.ts";
import { taskTitles } from "../render/task.ts";
import { selectTasks } from "../session/selection.ts";
import type { Session } from "../session/session.ts";
import { paint } from "../text/style.ts";
import { UNFINISHED } from "../language/spec.ts";
import { command } from "./command.ts";

export default command({
  name: "kill",
  summary: "end tasks by force, each with the loop that it is in",
  args: { ids: { kind: IDS, offers: UNFINISHED, many: true } },
  options: { reason: { kind: TEXT, help: "shown in the outcome" } },
  details:
    `For a task that "cancel" can't stop. The other tasks in its loop are lost,
or run again if they were submitted with --resubmit; the answer names them. A
task submitted with --isolate has its own loop.
In a process (--isolation process, --isolate) a killed task is certainly gone.
A worker whose loop is blocked can't be stopped: a new loop takes new tasks, and
the old thread uses a core until it yields or loopctl exits; "poll" shows it.`,
  examples: ["kill 3"],
  async *run({ args, options }, { session, signal }) {
    const all = args.ids.some((item) => item.kind === "all");
    const handles = selectTasks(args.ids, session.loop, session.collected)
      .filter((handle) => !all || !handle.done || handle.abandoned);
    if (handles.length === 0) yield notice("nothing is running");
    else yield* killTasks(handles, session, signal, options.reason);
  },
});

/** Answers for each task, in their order, then for the others in their loops. */
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
    came.lost.forEach((sibling) => lost.add(sibling));
    came.resubmitted.forEach((sibling) => resubmitted.add(sibling));
    const finished = ended || handle.state !== "cancelled";
    if (!finished && !came.confirmed) session.unstoppable.add(handle);
    session.markReported(handle);
    const answer = came.confirmed ? "killed" : "unstoppable";
    yield killReply(handle.snapshot(), finished ? "finished" : answer);
  }
  const killed = new Set(handles);
  const others = [...lost].filter((handle) => !descends(handle, killed));
  if (others.length + resubmitted.size === 0) return;
  for (const handle of others) {
    session.markReported(handle);
    // Reads the outcome: who sees the loss here need not hear of it at the end.
    void handle.outcome();
  }
  yield siblingsReply(
    others.map((handle) => handle.snapshot()),
    Array.from(resubmitted, (handle) => handle.snapshot()),
  );
}

/** Whether the task was lost because a task that started it was killed. */
function descends(
  { parent }: TaskHandle,
  killed: ReadonlySet<TaskHandle>,
): boolean {
  return parent !== undefined &&
    (killed.has(parent) || descends(parent, killed));
}

/** `"unstoppable"`: the thread of the abandoned loop still runs. */
type KillAnswer = "killed" | "finished" | "unstoppable";

const UNSTOPPABLE = "its thread could not be stopped, and will use a core " +
  "till it yields or loopctl exits";

export function killReply(task: TaskSnapshot, answer: KillAnswer): Reply {
  return endingReply("kill", task, answer, {
    killed: ["killed", "yellow", ""],
    unstoppable: ["given up", "red", UNSTOPPABLE],
  });
}

const MAX_TITLES = 20;

/** The other tasks of a loop that was ended: those lost, those run again. */
export function siblingsReply(
  lost: readonly TaskSnapshot[],
  resubmitted: readonly TaskSnapshot[],
): Reply {
  return {
    text: (style) =>
      [
        [paint("lost with it", "red", style), lost] as const,
        ["run again from the start", resubmitted] as const,
      ].flatMap(([title, tasks]) =>
        tasks.length === 0 ? [] : `${title}: ${taskTitles(tasks, MAX_TITLES)}`
      ).join("\n"),
    json: () => ({
      type: "siblings",
      lost: lost.map(({ id }) => id),
      resubmitted: resubmitted.map(({ id }) => id),
    }),
  };
}
