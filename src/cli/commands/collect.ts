/** `collect`: shows the outcomes of finished tasks, each once. */
import type { TaskHandle } from "../../../mod.ts";
import { IDS } from "../language/kinds.ts";
import { batchReply } from "../render/batch.ts";
import { notEndedReply, outcomeReply } from "../render/outcome.ts";
import { notice, type Reply } from "../render/reply.ts";
import { selectTasks, takeBatches } from "../session/selection.ts";
import type { Session } from "../session/session.ts";
import { ENDED } from "../language/spec.ts";
import { command } from "./command.ts";

export default command({
  name: "collect",
  summary: "the outcome of each finished task, once",
  args: { ids: { kind: IDS, offers: ENDED, optional: true, many: true } },
  options: {},
  details:
    `On a terminal a long value is cut. "result ID" and "logs ID" still know the
task, until "forget ID" or until the history is full (--history). A script prints
each value whole, and forgets the task.`,
  examples: ["collect > outcomes.jsonl", "collect | jq .value"],
  *run({ args: { ids } }, { session }) {
    const { batches, others } = takeBatches(ids, session);
    const all = others.length === ids.length &&
      others.every(({ kind }) => kind === "all");
    const members = session.membersOf(batches);
    const chosen = all
      ? session.uncollected()
      : [...members, ...selectTasks(others, session.loop, session.collected)];
    const shown = all
      ? [...session.batches.values()].filter(({ batch }) => batch.done)
      : batches;
    for (const one of shown) {
      if (one.batch.done) session.batches.delete(one.name);
      yield { ...batchReply(one), kind: "aside" };
    }
    const running = chosen.filter((handle) => !handle.done);
    const ended = chosen.filter((handle) => handle.done);
    yield* collectOutcomes(ended, session);
    if (!all && running.length > 0) {
      yield notEndedReply(running);
    } else if (ended.length === 0 && shown.length === 0) {
      yield notice(
        running.length === 0
          ? "nothing to collect"
          : `nothing has ended; ${running.length} running or queued`,
      );
    }
  },
});

/** The outcomes of tasks that have ended; each is collected once it was taken. */
export function* collectOutcomes(
  handles: Iterable<TaskHandle>,
  session: Session,
): Generator<Reply, void, void> {
  for (const handle of handles) {
    if (!handle.done) continue;
    yield* outcomeReplies(handle, session);
    session.collect(handle);
  }
}

export function outcomeReplies(handle: TaskHandle, session: Session): Reply[] {
  const outcome = session.outcomeOf(handle);
  if (outcome === undefined) return [];
  session.markReported(handle);
  return [outcomeReply(handle.snapshot(), outcome)];
}
