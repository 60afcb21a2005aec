/**
 * The commands that tell how tasks stand and what they came to.
 *
 * @module
 */
import { abortable } from "@std/async/abortable";
import type { LoopController, TaskHandle } from "../../../mod.ts";
import type { LogEntry, TaskSnapshot } from "../../task.ts";
import type { Handler } from "./handler.ts";
import { formatId, type IdItem } from "../language/ids.ts";
import { LineError } from "../language/line_error.ts";
import { loopTroubles } from "../session/loop_troubles.ts";
import type { Reply } from "../render/reply.ts";
import { selectTask, selectTasks } from "../session/selection.ts";
import { isFailure, type Session } from "../session/session.ts";
import { taskTree } from "../render/task_tree.ts";

/** Tells how tasks stand. */
export const poll: Handler<"poll"> = async function* ({ args }, { session }) {
  const { loop } = session;
  await session.settleStarts();
  const handles = args.ids.length === 0
    ? loop.list()
    : selectTasks(args.ids, loop);
  yield { type: "tasks", rows: taskTree(handles, session) };
  yield* loopTroubles(session);
};

/** Tells of each task as it ends, and of each end that nobody was told. */
export const wait: Handler<"wait"> = async function* (
  { args, options },
  { session, signal },
) {
  const { loop } = session;
  const handles = args.ids.length === 0
    ? session.untold()
    : selectTasks(args.ids, loop);
  if (handles.length === 0) {
    yield { type: "notice", message: "nothing is running" };
    return;
  }
  const giveUp = new AbortController();
  const timer = options.timeout === undefined
    ? undefined
    : setTimeout(() => giveUp.abort(), options.timeout);
  const left = AbortSignal.any([signal, giveUp.signal]);
  try {
    const completed = loop.asCompleted(handles);
    for (;;) {
      const { done, value: handle } = await abortable(completed.next(), left);
      if (done) return;
      const outcome = session.outcomeOf(handle);
      session.tell(handle);
      yield {
        type: "task",
        because: "ended",
        task: handle.snapshot(),
        outcome,
      };
      if (options.any) return;
      if (options.firstFailure && outcome && isFailure(outcome)) return;
    }
  } catch (error) {
    if (signal.aborted || !giveUp.signal.aborted) throw error;
    yield stillRunning(handles.filter((handle) => !handle.done));
  } finally {
    clearTimeout(timer);
  }
};

/** Tells what finished tasks came to, and forgets them. */
export const collect: Handler<"collect"> = function* ({ args }, { session }) {
  const { loop } = session;
  const chosen = args.ids.length === 0
    ? undefined
    : selectTasks(args.ids, loop);
  const collected = loop.collect(chosen);
  for (const handle of collected) yield* outcomeOf(handle, session);
  const running = (chosen ?? loop.list()).filter((handle) => !handle.done);
  if (chosen !== undefined && running.length > 0) {
    yield stillRunning(running);
  } else if (collected.length === 0) {
    yield {
      type: "notice",
      message: running.length === 0
        ? "nothing to collect"
        : `nothing has ended; ${running.length} running or queued`,
    };
  }
};

/** Tells the value of a task alone. */
export const result: Handler<"result"> = async function* (
  { args, options },
  { session },
) {
  const handle = selectTask(args.id, session.loop);
  const outcome = session.outcomeOf(handle);
  const id = formatId(handle.id);
  switch (outcome?.state) {
    case undefined:
      throw new LineError(
        `${id} is ${handle.state}, and has no result yet`,
        args.id,
      );
    case "succeeded": {
      const value = handle.result();
      if (
        options.raw &&
        !(typeof value === "string" || value instanceof Uint8Array)
      ) {
        throw new LineError(`${id} is neither text nor a Uint8Array`, args.id);
      }
      session.tell(handle);
      yield {
        type: "result",
        task: handle.snapshot(),
        value,
        raw: options.raw,
      };
      return;
    }
    default:
      // It counts as read now, as a value that is told does.
      await handle.outcome();
      yield* outcomeOf(handle, session);
      throw new LineError(`${id} has no result: ${handle.state}`, args.id);
  }
};

/** Tells what a task wrote, or what was written outside of any. */
export const logs: Handler<"logs"> = async function* (
  { args, options },
  { session, signal, endOfLine },
) {
  const handle = args.id && logged(args.id, session.loop);
  if (handle === undefined) {
    if (options.follow) throw new LineError("--follow needs ID", endOfLine);
    yield* loggedBy(undefined, session.loop.logs(), "the loop");
    return;
  }
  if (handle.droppedLogs > 0) {
    yield {
      type: "notice",
      message: `${handle.droppedLogs} older lines were dropped`,
    };
  }
  if (options.follow) {
    let lines = 0;
    for await (const entry of handle.followLogs({ signal })) {
      yield { type: "log", task: handle.snapshot(), entry };
      lines++;
    }
    if (lines > 0 || signal.aborted) return;
  }
  yield* loggedBy(handle.snapshot(), handle.logs(), formatId(handle.id));
};

/** The task that is meant; undefined for the loop, if no task is called so. */
function logged(item: IdItem, loop: LoopController): TaskHandle | undefined {
  const ofLoop = item.kind === "name" && item.name === "loop" &&
    !loop.list().some(({ name, group }) => name === "loop" || group === "loop");
  return ofLoop ? undefined : selectTask(item, loop);
}

function* loggedBy(
  task: TaskSnapshot | undefined,
  entries: readonly LogEntry[],
  who: string,
): Generator<Reply> {
  for (const entry of entries) yield { type: "log", task, entry };
  if (entries.length > 0) return;
  yield { type: "notice", message: `${who} has written nothing` };
}

function* outcomeOf(handle: TaskHandle, session: Session): Generator<Reply> {
  const outcome = session.outcomeOf(handle);
  if (outcome !== undefined) {
    session.tell(handle);
    yield { type: "outcome", task: handle.snapshot(), outcome };
  }
}

function stillRunning(handles: readonly TaskHandle[]): Reply {
  const ids = handles.map(({ id }) => formatId(id)).join(", ");
  return { type: "notice", message: `not ended: ${ids}` };
}
