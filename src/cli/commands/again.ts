/** `again`: repeats the last submit, gather or run. */
import { notice } from "../render/reply.ts";
import { command } from "./command.ts";
import { groupReply } from "./gather.ts";
import { submittedReply } from "./starting.ts";

export default command({
  name: "again",
  summary: "repeat the last submit, gather or run",
  args: {},
  options: {},
  *run(_, { session }) {
    const started = session.starts.again();
    if (started === undefined) return yield notice("nothing was started yet");
    const tasks = started.handles.map((handle) => handle.snapshot());
    yield started.group === undefined
      ? submittedReply(tasks[0]!)
      : groupReply(started.group, tasks);
  },
});
