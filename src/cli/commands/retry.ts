/** `retry`: starts tasks again that have ended. */
import type { TaskHandle } from "../../../mod.ts";
import { formatId } from "../language/ids.ts";
import { FLAG, IDS } from "../language/kinds.ts";
import { LineError } from "../language/line.ts";
import { ENDED } from "../language/spec.ts";
import { batchReply } from "../render/batch.ts";
import { notice } from "../render/reply.ts";
import { taskTitles } from "../render/task.ts";
import { passes, selectTasks, takeBatches } from "../session/selection.ts";
import { command } from "./command.ts";
import { submittedFields } from "./starting.ts";

const MAX_TITLES = 20;

export default command({
  name: "retry",
  summary: "start tasks again: the same task, arguments and options",
  args: { ids: { kind: IDS, offers: ENDED, many: true } },
  options: {
    failed: { kind: FLAG, help: "only those that failed or ran out of time" },
  },
  details:
    `Each has a new id; those of a group join it. A deadline gives as much time as
it gave at first. Tasks that were retried before are left out, but for a single
ID. A module that was loaded anew is taken as it is now.`,
  examples: ["retry 7", "retry failed", "retry crawl --failed"],
  async *run({ args, options: { failed } }, { session, endOfLine }) {
    const { loop, starts } = session;
    const named = args.ids.filter(({ kind }) => kind === "name");
    const { batches } = takeBatches(named, session);
    const ids = args.ids.filter((item) =>
      item.kind !== "name" || !session.batches.has(item.name)
    );
    for (const one of batches) {
      const { name, batch } = one;
      if (!batch.done || !failed) {
        const why = batch.done
          ? "is a batch: add --failed"
          : "has not ended; wait first, or cancel";
        throw new LineError(`${name} ${why}`, named[0]!);
      }
      yield batchReply(await one.retry());
    }
    if (batches.length > 0 && ids.length === 0) return;
    const chosen = selectTasks(ids, loop);
    const single = ids.length === 1 && ids[0]!.kind === "one";
    // A filter, as `all`, takes what it can.
    const lenient = failed ||
      ids.some(({ kind }) => kind === "filter" || kind === "all");
    const place = ids[0] ?? endOfLine;
    const running = chosen.filter((one) => !one.done && starts.knows(one));
    if (running.length > 0 && !lenient) {
      const some = running.slice(0, MAX_TITLES).map(({ id }) => formatId(id));
      const names = some.join(", ") + (running.length > MAX_TITLES ? " …" : "");
      throw new LineError(
        `${names} ${running.length === 1 ? "has" : "have"} not ended; ` +
          `"cancel" or "wait" first, or add --failed`,
        place,
      );
    }
    const [only] = chosen;
    if (single && !starts.knows(only!)) throw notOurs(only!, place);
    const handles = chosen.filter((one) =>
      one.done && starts.knows(one) && (single || !starts.wasRetried(one)) &&
      (!failed || passes(one, "failed"))
    );
    if (handles.length === 0) return yield notice("nothing to retry");
    const newer = starts.retry(handles).flatMap(({ handles }) => handles);
    const tasks = newer.map((handle) => handle.snapshot());
    yield {
      text: () => taskTitles(tasks, MAX_TITLES),
      json: () => tasks.map(submittedFields),
    };
    const reloaded = newer.filter((handle, n) =>
      starts.runsOtherCode(handle, loop.get(tasks[n]!.retryOf!) ?? handle)
    );
    if (reloaded.length > 0) {
      const names = [...new Set(reloaded.map((one) => one.snapshot().task))];
      yield notice(`${names.join(", ")}: as the module is now`);
    }
  },
});

function notOurs({ id, parent }: TaskHandle, place: LineError["span"]) {
  const way = parent === undefined ? "" : `; retry ${formatId(parent.id)}`;
  return new LineError(
    `no command has started ${formatId(id)}, but another task${way}`,
    place,
  );
}
