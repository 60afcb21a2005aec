/** `concurrency`: shows or changes how many tasks run at once. */
import { BOUND } from "../language/kinds.ts";
import { count } from "../text/amounts.ts";
import { command } from "./command.ts";

export default command({
  name: "concurrency",
  summary: "how many tasks run at once; the rest are queued",
  args: { limit: { kind: BOUND, optional: true } },
  options: {},
  examples: ["concurrency 4", "concurrency none"],
  *run({ args }, { session: { loop } }) {
    if (args.limit !== undefined) loop.concurrency = args.limit;
    const { running, queued } = loop.health();
    const { concurrency } = loop;
    const bounded = Number.isFinite(concurrency);
    yield {
      text: () =>
        `${bounded ? `${count(concurrency)} at once` : "no bound"}: ` +
        `${running} running, ${queued} queued`,
      json: () => ({
        type: "concurrency",
        concurrency: bounded ? concurrency : null,
        running,
        queued,
      }),
    };
  },
});
