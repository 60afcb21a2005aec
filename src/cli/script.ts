/**
 * The prompt without a terminal: one command a line; at the end it waits for
 * the running tasks and collects them.
 */
import { abortable } from "@std/async/abortable";
import type { TaskHandle } from "../../mod.ts";
import type { Shell } from "./commands/execute.ts";
import type { Line } from "./language/line.ts";
import type { Watchdog } from "./watchdog.ts";

/** How a script is run. */
export interface ScriptOptions {
  /** Ends at the first wrong command or failed task. */
  readonly stopOnError: boolean;
  /** Ends the script at once; its reason is not thrown. */
  readonly signal: AbortSignal;
  /** Watches the loop while the script waits for it. */
  readonly watchdog: Pick<Watchdog, "waiting">;
}

/**
 * Runs the lines, then waits for the running tasks and collects them. After
 * `quit`, an error that stops the script, or its signal, the running tasks are
 * left to the caller.
 *
 * @returns Whether every command was right.
 */
export async function runScript(
  shell: Shell,
  lines: AsyncIterable<Line>,
  { stopOnError, signal, watchdog }: ScriptOptions,
): Promise<boolean> {
  const failure = new AbortController();
  if (stopOnError) {
    shell.session.onFailure = () => failure.abort();
    if (shell.session.failed) failure.abort();
  }
  const stop = AbortSignal.any([signal, failure.signal]);
  let allRight = true;
  try {
    const iterator = lines[Symbol.asyncIterator]();
    for (;;) {
      watchdog.waiting = false;
      // Not `for await`: leaving it waits for a read of stdin to end.
      const { done, value: line } = await abortable(iterator.next(), stop);
      watchdog.waiting = true;
      if (done) break;
      const result = await shell.run(line, stop);
      if (result === "quit") return allRight;
      if (result === "failed") allRight = false;
      if (stopOnError && !allRight) return false;
      stop.throwIfAborted();
    }
    await collectAll(shell, stop);
  } catch (error) {
    if (!stop.aborted) throw error;
  }
  return allRight;
}

/** Shows the outcome of each task that has ended, and forgets these tasks. */
export async function collectEnded(
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
      await collectEnded(shell, [handle]);
    }
  }
}
