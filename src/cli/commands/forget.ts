/** `forget`: drops the outcomes and logs of tasks that have ended. */
import { IDS } from "../language/kinds.ts";
import { notEndedReply } from "../render/outcome.ts";
import type { Reply } from "../render/reply.ts";
import { taskTitles } from "../render/task.ts";
import type { TaskSnapshot } from "../../task.ts";
import { selectTasks } from "../session/selection.ts";
import { command } from "./command.ts";

export default command({
  name: "forget",
  summary: "drop the results and logs of tasks that have ended",
  args: { ids: { kind: IDS, many: true } },
  options: {},
  details: "It frees their memory, and their ids are unknown from then on.",
  examples: ["forget 1-90"],
  *run({ args: { ids } }, { session }) {
    const handles = selectTasks(ids, session.loop, session.collected);
    const forgotten = session.forget(handles);
    const running = handles.filter((handle) => !handle.done);
    if (forgotten.length > 0 || running.length === 0) {
      yield forgottenReply(forgotten.map((handle) => handle.snapshot()));
    }
    if (running.length > 0) yield notEndedReply(running);
  },
});

const MAX_TITLES = 5;

export function forgottenReply(tasks: readonly TaskSnapshot[]): Reply {
  return {
    text: () => `forgot ${taskTitles(tasks, MAX_TITLES) || "nothing"}`,
    json: () => ({ type: "forgotten", tasks: tasks.map(({ id }) => id) }),
  };
}
