/**
 * The options of a controller, their checks and defaults.
 *
 * @module
 */
import {
  checkCount,
  checkFunction,
  checkMs,
  checkObject,
  checkText,
  oneOf,
  optionsCheck,
} from "../checks.ts";
import { escapeText } from "../escape.ts";
import type { PermissionKind, TaskPermissions } from "../engine/permissions.ts";

export type { PermissionKind, TaskPermissions };

/** The options of a controller. All times are in milliseconds. */
export interface LoopOptions {
  /** The name of the worker in a debugger. The default is `"loop"`. */
  readonly name?: string;
  /** The largest number of tasks that run at once. The default is `Infinity`. */
  readonly concurrency?: number;
  /**
   * The largest number of tasks with `isolate` that run at once. The default is
   * 50. Each takes ten file descriptors of the program, which usually has 1024,
   * and Deno ends a program that runs out of them.
   */
  readonly isolatedConcurrency?: number;
  /**
   * How many ended tasks are kept until they are collected. The default is
   * 10,000. Beyond that, the oldest task whose outcome was read is dropped
   * first, a failure that nobody has read last.
   */
  readonly history?: number;
  /**
   * Where `console` in a task writes: to the task's log (`"capture"`, the
   * default) or to the output of this program (`"inherit"`).
   */
  readonly console?: "capture" | "inherit";
  /**
   * How long a task has to stop after a cancel or a limit, before the controller
   * abandons it. The default is 2000.
   */
  readonly grace?: number;
  /**
   * Where the loop runs: in a worker of this process (`"worker"`, the default)
   * or in a child process (`"process"`). A child process can always be killed,
   * and has its own permissions and memory.
   */
  readonly isolation?: "worker" | "process";
  /**
   * The permissions of tasks in a child process, out of those of this program.
   * By default, tasks have each kind (`read`, `net` …) that this program has
   * without exception, and nothing of a kind that was granted or denied in part,
   * because Deno does not say which part. Tasks in a worker always have all
   * permissions of this program. Relative paths are resolved when the controller
   * is created.
   */
  readonly permissions?: TaskPermissions;
  /**
   * The heap of a child process for JavaScript values, in MiB. `ArrayBuffer`s,
   * typed arrays, the memory of WebAssembly and subprocesses are not limited.
   */
  readonly memoryMb?: number;
  /**
   * Called with what no call returns and a person should know: failures that
   * nobody has read, outcomes that the history dropped unread. A warning may
   * quote what a task wrote. The default writes it with `console.warn` and
   * escapes what would act on a terminal.
   */
  readonly onWarning?: (warning: string) => void;
}

const checkLoopOptions = optionsCheck<LoopOptions>({
  name: checkText,
  concurrency: checkCount,
  isolatedConcurrency: checkCount,
  history: checkCount,
  console: oneOf("capture", "inherit"),
  grace: checkMs,
  isolation: oneOf("worker", "process"),
  permissions: checkObject,
  memoryMb: checkCount,
  onWarning: checkFunction,
});

/** The options with their defaults. */
export type Settings = Required<
  Omit<LoopOptions, "isolation" | "permissions" | "memoryMb">
>;

/** @throws {TypeError | RangeError} An option can't be used. */
export function settingsOf(options: LoopOptions): Settings {
  checkLoopOptions(options);
  const {
    name = "loop",
    concurrency = Infinity,
    isolatedConcurrency = 50,
    history = 10_000,
    console = "capture",
    grace = 2000,
    onWarning = (warning) => globalThis.console.warn(escapeText(warning)),
  } = options;
  return {
    name,
    concurrency,
    isolatedConcurrency,
    history,
    console,
    grace,
    onWarning,
  };
}
