/** `pause`: holds back the queue, or tasks in it. */
import { formatId } from "../language/ids.ts";
import { IDS } from "../language/kinds.ts";
import { batchReply } from "../render/batch.ts";
import { selectTasks, takeBatches } from "../session/selection.ts";
import { counted } from "../text/amounts.ts";
import { command } from "./command.ts";
import { queueReply } from "./concurrency.ts";

export default command({
  name: "pause",
  summary: "start no queued task, of these or at all, until resume",
  args: { ids: { kind: IDS, optional: true, many: true } },
  options: {},
  details:
    `What runs goes on. Deadlines of queued tasks still fire, and they can be
cancelled. "wait" does not wait for paused tasks. A script that ends resumes
them, and says so.`,
  examples: ["pause", "pause 12-40"],
  *run({ args: { ids } }, { session }) {
    const { loop } = session;
    const { batches, others } = takeBatches(ids, session);
    for (const one of batches) {
      one.batch.pause();
      yield batchReply(one);
    }
    if (batches.length > 0 && others.length === 0) return;
    if (ids.length === 0 || ids.some(({ kind }) => kind === "all")) {
      loop.pause();
      return yield queueReply(loop);
    }
    const handles = selectTasks(others, loop);
    loop.pause(handles);
    const left = handles.filter((handle) => !handle.done);
    const held = left.filter((handle) => handle.snapshot().paused);
    // What has a slot starts, also where the loop has not said so yet.
    const running = left.filter((handle) => !handle.snapshot().paused);
    yield {
      text: () =>
        `${counted(held.length, "task")} paused` +
        (running.length === 0 ? "" : `, ${running.length} already running: ` +
          running.map(({ id }) => formatId(id)).join(", ")),
      json: () => ({ type: "paused", tasks: held.map(({ id }) => id) }),
    };
  },
});
