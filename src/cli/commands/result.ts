/** `result`: shows the value of a task alone. */
import type { TaskSnapshot } from "../../task.ts";
import { formatId } from "../language/ids.ts";
import { FLAG, ID } from "../language/kinds.ts";
import { LineError } from "../language/line.ts";
import { toJsonValue } from "../render/json_value.ts";
import type { Reply } from "../render/reply.ts";
import { taskFields } from "../render/task.ts";
import { plainValue, resultBounds } from "../render/value_text.ts";
import { selectTask } from "../session/selection.ts";
import { outcomeReplies } from "./collect.ts";
import { command } from "./command.ts";

export default command({
  name: "result",
  summary: "the value of a task alone",
  args: { id: { kind: ID } },
  options: {
    raw: {
      kind: FLAG,
      help: "a text, or the bytes of a Uint8Array, whole and as they are",
    },
  },
  details:
    `On a terminal a long value is cut; through a pipe one of more than about
16 MB, and with --json of 64 MB. Control characters are shown, as \\x1b, except
with --json; with --raw they act on the terminal.`,
  async *run({ args: { id }, options: { raw } }, { session }) {
    const handle = selectTask(id, session.loop);
    const { state } = handle;
    const title = formatId(handle.id);
    if (!handle.done) {
      throw new LineError(`${title} is ${state}, and has no result yet`, id);
    }
    if (state !== "succeeded") {
      // Reads the outcome, as `result()` reads a value.
      await handle.outcome();
      yield* outcomeReplies(handle, session);
      throw new LineError(`${title} has no result: ${state}`, id);
    }
    const value = handle.result();
    if (raw && !(typeof value === "string" || value instanceof Uint8Array)) {
      throw new LineError(`${title} is neither text nor a Uint8Array`, id);
    }
    session.markReported(handle);
    yield resultReply(handle.snapshot(), value, raw);
  },
});

/** The value; with `raw` a text or bytes as they are. */
export function resultReply(
  task: TaskSnapshot,
  value: unknown,
  raw = false,
): Reply {
  const bytes = (): Uint8Array =>
    value instanceof Uint8Array
      ? value
      : new TextEncoder().encode(String(value));
  return {
    text: ({ width }) => plainValue(value, resultBounds(width)),
    json: () => ({
      type: "result",
      ...taskFields(task),
      value: toJsonValue(value),
    }),
    raw: raw ? bytes() : undefined,
  };
}
