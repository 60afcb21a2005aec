/** `cancel`: asks tasks to stop. */
import { abortable } from "@std/async/abortable";
import type { CancelOptions, CancelResult, TaskHandle } from "../../../mod.ts";
import type { TaskSnapshot } from "../../task.ts";
import { DURATION, FLAG, IDS, TEXT } from "../language/kinds.ts";
import { LineError } from "../language/line.ts";
import { batchReply } from "../render/batch.ts";
import { notice, type Reply } from "../render/reply.ts";
import { endingReply } from "../render/status.ts";
import { selectTasks, takeBatches } from "../session/selection.ts";
import type { Session } from "../session/session.ts";
import { UNFINISHED } from "../language/spec.ts";
import { command } from "./command.ts";

export default command({
  name: "cancel",
  summary: "ask tasks to stop, and say whether they did",
  args: { ids: { kind: IDS, offers: UNFINISHED, optional: true, many: true } },
  options: {
    queued: {
      kind: FLAG,
      help: "only tasks that have not started; all of them without IDS",
    },
    grace: { kind: DURATION, help: "how long they may clean up" },
    reason: { kind: TEXT, help: "shown in the outcome; the task gets it too" },
  },
  details:
    `A task that ignores the request is abandoned when its grace is over: it
counts as cancelled, and poll shows it while it still runs.`,
  examples: ["cancel 1-4", "cancel --queued"],
  async *run({ args: { ids }, options }, { session, signal, endOfLine }) {
    const { queued, reason, grace } = options;
    if (queued) await session.settleStarts();
    if (ids.length === 0 && !queued) {
      throw new LineError(`"cancel" needs IDS, or --queued`, endOfLine);
    }
    const { batches, others } = takeBatches(ids, session);
    const limits = grace === undefined ? {} : { grace };
    for (const one of queued ? [] : batches) {
      await abortable(one.batch.cancel(reason, limits), signal);
      await abortable(one.finished, signal);
      yield batchReply(one);
    }
    if (batches.length > 0 && others.length === 0) return;
    const all = ids.length === 0 || ids.some(({ kind }) => kind === "all");
    const chosen = ids.length === 0
      ? session.loop.list()
      : selectTasks(others, session.loop, session.collected);
    const handles = chosen.filter((handle) =>
      queued ? handle.state === "queued" : !all || !handle.done
    );
    if (handles.length === 0) {
      return yield notice(`nothing is ${queued ? "queued" : "running"}`);
    }
    yield* cancelTasks(handles, session, signal, reason, limits);
  },
});

/** Asks all of them to stop, then answers for each, in their order. */
export async function* cancelTasks(
  handles: readonly TaskHandle[],
  session: Session,
  signal: AbortSignal,
  reason?: string,
  options?: CancelOptions,
): AsyncGenerator<Reply> {
  const cancelling = session.loop.cancel(handles, reason, options);
  const answers = await abortable(cancelling, signal);
  for (const [n, handle] of handles.entries()) {
    // What the task threw besides the reason is for its outcome to show.
    const outcome = session.outcomeOf(handle);
    const threw = outcome?.state === "cancelled" && outcome.error !== undefined;
    if (!threw) session.markReported(handle);
    yield cancelReply(handle.snapshot(), answers[n]!);
  }
}

export function cancelReply(task: TaskSnapshot, answer: CancelResult): Reply {
  return endingReply("cancel", task, answer, {
    cancelled: ["cancelled", "yellow", ""],
    ignored: [
      "abandoned",
      "red",
      "it ignored its signal, and is still running",
    ],
  });
}
