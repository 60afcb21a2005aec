/**
 * The handle of a task.
 *
 * @module
 */
import { checkMoment, checkMs, checkSignal, optionsCheck } from "../checks.ts";
import { epochNow } from "../clock.ts";
import { escapeLine } from "../escape.ts";
import type {
  CancelResult,
  LogEntry,
  TaskId,
  TaskSnapshot,
  TaskState,
} from "../task.ts";
import { currentRecord, recordOf, schedulerOf, TaskFuture } from "./future.ts";
import { followLog } from "./task/log.ts";
import type { TaskRecord } from "./task/record.ts";
import type { Scheduler } from "./scheduling/scheduler.ts";
import { snapshotOf } from "./task/snapshot.ts";
import { cancelAll, type CancelOptions, kill } from "./scheduling/stopping.ts";

/** The result of a kill. */
export interface KillResult {
  /** Whether the task has stopped for certain. */
  readonly confirmed: boolean;
  /** The other tasks that were lost with the loop. */
  readonly lost: TaskHandle[];
  /** The other tasks of the loop that run again. */
  readonly resubmitted: TaskHandle[];
}

const checkFollowOptions = optionsCheck<
  { readonly signal?: AbortSignal }
>({ signal: checkSignal });

/** The handle of a record; always the same one. */
export let handleOf: (record: TaskRecord, scheduler: Scheduler) => TaskHandle;

/**
 * One task, to watch and control while it runs. Whatever needs no `await` is up
 * to date, even after this thread was blocked: see {@linkcode TaskHandle.state}.
 *
 * Awaiting a handle gives the task's value or throws what the task threw. A
 * handle is not disposable: leaving a scope cancels nothing.
 *
 * @example
 * ```ts
 * import { LoopController } from "@loopctl/loopctl";
 * import { assertEquals } from "@std/assert";
 *
 * await using loop = new LoopController();
 * const handle = loop.submit((n: number) => n + 1, [1]);
 * assertEquals(handle.done, false);
 * assertEquals(await handle, 2);
 * assertEquals(handle.state, "succeeded");
 * ```
 */
export class TaskHandle<T = unknown> extends TaskFuture<T> {
  private constructor(record: TaskRecord, scheduler: Scheduler) {
    super(record, scheduler);
  }

  static {
    handleOf = (record, scheduler) =>
      (record.handle ??= new TaskHandle(record, scheduler)) as TaskHandle;
  }

  /** The task's id. */
  get id(): TaskId {
    return recordOf(this).id;
  }

  /** The name given at submission, else the name of the function. */
  get name(): string {
    return recordOf(this).name;
  }

  /** The name of the task's group. */
  get group(): string | undefined {
    return recordOf(this).group;
  }

  /** The task that started this one, for a child. */
  get parent(): TaskHandle | undefined {
    const { parent } = recordOf(this);
    return parent && handleOf(parent, schedulerOf(this));
  }

  /**
   * The state of the task, as far as its loop has reported. A worker reports an
   * end after the microtasks of that turn, and a start even while the loop is
   * blocked. So the state is true but for the current turn of the loop. The
   * reports of a child process arrive some milliseconds later. A task that has
   * ended never runs again.
   *
   * The same holds for everything that needs no `await`.
   */
  get state(): TaskState {
    const record = recordOf(this);
    // A list of tasks reads the states of very many that have ended.
    if (!record.done) return currentRecord(this).state;
    schedulerOf(this).callbacks.run();
    return record.state;
  }

  /** Whether the task was asked to stop and has not ended. */
  get cancelling(): boolean {
    return currentRecord(this).cancelling;
  }

  /** Whether the task did not stop in time, was given up, and may still run. */
  get abandoned(): boolean {
    return currentRecord(this).abandoned;
  }

  /** The whole state of the task, as plain data. */
  snapshot(): TaskSnapshot {
    const record = currentRecord(this);
    const paused = schedulerOf(this).queue.holds(record);
    return snapshotOf(record, epochNow(), paused);
  }

