/**
 * What a task can do while it runs: follow its signal, sleep, report progress,
 * start other tasks. Inside a loop {@linkcode task} is the task whose code uses
 * it, through any chain of awaits and timers. Outside a loop it does nothing
 * harmful, so a task function can also be called as a plain function.
 *
 * @example A task function, run without a loop
 * ```ts
 * import { task } from "@loopctl/loopctl/task";
 * import { assertEquals } from "@std/assert";
 *
 * async function countdown(from: number): Promise<string> {
 *   for (let n = from; n > 0; n--) {
 *     task.progress(from - n, from);
 *     await task.sleep(1);
 *   }
 *   return "lift-off";
 * }
 * assertEquals(await countdown(3), "lift-off");
 * ```
 *
 * @module
 */
import { gather, wait } from "./task_api/gather.ts";
import { outside } from "./task_api/outside.ts";
import type { CurrentTask, Task } from "./task_api/task.ts";

export { CancelledError, type Limit, TimeoutError } from "./errors.ts";
export type { RetryOptions } from "./protocol/messages.ts";
export type {
  ModuleTask,
  TaskFunction,
  TaskReference,
} from "./protocol/reference.ts";
export type { CancelResult, TaskId, TaskState } from "./task.ts";
export type { ChildTask, SpawnOptions } from "./task_api/child.ts";
export type {
  ChildGroup,
  GatherEntries,
  GatherEntry,
  GatherOptions,
  WaitResult,
} from "./task_api/gather.ts";
export type { AsyncWaitOptions, WaitOptions } from "./wait.ts";
export type { CurrentTask, Task };

/**
 * The global under which a loop provides its current task. A registered symbol
 * works even if the module of a task loads another version of this package than
 * its loop.
 */
export const CURRENT_TASK: unique symbol = Symbol.for("loopctl.currentTask");

interface LoopGlobal {
  [CURRENT_TASK]?: () => CurrentTask | undefined;
}

/** Called by a loop to provide its current task. Not for tasks. */
export function provideCurrentTask(
  current: () => CurrentTask | undefined,
): void {
  (globalThis as LoopGlobal)[CURRENT_TASK] = current;
}

function current(): CurrentTask {
  return (globalThis as LoopGlobal)[CURRENT_TASK]?.() ?? outside;
}

/** The task that is running. */
export const task: Task = {
  get id() {
    return current().id;
  },
  get name() {
    return current().name;
  },
  get attempt() {
    return current().attempt;
  },
  get signal() {
    return current().signal;
  },
  sleep: (ms) => current().sleep(ms),
  shielded: (run) => current().shielded(run),
  progress: (done, total, note) => current().progress(done, total, note),
  spawn: (reference, args, options) =>
    current().spawn(reference, args, options),
  gather: (entries, options = {}) => gather(current(), entries, options),
  wait: (children, options = {}) => wait(current(), children, options),
  detach: (reference, args, options) =>
    current().detach(reference, args, options),
  cancel: (reason) => current().cancel(reason),
};
