/** `poll`, `ps`: shows the status of tasks. */
import type { TaskSnapshot } from "../../task.ts";
import { COUNT, FLAG, IDS } from "../language/kinds.ts";
import type { Reply } from "../render/reply.ts";
import { ListedHandle, taskListReply } from "../render/task_list.ts";
import { taskTitles } from "../render/task.ts";
import { blockedLoop, blockedReply } from "../session/blocked.ts";
import { selectTasks, takeBatches } from "../session/selection.ts";
import { counted } from "../text/amounts.ts";
import { paint } from "../text/style.ts";
import { command } from "./command.ts";

export default command({
  name: "poll",
  summary: "the status of tasks: state, elapsed, limits, progress",
  args: { ids: { kind: IDS, optional: true, many: true } },
  options: {
    slowest: { kind: FLAG, help: "those that have run for longest first" },
    newest: { kind: FLAG, help: "those that were submitted last first" },
    number: { kind: COUNT, short: "n", help: "not more than N tasks" },
  },
  examples: ["poll running", "poll failed -n 20", "poll crawl* --slowest"],
  details:
    `Of more tasks than the screen has lines, those that run or have failed are
shown first, and equal ones are folded into a line; the last line sums all up.
Without IDS it leaves out what was collected. It also shows whether a task that
computes without yielding blocks the loop, and which threads "kill" could not
stop.`,
  async *run({ args, options }, { session }) {
    const { slowest, newest, number: most } = options;
    await session.settleStarts();
    const { batches, others } = takeBatches(args.ids, session);
    const all = args.ids.length === 0;
    const handles = all ? session.listed() : [
      ...session.membersOf(batches),
      ...selectTasks(others, session.loop, session.collected),
    ];
    const outcomeOf = session.outcomeOf.bind(session);
    const tasks = handles.map((one) => new ListedHandle(one, outcomeOf));
    yield taskListReply(tasks, {
      order: slowest ? "slowest" : newest ? "newest" : undefined,
      most,
      batches: all ? [...session.batches.values()] : batches,
    });
    const blocked = blockedLoop(session);
    if (blocked !== undefined) {
      yield blockedReply(blocked.blockedMs, blocked.lastStarted?.snapshot());
    }
    const left = Array.from(session.unstoppable, (handle) => handle.snapshot())
      .filter(({ abandoned }) => abandoned);
    if (left.length > 0) yield threadsReply(left);
  },
});

const MAX_TITLES = 20;

/** Threads that could not be stopped, by the tasks that were killed in them. */
export function threadsReply(tasks: readonly TaskSnapshot[]): Reply {
  return {
    text: (style) =>
      paint(
        `${counted(tasks.length, "thread")} could not be stopped, and ` +
          (tasks.length === 1 ? "uses a core" : "use a core each") +
          " till it yields or loopctl exits: " + taskTitles(tasks, MAX_TITLES),
        "red",
        style,
      ),
    json: () => ({ type: "threads", tasks: tasks.map(({ id }) => id) }),
  };
}
