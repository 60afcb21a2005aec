/**
 * One task seen from the controller's side.
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

/** What a kill came to. */
export interface KillResult {
  /** Whether the task has stopped for certain. */
  readonly confirmed: boolean;
  /** The other tasks that were lost with the loop. */
  readonly lost: TaskHandle[];
  /** The other tasks of the loop that are run again. */
  readonly resubmitted: TaskHandle[];
}

const checkFollowOptions = optionsCheck<
  { readonly signal?: AbortSignal }
>({ signal: checkSignal });

/** The handle of a record, always the same. */
export let handleOf: (record: TaskRecord, scheduler: Scheduler) => TaskHandle;

/**
 * One task, to be asked and told while it runs. What is asked without `await`
 * is answered at once, with all that the loop has told by then, also after this
 * thread has been blocked; {@linkcode TaskHandle.state} says what that means.
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

  /** The task's name: the one given, else the name of what it runs. */
  get name(): string {
    return recordOf(this).name;
  }

  /** The name of the group that it was started in. */
  get group(): string | undefined {
    return recordOf(this).group;
  }

  /** The task that started it, for a child. */
  get parent(): TaskHandle | undefined {
    const { parent } = recordOf(this);
    return parent && handleOf(parent, schedulerOf(this));
  }

  /**
   * Its state, as far as its loop has told by now. A Worker tells of an end
   * behind the microtasks that are queued then, and what it has begun is known
   * even while it is blocked: the state is true, but for the turn that the loop
   * is in. A child process tells as soon, and that takes some milliseconds to
   * get here. What was told stays so: a task that has ended never runs again.
   *
   * The same holds for all that is asked without `await`.
   */
  get state(): TaskState {
    return currentRecord(this).state;
  }

  /** Whether it was asked to stop and has not ended. */
  get cancelling(): boolean {
    return currentRecord(this).cancelling;
  }

  /** Whether it ended as cancelled, not confirmed, and really runs still. */
  get abandoned(): boolean {
    return currentRecord(this).abandoned;
  }

  /** All that is known of the task, as plain data. */
  snapshot(): TaskSnapshot {
    return snapshotOf(currentRecord(this), epochNow());
  }

  /**
   * Asks the task to stop: its signal aborts with a `CancelledError` of this
   * message, or with the error given. Resolves when it is known what came of
   * it:
   *
   * - `"cancelled"`: it has stopped, or had not started.
   * - `"finished"`: it had ended already, or ended in its own way meanwhile.
   * - `"ignored"`: it did not stop within the grace. Its handle is settled, the
   *   task is abandoned: it may run still, and what it returns is dropped.
   *
   * Asked twice, the first reason stands; a shorter grace shortens the first.
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
   * Stops the task by force, by ending the loop that it is in; a new loop
   * takes what comes. Resolves when that is done.
   *
   * In a process the task has stopped then, for certain. A worker whose loop
   * is blocked can't be stopped: its thread runs on till that yields or the
   * program exits, the task's outcome is not confirmed, and so long it stays
   * listed as abandoned. The answer names the other tasks of the loop: lost,
   * with a `LoopLostError`, or run again from the start, as they were
   * submitted. A task that waits is cancelled; one that has stopped stays so.
   * The reason is as that of `cancel`.
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
   * Sets, moves or (with `null`) lifts the limit on running time, in
   * milliseconds from the task's start. One that is shorter than what has
   * passed fires now. After the end it does nothing.
   *
   * @throws {TypeError} `ms` is no number of milliseconds.
   */
  setTimeout(ms: number | null): void {
    if (ms !== null) checkMs("timeout", ms);
    schedulerOf(this).moveLimit(recordOf(this), "timeout", ms ?? undefined);
  }

  /**
   * Sets, moves or (with `null`) lifts the absolute limit, which time in the
   * queue counts for as well; a number is milliseconds since the epoch. One
   * that has passed fires now. After the end it does nothing.
   *
   * @throws {TypeError} `at` is no moment.
   */
  setDeadline(at: number | Date | null): void {
    if (at !== null) checkMoment("deadline", at);
    schedulerOf(this).moveLimit(recordOf(this), "deadline", at?.valueOf());
  }

  /** What the task has written so far: its latest 1000 lines. */
  logs(): LogEntry[] {
    return [...currentRecord(this).details?.log?.entries ?? []];
  }

  /** How many lines it has written that are not kept. */
  get droppedLogs(): number {
    return currentRecord(this).details?.log?.dropped ?? 0;
  }

  /**
   * Yields what the task has written so far, then each line as it comes, till
   * the task ends or `signal` aborts.
   */
  followLogs(
    options: { readonly signal?: AbortSignal } = {},
  ): AsyncGenerator<LogEntry> {
    checkFollowOptions(options);
    return followLog(currentRecord(this), options.signal);
  }

  /** How Deno shows it. */
  [Symbol.for("Deno.customInspect")](): string {
    const { id, name, state, elapsedMs, cancelling, abandoned } = this
      .snapshot();
    const flag = cancelling ? ", cancelling" : abandoned ? ", abandoned" : "";
    const seconds = (elapsedMs / 1000).toFixed(1);
    const shown = escapeLine(name);
    return `TaskHandle #${id} ${shown}: ${state}${flag}, ${seconds} s`;
  }
}
