/** `quit`, `exit`: ends the session. */
import type { TaskSnapshot } from "../../task.ts";
import type { Reply } from "../render/reply.ts";
import { taskTitles } from "../render/task.ts";
import { command } from "./command.ts";

export default command({
  name: "quit",
  summary: "stop the tasks and exit; asks once if tasks are running",
  args: {},
  options: {},
  details:
    `In a script it does not ask, and shows which tasks it stops. A script
without it waits for the running tasks at its end.`,
  *run(_, { session }) {
    yield quitReply(session.running().map((handle) => handle.snapshot()));
  },
});

const MAX_TITLES = 5;

export function quitReply(running: readonly TaskSnapshot[]): Reply {
  return {
    text: () => {
      if (running.length === 0) return undefined;
      const are = running.length === 1 ? "task is" : "tasks are";
      return `${running.length} ${are} running: ` +
        taskTitles(running, MAX_TITLES);
    },
    json: () => ({ type: "quit", running: running.map(({ id }) => id) }),
    kind: "quit",
  };
}
