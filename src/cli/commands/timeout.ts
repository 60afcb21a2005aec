/** `timeout`: moves the limit on a task's running time. */
import { ID, LIMIT } from "../language/kinds.ts";
import { command } from "./command.ts";
import { moveLimit } from "./limits.ts";

export default command({
  name: "timeout",
  summary: "move a task's limit on running time; none lifts it",
  args: { id: { kind: ID }, limit: { kind: LIMIT } },
  options: {},
  details: "It counts from the start of the task, not from now.",
  examples: ["timeout 3 30s", "timeout 3 none"],
  async *run({ args: { id, limit } }, { session }) {
    yield await moveLimit(id, session, (handle) => handle.setTimeout(limit));
  },
});
