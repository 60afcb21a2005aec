/**
 * The commands that stop tasks and move their limits.
 *
 * @module
 */
import { abortable } from "@std/async/abortable";
import type { TaskHandle } from "../../../mod.ts";
import type { Handler } from "./handler.ts";
import { formatId } from "../language/ids.ts";
import { LineError, type Span } from "../language/line_error.ts";
import type { Reply } from "../render/reply.ts";
import { killTasks } from "./kill.ts";
import { selectTask, selectTasks } from "../session/selection.ts";

/** Asks tasks to stop; answers for each, in their order. */
export const cancel: Handler<"cancel"> = async function* (
  { args, options },
  { session, signal, endOfLine },
) {
  const { ids } = args;
  if (options.queued) await session.settleStarts();
  if (ids.length === 0 && !options.queued) {
    throw new LineError(`"cancel" needs IDS, or --queued`, endOfLine);
  }
  const all = ids.length === 0 || ids.some(({ kind }) => kind === "all");
  const chosen = ids.length === 0
    ? session.loop.list()
    : selectTasks(ids, session.loop);
  const handles = chosen.filter((handle) =>
    options.queued ? handle.state === "queued" : !all || !handle.done
  );
  if (handles.length === 0) {
    yield {
      type: "notice",
      message: options.queued ? "nothing is queued" : "nothing is running",
    };
    return;
  }
  const { reason, grace } = options;
  const answers = await abortable(
    session.loop.cancel(handles, reason, grace === undefined ? {} : { grace }),
    signal,
  );
  for (const [n, handle] of handles.entries()) {
    // What it threw besides the reason is for its outcome to tell.
    const outcome = session.outcomeOf(handle);
    const threw = outcome?.state === "cancelled" && outcome.error !== undefined;
    if (!threw) session.tell(handle);
    yield { type: "cancel", answer: answers[n]!, task: handle.snapshot() };
  }
};

/** Ends tasks by force; answers for each, then for what went with them. */
export const kill: Handler<"kill"> = async function* (
  { args, options },
  { session, signal },
) {
  const all = args.ids.some((item) => item.kind === "all");
  const handles = selectTasks(args.ids, session.loop)
    .filter((handle) => !all || !handle.done || handle.abandoned);
  if (handles.length === 0) {
    yield { type: "notice", message: "nothing is running" };
    return;
  }
  yield* killTasks(handles, session, signal, options.reason);
};

/** Moves a limit on running time. */
export const timeout: Handler<"timeout"> = async function* (
  { args },
  { session },
) {
  await session.settleStarts();
  const handle = unfinished(selectTask(args.id, session.loop), args.id);
  handle.setTimeout(args.limit);
  yield limitsOf(handle);
};

/** Moves an absolute limit. */
export const deadline: Handler<"deadline"> = async function* (
  { args },
  { session },
) {
  await session.settleStarts();
  const handle = unfinished(selectTask(args.id, session.loop), args.id);
  handle.setDeadline(args.moment);
  yield limitsOf(handle);
};

/** Moves or tells the bound on how many tasks run at once. */
export const concurrency: Handler<"concurrency"> = function* (
  { args },
  { session: { loop } },
) {
  if (args.limit !== undefined) loop.concurrency = args.limit;
  const { running, queued } = loop.health();
  yield { type: "concurrency", limit: loop.concurrency, running, queued };
};

function unfinished(handle: TaskHandle, place: Span): TaskHandle {
  if (handle.done) {
    throw new LineError(
      `${formatId(handle.id)} has ended: ${handle.state}`,
      place,
    );
  }
  return handle;
}

function limitsOf(handle: TaskHandle): Reply {
  return { type: "task", because: "limits", task: handle.snapshot() };
}
