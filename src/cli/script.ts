/**
 * The prompt without a terminal: one command a line; at the end it waits for
 * the running tasks and collects them.
 */
import { abortable } from "@std/async/abortable";
import type { TaskHandle } from "../../mod.ts";
import { Shell } from "./commands/execute.ts";
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
    await collectAll(shell, stop);
  } catch (error) {
    if (!stop.aborted) throw error;
  }
  return allRight;
}

async function* linesOf(
  { first, commands }: ScriptOptions,
): AsyncGenerator<Line, void, void> {
  for (const text of first) yield { text };
  yield* readLines(
    commands === undefined
      ? Deno.stdin.readable
      : new Blob([commands]).stream(),
  );
}

/** Ends every pause: no line comes that could. */
function resumeAll({ session: { loop }, show }: Shell): void {
  const paused = loop.list().filter((handle) => handle.snapshot().paused);
  if (paused.length === 0) return;
  const tasks = counted(paused.length, "paused task");
  show(notice(`the script has ended; resuming ${tasks}`, "aside"));
  loop.resume(paused);
  loop.resume();
}

/** Shows the outcome of each task that has ended, and forgets these tasks. */
async function collect(
  { session, show }: Shell,
  handles?: readonly TaskHandle[],
): Promise<void> {
  const { collectOutcomes } = await import("./commands/collect.ts");
  collectOutcomes(session, handles).forEach(show);
}

/** Waits for all tasks, and shows each outcome in the order of the ids. */
async function collectAll(shell: Shell, signal: AbortSignal): Promise<void> {
  const { loop } = shell.session;
  const seen = new Set<TaskHandle>();
  for (;;) {
    const handles = loop.list().filter((handle) => !seen.has(handle));
    if (handles.length === 0) return;
    for (const handle of handles) {
      seen.add(handle);
      await loop.wait([handle], { signal });
      signal.throwIfAborted();
      await collect(shell, [handle]);
    }
  }
}
