/**
 * What the callers of the library may set, and what is wrong with it at once.
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

/** How a controller's loop behaves. All times are in milliseconds. */
export interface LoopOptions {
  /** The worker's name, as a debugger shows it. The default is `"loop"`. */
  readonly name?: string;
  /** How many tasks run at once at most. The default is `Infinity`. */
  readonly concurrency?: number;
  /**
   * How many of them run at once at most that are submitted with `isolate`; the
   * others wait. Each takes ten file descriptors of the program, and Deno ends
   * a program that can get no more of them. The default is 50: half of the
   * usual limit of 1024.
   */
  readonly isolatedConcurrency?: number;
  /**
   * How many tasks that have ended are kept till they are collected. When
   * there are more, the oldest whose outcome was read go first, a failure that
   * nobody read goes last. The default is 10,000.
   */
  readonly history?: number;
  /**
   * Where `console` in a task writes: to the task's log (`"capture"`, the
   * default) or where this program writes (`"inherit"`).
   */
  readonly console?: "capture" | "inherit";
  /** How long a task may take to unwind by default: 2000. */
  readonly grace?: number;
  /**
   * What carries the loop: a worker of this process (`"worker"`, the default)
   * or a child process (`"process"`), which can be killed for certain and has
   * permissions and memory of its own.
   */
  readonly isolation?: "worker" | "process";
  /**
   * What tasks in a child process may do: at most what this program may. Where
   * it is left out, they may do all that this program may without exception,
   * and nothing of a kind (`read`, `net` …) of which a part was granted or
   * denied to it, since Deno does not tell which part. Tasks in a worker may do
   * all that this program may. Relative paths are resolved when the controller
   * is made.
   */
  readonly permissions?: TaskPermissions;
  /**
   * The heap that a child process may use for JavaScript values, in MiB. It
   * bounds neither `ArrayBuffer`s, typed arrays and the memory of WebAssembly,
   * nor what subprocesses take.
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

/** The options that hold where nothing else is said. */
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
