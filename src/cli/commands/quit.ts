/** `quit`, `exit`: ends the session. */
import type { TaskSnapshot } from "../../task.ts";
import type { Reply } from "../render/reply.ts";
import { taskTitles } from "../render/task.ts";
import { previewValue } from "../render/value_text.ts";
import type { Session } from "../session/session.ts";
import { command } from "./command.ts";

export default command({
  name: "quit",
  summary: "stop the tasks and exit; asks once if something would be lost",
  args: {},
  options: {},
  details:
    `It asks if tasks are running, or if results were not collected. In a script
it does not ask, and shows which tasks it stops. A script without it waits for
the running tasks at its end.`,
  *run(_, { session }) {
    yield quitReply(lostByQuitting(session));
  },
});

/** What ends with the session. */
export interface Losses {
  readonly running: readonly TaskSnapshot[];
  /** Tasks that have ended, with a value that nobody has seen whole. */
  readonly uncollected: readonly TaskSnapshot[];
}

/** The line of a task that has ended has room for a value of so many columns. */
const MAX_SEEN_COLUMNS = 30;

export function lostByQuitting(session: Session): Losses {
  const uncollected = session.untaken().filter((handle) => {
    const outcome = handle.peek();
    if (outcome?.state !== "succeeded" || outcome.value === undefined) {
      return false;
    }
    const preview = previewValue(outcome.value, MAX_SEEN_COLUMNS);
    return !session.shown.has(handle) || preview.endsWith("…");
  });
  return {
    running: session.running().map((handle) => handle.snapshot()),
    uncollected: uncollected.map((handle) => handle.snapshot()),
  };
}

const MAX_TITLES = 5;

export function quitReply({ running, uncollected }: Losses): Reply {
  const line = (
    tasks: readonly TaskSnapshot[],
    [one, several]: readonly [string, string],
  ): string[] =>
    tasks.length === 0 ? [] : [
      `${tasks.length} ${tasks.length === 1 ? one : several}: ` +
      taskTitles(tasks, MAX_TITLES),
    ];
  return {
    text: () =>
      [
        ...line(running, ["task is running", "tasks are running"]),
        ...line(uncollected, [
          "result was not collected",
          "results were not collected",
        ]),
      ].join("\n") || undefined,
    json: () => ({
      type: "quit",
      running: running.map(({ id }) => id),
      uncollected: uncollected.map(({ id }) => id),
    }),
    kind: "quit",
  };
}
