/** `resume`: ends the pause of the queue, or of tasks in it. */
import { IDS } from "../language/kinds.ts";
import { batchReply } from "../render/batch.ts";
import { notice } from "../render/reply.ts";
import { selectTasks, takeBatches } from "../session/selection.ts";
import { counted } from "../text/amounts.ts";
import { command } from "./command.ts";
import { queueReply } from "./concurrency.ts";

export default command({
  name: "resume",
  summary: "start queued tasks again after pause",
  args: { ids: { kind: IDS, optional: true, many: true } },
  options: {},
  details:
    `Without IDS, the pause of the queue ends. Tasks that were paused by their IDS
stay paused; "resume all" starts them too.`,
  examples: ["resume", "resume 12-40"],
  *run({ args: { ids } }, { session }) {
    const { loop } = session;
    const { batches, others } = takeBatches(ids, session);
    for (const one of batches) {
      one.batch.resume();
      yield batchReply(one);
    }
    if (batches.length > 0 && others.length === 0) return;
    const all = ids.some(({ kind }) => kind === "all");
    const handles = ids.length === 0 ? [] : selectTasks(others, loop);
    const held = handles.filter((handle) => handle.snapshot().paused);
    loop.resume(handles);
    if (ids.length === 0 || all) loop.resume();
    if (!all && ids.length > 0) {
      const { paused } = loop.health();
      yield {
        text: () =>
          `${counted(held.length, "task")} resumed` +
          (paused ? `; the queue is paused, and "resume" starts it` : ""),
        json: () => ({ type: "resumed", tasks: held.map(({ id }) => id) }),
      };
      return;
    }
    yield queueReply(loop);
    const left = loop.list().filter((handle) => handle.snapshot().paused);
    if (left.length > 0) {
      yield notice(
        `${counted(left.length, "task")} still paused; "resume all" starts ` +
          `${left.length === 1 ? "it" : "them"}`,
      );
    }
  },
});
