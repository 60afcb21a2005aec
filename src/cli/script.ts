/**
 * The prompt without a terminal: one command a line, then the rest of the
 * tasks is waited for and collected.
 *
 * @module
 */
import { abortable } from "@std/async/abortable";
import type { TaskHandle } from "../../mod.ts";
import { faultOf } from "./commands/commands.ts";
import { LineError } from "./language/line_error.ts";
import type { ScriptLine } from "./language/lines.ts";
import type { Shell } from "./commands/shell.ts";
import type { Watchdog } from "./watchdog.ts";

/** How a script is run. */
export interface ScriptOptions {
  /** Ends at the first command that is wrong or task that fails. */
  readonly stopOnError: boolean;
  /** Ends the script at once; its reason is not thrown. */
  readonly signal: AbortSignal;
  /** Is told when the script waits for the loop. */
  readonly watchdog: Pick<Watchdog, "waiting">;
}

/**
 * Runs the lines, then waits for what runs and collects it. After `quit`, an
 * error that stops it, or its signal, what runs is left to the caller.
 *
 * @returns Whether every command was right.
 */
export async function runScript(
  shell: Shell,
  lines: AsyncIterable<ScriptLine>,
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
      const verdict = await runLine(shell, line, stop);
      if (verdict === "quit") return allRight;
      if (verdict === "wrong") allRight = false;
      if (stopOnError && !allRight) return false;
      stop.throwIfAborted();
    }
    await collectAll(shell, stop);
  } catch (error) {
    if (!stop.aborted) throw error;
  }
  return allRight;
}

async function runLine(
  shell: Shell,
  line: ScriptLine,
  signal: AbortSignal,
): ReturnType<Shell["run"]> {
  if (line.malformed === undefined) return await shell.run(line, signal);
  const error = new LineError("not UTF-8", line.malformed);
  shell.show(faultOf(error, line));
  return "wrong";
}

/** Tells the outcome of each task that has ended, and forgets it. */
export function collectEnded(shell: Shell): void {
  for (const handle of shell.session.loop.collect()) tellOutcome(shell, handle);
}

function tellOutcome(shell: Shell, handle: TaskHandle): void {
  const outcome = shell.session.outcomeOf(handle);
  if (outcome === undefined) return;
  shell.show({ type: "outcome", task: handle.snapshot(), outcome });
}

/** Waits for all tasks, and tells each outcome in the order of the ids. */
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
      for (const ended of loop.collect([handle])) tellOutcome(shell, ended);
    }
  }
}
