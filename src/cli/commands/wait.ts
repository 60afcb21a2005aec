/** `wait`: waits until tasks have ended. */
import { abortable } from "@std/async/abortable";
import { TimeoutError } from "../../../mod.ts";
import { DURATION, FLAG, IDS } from "../language/kinds.ts";
import { batchReply } from "../render/batch.ts";
import { endedReply, notEndedReply } from "../render/outcome.ts";
import { notice } from "../render/reply.ts";
import { selectTasks, takeBatches } from "../session/selection.ts";
import { isFailure } from "../session/session.ts";
import { UNFINISHED } from "../language/spec.ts";
import { command } from "./command.ts";
import { outputReplies } from "./logs.ts";

export default command({
  name: "wait",
  summary: "wait until tasks have ended; Ctrl-C leaves the wait",
  args: { ids: { kind: IDS, offers: UNFINISHED, optional: true, many: true } },
  options: {
    any: { kind: FLAG, help: "only until one has ended" },
    firstFailure: { kind: FLAG, help: "only until one has failed" },
    timeout: {
      kind: DURATION,
      help: "wait no longer than this; the tasks go on",
    },
  },
  async *run({ args, options }, { session, signal }) {
    const { loop } = session;
    const { batches, others } = takeBatches(
      args.ids.length === 0 ? [{ kind: "all", start: 0, end: 0 }] : args.ids,
      session,
    );
    const chosen = args.ids.length === 0
      ? session.unreported()
      : selectTasks(others, session.loop, session.collected);
    if (chosen.length + batches.length === 0) {
      return yield notice("nothing is running");
    }
    // Nobody can resume a task while this waits.
    const paused = new Set(chosen.filter((one) => one.snapshot().paused));
    const handles = chosen.filter((one) => !paused.has(one));
    const { timeout } = options;
    session.awaited = {
      tasks: handles,
      since: performance.now(),
      doneBefore: handles.filter(({ done }) => done).length,
    };
    const limit = timeout === undefined
      ? signal
      : AbortSignal.any([signal, AbortSignal.timeout(timeout)]);
    const limits = timeout === undefined ? { signal } : { signal, timeout };
    try {
      for await (const handle of loop.asCompleted(handles, limits)) {
        const outcome = session.outcomeOf(handle);
        session.markReported(handle);
        yield endedReply({ task: handle.snapshot(), outcome });
        yield* outputReplies(handle, session);
        if (options.any) return;
        if (options.firstFailure && outcome && isFailure(outcome)) return;
      }
    } catch (error) {
      if (!(error instanceof TimeoutError)) throw error;
      yield notEndedReply(handles.filter((handle) => !handle.done));
    } finally {
      session.awaited = undefined;
    }
    for (const one of batches) {
      const end = one.batch.paused ? undefined : one.finished;
      await abortable(end ?? Promise.resolve(), limit).catch((error) => {
        if (signal.aborted) throw error;
      });
      yield batchReply(one);
    }
    if (paused.size > 0) {
      yield notEndedReply([...paused]);
      yield notice(`"resume all" starts what is paused`);
    }
  },
});
