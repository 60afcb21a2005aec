/** `wait`: waits until tasks have ended. */
import { abortable } from "@std/async/abortable";
import { DURATION, FLAG, IDS } from "../language/kinds.ts";
import { endedReply, notEndedReply } from "../render/outcome.ts";
import { notice } from "../render/reply.ts";
import { selectTasks } from "../session/selection.ts";
import { isFailure } from "../session/session.ts";
import { command } from "./command.ts";

export default command({
  name: "wait",
  summary: "wait until tasks have ended; Ctrl-C ends the wait, not the tasks",
  args: { ids: { kind: IDS, optional: true, many: true } },
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
    const handles = args.ids.length === 0
      ? session.unreported()
      : selectTasks(args.ids, loop);
    if (handles.length === 0) {
      yield notice("nothing is running");
      return;
    }
    const giveUp = new AbortController();
    const timer = options.timeout === undefined
      ? undefined
      : setTimeout(() => giveUp.abort(), options.timeout);
    const left = AbortSignal.any([signal, giveUp.signal]);
    try {
      const completed = loop.asCompleted(handles);
      for (;;) {
        const { done, value: handle } = await abortable(completed.next(), left);
        if (done) return;
        const outcome = session.outcomeOf(handle);
        session.markReported(handle);
        yield endedReply({ task: handle.snapshot(), outcome });
        if (options.any) return;
        if (options.firstFailure && outcome && isFailure(outcome)) return;
      }
    } catch (error) {
      if (signal.aborted || !giveUp.signal.aborted) throw error;
      yield notEndedReply(handles.filter((handle) => !handle.done));
    } finally {
      clearTimeout(timer);
    }
  },
});
