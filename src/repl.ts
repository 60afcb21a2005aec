/**
 * A ready loop and short words for it, for `deno repl`:
 *
 * ```sh
 * deno repl -A --eval 'import * as l from "jsr:@loopctl/loopctl/repl"'
 * ```
 *
 * Then `h = l.submit(fetchAll, ["http://127.0.0.1:8000/"])` starts a task, `h`
 * shows how the task is doing, `h.result()` gives its value, and none of them
 * needs an `await`. A failure that happens in between is shown at the next word.
 *
 * @example
 * ```ts ignore
 * import * as l from "@loopctl/loopctl/repl";
 * import { assertEquals } from "@std/assert";
 *
 * const h = l.submit((a: number, b: number) => a + b, [1, 2]);
 * await l.wait(h);
 * assertEquals(h.result(), 3);
 * ```
 *
 * @module
 */
import { pathToFileURL } from "node:url";
import {
  type AsyncWaitOptions,
  type CancelResult,
  type KillResult,
  LoopController,
  type SubmitOptions,
  TaskBatch,
  TaskGroup,
  TaskHandle,
  type TaskId,
  type TaskModule,
  taskModule,
  type TaskReference,
  type WaitResult,
} from "../mod.ts";
import { logReply } from "./cli/commands/logs.ts";
import { endedReply, outcomeReply } from "./cli/render/outcome.ts";
import { render, type Reply } from "./cli/render/reply.ts";
import { ListedHandle, taskListReply } from "./cli/render/task_list.ts";

/** Tasks: a handle, an id, a group or a batch, or several handles. */
export type Which =
  | TaskHandle
  | TaskId
  | TaskGroup
  | TaskBatch
  | Iterable<TaskHandle>;

/** The loop that the words use. It ends with the program. */
export const loop: LoopController = new LoopController();

/** Failures that no word has shown yet. */
const failures = new Set<TaskHandle>();

/** Starts a task, as {@linkcode LoopController.submit} does. */
export function submit<A extends readonly unknown[], R>(
  task: TaskReference<A, R>,
  args?: A,
  options?: SubmitOptions,
): TaskHandle<Awaited<R>> {
  showFailures();
  const handle = loop.submit(task, args, options);
  watchFor(handle);
  return handle;
}

/** Starts several tasks, as {@linkcode LoopController.gather} does. */
export const gather: LoopController["gather"] = (
  entries: Parameters<LoopController["gather"]>[0],
  options?: Parameters<LoopController["gather"]>[1],
): never => {
  showFailures();
  const group = loop.gather(entries, options);
  group.members.forEach(watchFor);
  return group as never;
};

/** A task for each input, as {@linkcode LoopController.map} does. */
export const map: LoopController["map"] = (
  ...args: Parameters<LoopController["map"]>
): never => {
  showFailures();
  return loop.map(...args) as never;
};

/**
 * Loads a module of tasks, by a path or a URL: `const t = await use("./tasks.ts")`
 * and then `submit(t.crawl, [url])`.
 *
 * @throws What the module throws while it loads.
 */
export async function use<M = Record<string, (...args: never[]) => unknown>>(
  module: string,
): Promise<TaskModule<M>> {
  const url = /^[a-z][a-z\d+.-]+:/i.test(module)
    ? module
    : pathToFileURL(module).href;
  const { exports } = await loop.exportsOf(url);
  const tasks = exports.filter(({ kind }) => kind === "function");
  console.log(tasks.map(({ name }) => name).join(", "));
  return taskModule<M>(url);
}

/** Prints the status of these tasks, or of all. */
export function ps(which?: Which): void {
  const handles = handlesOf(which);
  for (const handle of handles) failures.delete(handle);
  showFailures();
  print(taskListReply(
    handles.map((handle) => new ListedHandle(handle, (one) => one.peek())),
  ));
}

/** Waits for these tasks, or for all, as {@linkcode LoopController.wait} does. */
export function wait(
  which?: Which,
  options?: AsyncWaitOptions,
): Promise<WaitResult> {
  showFailures();
  return loop.wait(handlesOf(which), options);
}

/** Waits for these tasks, or for all, and prints each when it has ended. */
export async function watch(which?: Which): Promise<void> {
  showFailures();
  for await (const handle of loop.asCompleted(handlesOf(which))) {
    failures.delete(handle);
    print(endedReply({ task: handle.snapshot(), outcome: handle.peek() }));
  }
}

/** Asks these tasks, or all, to stop; gives each answer. */
export function cancel(
  which?: Which,
  reason?: string | Error,
): Promise<CancelResult[]> {
  showFailures();
  return loop.cancel(handlesOf(which), reason);
}

/** Ends a task by force, as {@linkcode TaskHandle.kill} does. */
export async function kill(task: TaskHandle | TaskId): Promise<KillResult> {
  showFailures();
  return await handlesOf(task)[0]!.kill();
}

/** Prints the outcomes of these tasks, or of all, and forgets the tasks. */
export function collect(which?: Which): void {
  for (const handle of loop.collect(handlesOf(which))) {
    failures.delete(handle);
    print(outcomeReply(handle.snapshot(), handle.peek()!));
  }
  showFailures();
}

/** Prints what a task has written with `console`. */
export function logs(task: TaskHandle | TaskId): void {
  showFailures();
  const [handle] = handlesOf(task);
  for (const entry of handle!.logs()) print(logReply(undefined, entry));
}

/** @throws {TypeError} There is no task with this id. */
function handlesOf(which: Which | undefined): TaskHandle[] {
  if (which === undefined) return loop.list();
  if (which instanceof TaskHandle) return [which];
  if (which instanceof TaskGroup) return [...which.members];
  if (which instanceof TaskBatch) return which.members;
  if (typeof which === "object") return [...which];
  const handle = loop.get(which);
  if (handle !== undefined) return [handle];
  throw new TypeError(`There is no task ${which} here; ps() lists the tasks`);
}

function watchFor(handle: TaskHandle): void {
  handle.onSettled(() => {
    if (handle.state === "failed") failures.add(handle);
  });
}

function showFailures(): void {
  for (const handle of failures) {
    print(endedReply({ task: handle.snapshot(), outcome: handle.peek() }));
  }
  failures.clear();
}

function print(reply: Reply): void {
  let width = Infinity;
  try {
    width = Deno.consoleSize().columns;
  } catch {
    // There is no terminal.
  }
  const color = !Deno.noColor && width < Infinity;
  console.log(render(reply, { width, color, now: Date.now() }).trimEnd());
}
