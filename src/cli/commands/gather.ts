/** `gather`: starts several tasks as a group. */
import { either, NAME, TASK } from "../language/kinds.ts";
import type { TaskSnapshot } from "../../task.ts";
import type { Reply } from "../render/reply.ts";
import { taskTitles } from "../render/task.ts";
import { excerpt } from "../text/style.ts";
import { wrap } from "../text/width.ts";
import { command } from "./command.ts";
import {
  reloadChanged,
  START_OPTIONS,
  submission,
  SUBMIT,
  submitOptions,
  submittedFields,
} from "./starting.ts";

const ON_FAILURE = either("WHAT", "cancel-rest", "keep-going");

export default command({
  name: "gather",
  summary: "start several tasks as a group, each with its own id",
  args: { calls: { kind: TASK, label: "TASK ARGS ; …", calls: SUBMIT } },
  options: {
    name: { kind: NAME, help: "a name for the group" },
    onFailure: {
      kind: ON_FAILURE,
      help: "when a member fails: cancel-rest, or keep-going (the default)",
    },
    ...START_OPTIONS,
  },
  details:
    `The options of the group come before its first TASK, and apply to each
task without its own. Quote a ; that ends an argument.`,
  examples: ["gather --name naps sleep 1 a ; sleep 2 b --timeout 1s"],
  async *run({ args, options }, { session, signal }) {
    yield* reloadChanged(session, signal);
    const { name, onFailure, ...rest } = options;
    const shared = submitOptions(rest);
    // One wrong call, and nothing is started.
    const starts = args.calls.map((call) => {
      const start = submission(call, session);
      return { ...start, options: { ...shared, ...start.options } };
    });
    const { handles, group } = session.starts.start(starts, {
      name,
      onFailure,
    });
    yield groupReply(group!, handles.map((handle) => handle.snapshot()));
  },
});

const MAX_TITLES = 20;
const INDENT = "  ";

export function groupReply(
  name: string,
  members: readonly TaskSnapshot[],
): Reply {
  return {
    text: ({ width }) => {
      const columns = width - INDENT.length;
      // A title and its comma fit into a line.
      const titles = taskTitles(members, MAX_TITLES, columns - 1);
      const list = `${excerpt(name)}: ${titles}`;
      // Broken after its commas, not in a title such as `#1 sleep`.
      const whole = list.replaceAll(/(?<![,:]) /g, "\xa0");
      return wrap(whole, columns).join(`\n${INDENT}`)
        .replaceAll("\xa0", " ");
    },
    json: () => [
      { type: "group", name, members: members.map(({ id }) => id) },
      ...members.map((task) => ({ ...submittedFields(task), group: name })),
    ],
  };
}
