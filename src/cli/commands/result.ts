/** `result`: shows the values of tasks alone. */
import type { TaskHandle } from "../../../mod.ts";
import type { TaskSnapshot } from "../../task.ts";
import { formatId } from "../language/ids.ts";
import { FLAG, IDS } from "../language/kinds.ts";
import { LineError } from "../language/line.ts";
import { jsonLine, toJsonValue } from "../render/json_value.ts";
import { outcomeReply } from "../render/outcome.ts";
import { notice, type Reply } from "../render/reply.ts";
import { taskFields } from "../render/task.ts";
import { plainValue, resultBounds } from "../render/value_text.ts";
import { selectTasks } from "../session/selection.ts";
import { ENDED } from "../language/spec.ts";
import { command } from "./command.ts";

export default command({
  name: "result",
  summary: "the values of tasks alone",
  args: { ids: { kind: IDS, offers: ENDED, many: true } },
  options: {
    raw: {
      kind: FLAG,
      help: "a text, or the bytes of a Uint8Array, whole and as they are",
    },
  },
  details:
    `In a file or a pipe each value is one line of JSON; with --json it is an
object that names the task as well. On a terminal a long value is cut; --page
shows it whole. Control characters are shown, as \\x1b; with --raw they act on
the terminal.`,
  examples: ["result 7 | jq .status", "result 1-90 > values.jsonl"],
  *run({ args: { ids }, options: { raw } }, { session }) {
    const place = { start: ids[0]!.start, end: ids.at(-1)!.end };
    const without: TaskHandle[] = [];
    const handles = selectTasks(ids, session.loop, session.collected);
    if (handles.length === 0) yield notice("no tasks");
    for (const handle of handles) {
      const outcome = session.outcomeOf(handle);
      if (outcome?.state === "succeeded") {
        const { value } = outcome;
        if (
          raw && !(typeof value === "string" || value instanceof Uint8Array)
        ) {
          const title = formatId(handle.id);
          throw new LineError(
            `${title} is neither text nor a Uint8Array`,
            place,
          );
        }
        yield resultReply(handle.snapshot(), value, raw);
      } else {
        without.push(handle);
        if (outcome === undefined) continue;
        yield { ...outcomeReply(handle.snapshot(), outcome), kind: "aside" };
      }
      session.markTaken(handle);
    }
    if (without.length > 0) throw new LineError(noResult(without), place);
  },
});

const MAX_NAMED = 10;

function noResult(handles: readonly TaskHandle[]): string {
  const [{ id, state, done }] = handles as [TaskHandle];
  const title = formatId(id);
  if (handles.length === 1) {
    return done
      ? `${title} has no result: ${state}`
      : `${title} is ${state}, and has no result yet`;
  }
  const hidden = handles.length - MAX_NAMED;
  return `${handles.length} have no result: ` + [
    ...handles.slice(0, MAX_NAMED).map(({ id, state }) =>
      `${formatId(id)} ${state}`
    ),
    ...hidden > 0 ? [`${hidden} more`] : [],
  ].join(", ");
}

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
    data: () => jsonLine(value),
    raw: raw ? bytes() : undefined,
    outcome: { state: "succeeded", value },
  };
}
