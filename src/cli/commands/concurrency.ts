/** `concurrency`: shows or changes how many tasks run at once. */
import type { LoopController } from "../../../mod.ts";
import { BOUND } from "../language/kinds.ts";
import type { Kind } from "../language/spec.ts";
import type { Reply } from "../render/reply.ts";
import { count } from "../text/amounts.ts";
import { command } from "./command.ts";

const BOUND_OR_PAUSE: Kind<number> = {
  ...BOUND,
  parse: (word, now) => word.text === "0" ? 0 : BOUND.parse(word, now),
};

export default command({
  name: "concurrency",
  summary: "how many tasks run at once; the rest are queued",
  args: { limit: { kind: BOUND_OR_PAUSE, optional: true } },
  options: {},
  details: `With 0 it is "pause". Only "resume" ends a pause.`,
  examples: ["concurrency 4", "concurrency none"],
  *run({ args: { limit } }, { session: { loop } }) {
    if (limit === 0) loop.pause();
    else if (limit !== undefined) loop.concurrency = limit;
    yield queueReply(loop);
  },
});

/** How many tasks run and wait, and whether the queue is paused. */
export function queueReply(loop: LoopController): Reply {
  const { concurrency } = loop;
  const { running, queued, paused } = loop.health();
  const bounded = Number.isFinite(concurrency);
  return {
    text: () =>
      (bounded ? `${count(concurrency)} at once` : "no bound") +
      (paused ? ", paused" : "") + `: ${running} running, ${queued} queued` +
      (paused ? `; "resume" starts the queue again` : ""),
    json: () => ({
      type: "concurrency",
      concurrency: bounded ? concurrency : null,
      paused,
      running,
      queued,
    }),
  };
}
