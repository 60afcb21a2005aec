/** `collect`: shows the outcomes of finished tasks, and forgets the tasks. */
import type { TaskHandle } from "../../../mod.ts";
import { IDS } from "../language/kinds.ts";
import { notEndedReply, outcomeReply } from "../render/outcome.ts";
import { notice, type Reply } from "../render/reply.ts";
import { selectTasks } from "../session/selection.ts";
import type { Session } from "../session/session.ts";
import { command } from "./command.ts";

export default command({
  name: "collect",
  summary: "the outcome of each finished task, once; then it is forgotten",
  args: { ids: { kind: IDS, optional: true, many: true } },
  options: {},
  *run({ args: { ids } }, { session }) {
    const { loop } = session;
    const chosen = ids.length === 0 ? undefined : selectTasks(ids, loop);
    const outcomes = collectOutcomes(session, chosen);
    yield* outcomes;
    const running = (chosen ?? loop.list()).filter((handle) => !handle.done);
    if (chosen !== undefined && running.length > 0) {
      yield notEndedReply(running);
    } else if (outcomes.length === 0) {
      yield notice(
        running.length === 0
          ? "nothing to collect"
          : `nothing has ended; ${running.length} running or queued`,
      );
    }
  },
});

/** The outcome of each task that has ended; forgets these tasks. */
export function collectOutcomes(
  session: Session,
  handles?: readonly TaskHandle[],
): Reply[] {
  return session.loop.collect(handles)
    .flatMap((handle) => outcomeReplies(handle, session));
}

export function outcomeReplies(handle: TaskHandle, session: Session): Reply[] {
  const outcome = session.outcomeOf(handle);
  if (outcome === undefined) return [];
  session.markReported(handle);
  return [outcomeReply(handle.snapshot(), outcome)];
}
