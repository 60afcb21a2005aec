/** `deadline`: moves the time at which a task is stopped. */
import { ID, TIME } from "../language/kinds.ts";
import { UNFINISHED } from "../language/spec.ts";
import { command } from "./command.ts";
import { moveLimit } from "./timeout.ts";

export default command({
  name: "deadline",
  summary: "move the time at which a task is stopped; none lifts it",
  args: { id: { kind: ID, offers: UNFINISHED }, time: { kind: TIME } },
  options: {},
  details: "TIME is a time of day, a date with a time, or a duration from now.",
  examples: ["deadline 3 14:30", "deadline 3 90s"],
  async *run({ args: { id, time } }, { session }) {
    yield await moveLimit(id, session, (handle) => handle.setDeadline(time));
  },
});