  /**
   * Asks the task to stop: its signal aborts with a `CancelledError` with this
   * message, or with the given error. Resolves when the result is known:
   *
   * - `"cancelled"`: the task has stopped, or had not started.
   * - `"finished"`: the task had ended, or ended by itself meanwhile.
   * - `"ignored"`: the task did not stop within its grace and was abandoned. It
   *   counts as cancelled, but may still run. What it returns is dropped.
   *
   * A second call keeps the first reason. A shorter grace shortens the first one.
   *
   * @throws {TypeError} The reason or an option can't be used.
   */
  cancel(
    reason?: string | Error,
    options?: CancelOptions,
  ): Promise<CancelResult> {
    return cancelAll(schedulerOf(this), [recordOf(this)], reason, options)[0]!;
  }

  /**
   * Stops the task by force: ends its loop. New tasks go to a new loop. Resolves
   * when the loop has ended.
   *
   * In a process, the task has then stopped for certain. A blocked worker can't
   * be stopped: its thread runs until the task yields or the program exits.
   * Until then the task is listed as abandoned, and its outcome is not
   * confirmed. The result names the other tasks of the loop: some are lost, with
   * a `LoopLostError`, others run again, as `onLoopLost` says. A queued task is
   * cancelled. A task that has stopped does not change. For the reason, see
   * {@linkcode TaskHandle.cancel}.
   */
  async kill(reason: string | Error = "killed"): Promise<KillResult> {
    const killed = await kill(schedulerOf(this), recordOf(this), reason);
    const handle = (one: TaskRecord) => handleOf(one, schedulerOf(this));
    return {
      confirmed: !recordOf(this).abandoned,
      lost: killed.lost.map(handle),
      resubmitted: killed.resubmitted.map(handle),
    };
  }

  /**
   * Sets, moves or (with `null`) lifts the limit on the running time, in
   * milliseconds from the task's start. A limit that has passed fires now. Does
   * nothing after the end.
   *
   * @throws {TypeError} `ms` is no number of milliseconds.
   */
  setTimeout(ms: number | null): void {
    if (ms !== null) checkMs("timeout", ms);
    schedulerOf(this).moveLimit(recordOf(this), "timeout", ms ?? undefined);
  }

  /**
   * Sets, moves or (with `null`) lifts the absolute limit, time in the queue
   * included. A number is milliseconds since the epoch. A limit that has passed
   * fires now. Does nothing after the end.
   *
   * @throws {TypeError} `at` is no moment.
   */
  setDeadline(at: number | Date | null): void {
    if (at !== null) checkMoment("deadline", at);
    schedulerOf(this).moveLimit(recordOf(this), "deadline", at?.valueOf());
  }

  /** The last 1000 lines that the task has written. */
  logs(): LogEntry[] {
    return [...currentRecord(this).details?.log?.entries ?? []];
  }

  /** How many lines of the task were dropped. */
  get droppedLogs(): number {
    return currentRecord(this).details?.log?.dropped ?? 0;
  }

  /**
   * Yields the lines of the task so far, then each new line, until the task ends
   * or `signal` aborts.
   */
  followLogs(
    options: { readonly signal?: AbortSignal } = {},
  ): AsyncGenerator<LogEntry> {
    checkFollowOptions(options);
    return followLog(currentRecord(this), options.signal);
  }

  /** How Deno shows a handle. */
  [Symbol.for("Deno.customInspect")](inspect: typeof Deno.inspect): string {
    const task = this.snapshot();
    const flag = task.cancelling
      ? ", cancelling"
      : task.abandoned
      ? ", abandoned"
      : "";
    const seconds = (task.elapsedMs / 1000).toFixed(1);
    const bounds = { strAbbreviateSize: 60, depth: 1, breakLength: Infinity };
    const args = task.args.map((value) => inspect(value, bounds)).join(", ");
    const call = escapeLine(`${task.name}(${args})`);
    return `TaskHandle #${task.id} ${call}: ${task.state}${flag}, ` +
      `${seconds} s${progressText(task)}`;
  }
}

function progressText({ progress }: TaskSnapshot): string {
  if (progress === undefined) return "";
  const { done, total, note = "" } = progress;
  const of = total === undefined ? "" : ` of ${total}`;
  return escapeLine(`, ${done}${of} ${note}`).trimEnd();
}
