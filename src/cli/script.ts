/**
 * The prompt without a terminal: one command a line; at the end it waits for
 * the running tasks and collects them.
 */
import { abortable } from "@std/async/abortable";
import type { TaskHandle } from "../../mod.ts";
import type { TaskId } from "../task.ts";
import { COMMANDS, Shell } from "./commands/execute.ts";
import { joinLines } from "./language/parser.ts";
import { type Line, readLines } from "./language/line.ts";
import { notice, type Reply } from "./render/reply.ts";
import type { Session } from "./session/session.ts";
import { counted } from "./text/amounts.ts";
import { Watchdog } from "./watchdog.ts";

export interface ScriptOptions {
  readonly first: readonly string[];
  /** Lines to run in place of those from stdin. */
  readonly commands: string | undefined;
  /** Ends at the first wrong command or failed task. */
  readonly stopOnError: boolean;
  /** Shows the outcomes in the order of the ids, not as the tasks end. */
  readonly ordered: boolean;
  /** Ends the script at once. */
  readonly signal: AbortSignal;
  /** Stops the tasks that are still running, and closes the loop. */
  readonly end: () => Promise<void>;
}

/**
 * Runs the lines, then waits for the running tasks and collects them. After
 * `quit`, an error that stops the script, or its signal, the running tasks are
 * stopped.
 *
 * @returns Whether every command was right.
 */
export async function runScript(
  session: Session,
  show: (reply: Reply) => void,
  options: ScriptOptions,
): Promise<boolean> {
  using watchdog = new Watchdog(session, show);
  session.forgetful = true;
  const shell = new Shell(session, show);
  const allRight = await runLines(shell, watchdog, options);
  await collect(shell);
  await options.end();
  await collect(shell);
  return allRight;
}

async function runLines(
  shell: Shell,
  watchdog: Watchdog,
  options: ScriptOptions,
): Promise<boolean> {
  const { stopOnError, signal } = options;
  const failure = new AbortController();
  if (stopOnError) shell.session.onFailure = () => failure.abort();
  const stop = AbortSignal.any([signal, failure.signal]);
  let allRight = true;
  try {
    const lines = linesOf(options);
    for (;;) {
      watchdog.waiting = false;
      // Not `for await`: leaving it waits for a read of stdin to end.
      const { done, value: line } = await abortable(lines.next(), stop);
      watchdog.waiting = true;
      if (done) break;
      const result = await shell.run(line, stop);
      if (result === "quit") return allRight;
      if (result === "failed") allRight = false;
      if (stopOnError && !allRight) return false;
      stop.throwIfAborted();
    }
    resumeAll(shell);
    await abortable(shell.session.batchesFinished(), stop);
    await collectAll(shell, options, stop);
  } catch (error) {
    if (!stop.aborted) throw error;
  }
  return allRight;
}

async function* linesOf(
  { first, commands }: ScriptOptions,
): AsyncGenerator<Line, void, void> {
  for (const text of first) yield { text };
  const lines = readLines(
    commands === undefined
      ? Deno.stdin.readable
      : new Blob([commands]).stream(),
  );
  yield* joinLines(lines, COMMANDS);
}

/** Ends every pause: no line comes that could. */
function resumeAll({ session, show }: Shell): void {
  const { loop } = session;
  for (const { batch } of session.batches.values()) batch.resume();
  const paused = loop.list().filter((handle) => handle.snapshot().paused);
  if (paused.length === 0) return;
  const tasks = counted(paused.length, "paused task");
  show(notice(`the script has ended; resuming ${tasks}`, "aside"));
  loop.resume(paused);
  loop.resume();
}

/** Shows the outcomes of these tasks, as far as they have ended. */
async function collect(
  { session, show }: Shell,
  handles: readonly TaskHandle[] = session.untaken(),
): Promise<void> {
  const { collectOutcomes } = await import("./commands/collect.ts");
  const { outputReplies } = await import("./commands/logs.ts");
  for (const handle of handles) {
    for (const reply of collectOutcomes([handle], session)) show(reply);
    for (const reply of outputReplies(handle, session)) show(reply);
  }
}

/**
 * Waits for all tasks, and shows each outcome as its task ends. Keeps no handle
 * of those that were shown: it would keep the value. What tasks have detached
 * meanwhile comes in the next turn.
 */
async function collectAll(
  shell: Shell,
  { ordered }: ScriptOptions,
  signal: AbortSignal,
): Promise<void> {
  const { session } = shell;
  const { loop } = session;
  const showEnds = async (ids: readonly TaskId[]): Promise<void> => {
    const handles = ids.flatMap((id) => loop.get(id) ?? []);
    const ends = loop.asCompleted(handles, { signal });
    for await (const handle of ends) await collect(shell, [handle]);
  };
  for (;;) {
    const ids = session.untaken().map(({ id }) => id);
    if (ids.length === 0) return;
    if (!ordered) await showEnds(ids);
    else for (const id of ids) await showEnds([id]);
  }
}
