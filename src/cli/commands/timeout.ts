/** `timeout`: moves the limit on a task's running time. */
import type { TaskHandle } from "../../../mod.ts";
import type { TaskSnapshot } from "../../task.ts";
import { formatId, type IdItem } from "../language/ids.ts";
import { ID, LIMIT } from "../language/kinds.ts";
import { LineError } from "../language/line.ts";
import type { Reply } from "../render/reply.ts";
import { limitParts, statusFields } from "../render/status.ts";
import { titleBeside } from "../render/task.ts";
import { selectTask } from "../session/selection.ts";
import type { Session } from "../session/session.ts";
import { UNFINISHED } from "../language/spec.ts";
import { command } from "./command.ts";

export default command({
  name: "timeout",
  summary: "move a task's limit on running time; none lifts it",
  args: { id: { kind: ID, offers: UNFINISHED }, limit: { kind: LIMIT } },
  options: {},
  details: "It counts from the start of the task, not from now.",
  examples: ["timeout 3 30s", "timeout 3 none"],
  async *run({ args: { id, limit } }, { session }) {
    yield await moveLimit(id, session, (handle) => handle.setTimeout(limit));
  },
});

/** Moves a limit of the task, and says which limits it has then. */
export async function moveLimit(
  id: IdItem,
  session: Session,
  move: (handle: TaskHandle) => void,
): Promise<Reply> {
  await session.settleStarts();
  const handle = selectTask(id, session.loop, session.collected);
  if (handle.done) {
    const title = formatId(handle.id);
    throw new LineError(`${title} has ended: ${handle.state}`, id);
  }
  move(handle);
  return limitsReply(handle.snapshot());
}

/** The limits that a task has. */
export function limitsReply(task: TaskSnapshot): Reply {
  return {
    text: (style) => {
      const limits = limitParts(task, style.now).join(" · ") || "no limit";
      return `${titleBeside(`  ${limits}`, task, style)}  ${limits}`;
    },
    json: () => ({ type: "task", ...statusFields(task) }),
  };
}
