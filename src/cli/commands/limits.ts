/** What the commands that move a limit have in common. */
import type { TaskHandle } from "../../../mod.ts";
import { formatId, type IdItem } from "../language/ids.ts";
import { LineError } from "../language/line.ts";
import type { Reply } from "../render/reply.ts";
import { limitParts, statusFields } from "../render/status.ts";
import { taskTitle } from "../render/task.ts";
import { selectTask } from "../session/selection.ts";
import type { Session } from "../session/session.ts";

/** Moves a limit of the task, and says which limits it has then. */
export async function moveLimit(
  id: IdItem,
  session: Session,
  move: (handle: TaskHandle) => void,
): Promise<Reply> {
  await session.settleStarts();
  const handle = selectTask(id, session.loop);
  if (handle.done) {
    throw new LineError(
      `${formatId(handle.id)} has ended: ${handle.state}`,
      id,
    );
  }
  move(handle);
  const task = handle.snapshot();
  return {
    text: ({ now }) =>
      `${taskTitle(task)}  ${limitParts(task, now).join(" · ") || "no limit"}`,
    json: () => ({ type: "task", ...statusFields(task) }),
  };
}
