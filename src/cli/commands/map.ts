/** `map`: runs a task for each of many inputs. */
import {
  type BatchJob,
  dueInputs,
  type Plan,
  type Sink,
} from "../batch/job.ts";
import { summaryReply } from "../batch/summary.ts";
import { outcomeReply } from "../render/outcome.ts";
import { notice, type Reply } from "../render/reply.ts";
import { previewValue } from "../render/value_text.ts";
import type { Session } from "../session/session.ts";
import { counted } from "../text/amounts.ts";
import { excerpt } from "../text/style.ts";
import { command } from "./command.ts";
import { MAP, prepare, start } from "./mapping.ts";

export default command({
  ...MAP,
  summary: "run a task for each of many inputs, and write the outcomes",
  details:
    `Inputs: ::: A B C, a range such as 1..100, --lines, --jsonl, --csv, or < FILE.
An input is the first argument of the task, and ARGS follow. In ARGS, {} stands
for the input; if one of them is {} alone, the input is only there. For exec, the
input is the last argument.
With --out FILE, --resume goes on where an earlier run has stopped: inputs are
known by their text, so they may be in another order. Equal inputs are run once.
The batch is a group: poll, watch, cancel, pause, resume, concurrency, wait and
retry --failed take its name.`,
  examples: [
    "map fetch ::: http://127.0.0.1:8000/a http://127.0.0.1:8000/b",
    "map page --lines urls.txt --concurrency 8 --retry 3 --out pages.jsonl",
    "map resize 1..100 {}.png --dry-run",
  ],
  async *run(parsed, { session, signal, endOfLine }) {
    const { dryRun, quiet } = parsed.options;
    const prepared = await prepare(parsed, {
      session,
      signal,
      endOfLine,
      alone: false,
    });
    for (const note of prepared.notes) yield notice(note);
    if (dryRun) return yield await dryRunReply(prepared.plan);
    const job = start(prepared, session, shown(session));
    yield startedReply(job);
    if (quiet) return;
    const again = `retry ${job.name} --failed`;
    void job.finished.then(() => {
      const some = job.failed.length > 0;
      session.tell(summaryReply(job, some ? again : undefined));
    });
  },
});

const FIRST = 5;
const MAX_COLUMNS = 500;

/** The first calls that the batch would make. */
export async function dryRunReply(plan: Plan): Promise<Reply> {
  const calls: string[] = [];
  const { task, options } = plan;
  for await (const due of dueInputs(plan)) {
    const args = options.args!(due)
      .map((value) => previewValue(value, MAX_COLUMNS));
    if (calls.push(`${task.export}(${args.join(", ")})`) === FIRST) break;
  }
  return {
    text: () => calls.join("\n") || "no input is due",
    json: () => ({ type: "calls", calls }),
  };
}

function startedReply({ name, batch, progress }: BatchJob): Reply {
  const { total } = progress;
  const over = total === undefined ? "" : ` of ${counted(total, "input")}`;
  return {
    text: () =>
      `${excerpt(name)}: a batch${over}, ${batch.concurrency} at once`,
    json: () => ({ type: "group", name, members: [], total }),
  };
}

/** The outcomes are shown as those of any task. */
function shown(session: Session): Sink {
  return {
    add: ({ key, outcome }, handle) => {
      if (handle === undefined) {
        const { message } = (outcome as { error: Error }).error;
        session.tell(notice(`${key}: ${message}`, "aside"));
      } else if (session.forgetful) {
        session.tell(outcomeReply(handle.snapshot(), outcome));
        session.collect(handle);
      } else {
        session.ended(handle);
      }
    },
    close: () => Promise.resolve(),
  };
}
