/** `concurrency`: shows or changes how many tasks run at once. */
import type { LoopController } from "../../../mod.ts";
import { BOUND, COUNT, fail } from "../language/kinds.ts";
import type { Word } from "../language/lexer.ts";
import { LineError } from "../language/line.ts";
import type { Kind } from "../language/spec.ts";
import { batchReply } from "../render/batch.ts";
import type { Reply } from "../render/reply.ts";
import { count } from "../text/amounts.ts";
import { command } from "./command.ts";

/** A word that begins with no digit names a batch. */
const BOUND_OR_BATCH: Kind<number | Word> = {
  ...BOUND,
  label: "N|BATCH",
  parse: (word, now) => {
    if (word.text === "0") return 0;
    const isBound = word.text === "none" || /^[-+\d]/.test(word.text);
    return isBound ? BOUND.parse(word, now) : word;
  },
};

export default command({
  name: "concurrency",
  summary: "how many tasks run at once; the rest are queued",
  args: {
    limit: { kind: BOUND_OR_BATCH, optional: true },
    batchLimit: { kind: COUNT, optional: true },
  },
  options: {},
  details:
    `With 0 it is "pause". Only "resume" ends a pause. With the name of a batch, it
is how many tasks of the batch run at once.`,
  examples: ["concurrency 4", "concurrency none", "concurrency pages 20"],
  *run({ args: { limit, batchLimit } }, { session, endOfLine }) {
    const { loop, batches } = session;
    if (typeof limit === "object") {
      const started = batches.get(limit.text);
      if (started === undefined) fail(limit, "is neither a number nor a batch");
      if (batchLimit !== undefined) started.batch.concurrency = batchLimit;
      return yield batchReply(started);
    }
    if (batchLimit !== undefined) {
      throw new LineError("two numbers, and no batch", endOfLine);
    }
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
