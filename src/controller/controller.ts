/**
 * The controller: starts a loop, and submits tasks to it.
 *
 * @module
 */
import { checkCount } from "../checks.ts";
import type { ModuleDescription } from "../protocol/messages.ts";
import type { CancelResult, LogEntry, TaskId } from "../task.ts";
import {
  type AsyncWaitOptions,
  wait,
  type WaitOptions,
  waitSync,
} from "../wait.ts";
import {
  asCompleted,
  type AsCompletedOptions,
  type CompletedTask,
} from "./as_completed.ts";
import { type CloseOptions, Closing } from "./closing.ts";
import { engineStarter } from "./engines.ts";
import { handleOf, type TaskHandle } from "./handle.ts";
import { handlesOf, recordsOf, sortOut, type WaitResult } from "./handles.ts";
import { healthOf, type LoopHealth } from "./loop_health.ts";
import { type LoopOptions, settingsOf } from "./options.ts";
import type { TaskRecord } from "./task/record.ts";
import { Scheduler } from "./scheduling/scheduler.ts";
import { cancelAll, type CancelOptions } from "./scheduling/stopping.ts";
import { TaskStarter } from "./starter.ts";

/**
 * Starts a loop beside this thread and runs tasks in it. The controller can be
 * used at once. The loop keeps the program alive until it is closed. With `await
 * using`, leaving the scope cancels all tasks and closes the loop.
 *
 * @example
 * ```ts
 * import { LoopController } from "@loopctl/loopctl";
 * import { assertEquals } from "@std/assert";
 *
 * await using loop = new LoopController();
 * const handle = loop.submit((a: number, b: number) => a + b, [1, 2]);
 * assertEquals(await handle, 3);
 * ```
 */
export class LoopController extends TaskStarter implements AsyncDisposable {
  readonly #scheduler: Scheduler;
  readonly #closing: Closing;

  /**
   * Starts the loop.
   *
   * @throws {TypeError | RangeError} An option can't be used.
   */
  constructor(options: LoopOptions = {}) {
    const settings = settingsOf(options);
    const scheduler = new Scheduler(settings, engineStarter(settings, options));
    super(scheduler);
    this.#scheduler = scheduler;
    this.#closing = new Closing(this.#scheduler);
  }

  /**
   * Loads a module in the loop and resolves to what the module exports. Rejects
   * with what the module throws while it loads.
   */
  async exportsOf(module: string | URL): Promise<ModuleDescription> {
    const connection = this.#scheduler.connect("load a module");
    return await connection.exportsOf(String(module));
  }

  /**
   * All known tasks in the order of submission, parents before their children.
   * A task that has ended is known until it is collected or dropped.
   */
  list(): TaskHandle[] {
    return handlesOf(this.#scheduler, this.#scheduler.records());
  }

  /** The task with this id, if known. */
  get(id: TaskId): TaskHandle | undefined {
    this.#scheduler.sync();
    const record = this.#scheduler.table.get(id);
    return record && handleOf(record, this.#scheduler);
  }

  /**
   * Returns the tasks that have ended, of these or of all, and forgets them and
   * their children: from then on, only the handles hold the outcomes. Other
   * tasks are left alone.
   *
   * @throws {TypeError} A handle belongs to another controller.
   */
  collect(handles?: Iterable<TaskHandle>): TaskHandle[] {
    const scheduler = this.#scheduler;
    scheduler.sync();
    const records = recordsOf(scheduler, handles);
    return handlesOf(scheduler, scheduler.table.collect(records));
  }

  /**
   * Asks these tasks, or all known tasks, to stop. Resolves to the result of
   * each, as {@linkcode TaskHandle.cancel} does. Queued tasks go first, so that
   * none of them starts in a slot that another task frees.
   *
   * @throws {TypeError} As `wait` does, or the reason can't be used.
   */
  cancel(
    handles?: Iterable<TaskHandle>,
    reason?: string | Error,
    options?: CancelOptions,
  ): Promise<CancelResult[]> {
    const records = this.#records(handles);
    return Promise.all(cancelAll(this.#scheduler, records, reason, options));
  }

  /**
   * Waits for these tasks, or for all known tasks. Resolves to the tasks that
   * have ended and those that have not, also when the `timeout` is over. No
   * outcome counts as read. Rejects only when `signal` aborts. For the value of
   * one task within a time, see {@linkcode TaskHandle.within}.
   *
   * @throws {TypeError} A handle belongs to another controller, or an option
   * can't be used.
   */
  async wait(
    handles?: Iterable<TaskHandle>,
    options?: AsyncWaitOptions,
  ): Promise<WaitResult> {
    const records = this.#records(handles);
    await wait(this.#scheduler, records, options);
    return sortOut(this.#scheduler, records);
  }

  /** Like {@linkcode LoopController.wait}, but blocks this thread. */
  waitSync(handles?: Iterable<TaskHandle>, options?: WaitOptions): WaitResult {
    const records = this.#records(handles);
    waitSync(this.#scheduler, records, options);
    return sortOut(this.#scheduler, records);
  }

  /**
   * Yields each task when it has ended, in the order in which they end. Tasks
   * that had ended before come first. The iteration can be left at any time,
   * also while a `next()` is pending. It keeps no task that it has yielded.
   *
   * @example
   * ```ts
   * import { LoopController } from "@loopctl/loopctl";
   * import { assertEquals } from "@std/assert";
   *
   * await using loop = new LoopController();
   * const one = loop.submit(() => 1);
   * for await (const { id } of loop.asCompleted([one], { timeout: 60_000 })) {
   *   assertEquals(id, one.id);
   * }
   * ```
   *
   * @throws {TypeError} A handle belongs to another controller, or an option
   * can't be used.
   */
  asCompleted<H extends TaskHandle>(
    handles: Iterable<H>,
    options?: AsCompletedOptions,
  ): AsyncIterableIterator<CompletedTask<H>> {
    return asCompleted(this.#scheduler, this.#records(handles), options);
  }

  /**
   * The largest number of tasks that run at once. A task frees its slot when it
   * has stopped or was abandoned. A smaller number stops no task. The setter
   * throws a `RangeError` unless the value is a whole number from 1, or
   * `Infinity`.
   */
  get concurrency(): number {
    return this.#scheduler.concurrency;
  }

  set concurrency(value: number) {
    checkCount("concurrency", value);
    this.#scheduler.concurrency = value;
  }

  /**
   * Pauses the queue, or these tasks: those without a slot don't start. Those
   * with a slot, and their children, go on. Deadlines still fire, and a cancel
   * is immediate. A wait for a paused task ends no sooner than the task does.
   *
   * @throws {InvalidStateError | TypeError} As `submit` and `wait` do.
   */
  pause(handles?: Iterable<TaskHandle>): void {
    this.#scheduler.queue.pause(recordsOf(this.#scheduler, handles));
  }

  /**
   * Ends the pause of the queue, or of these tasks, which keep their places in
   * it. A task can start when neither it nor the queue is paused.
   *
   * @throws {TypeError} A handle belongs to another controller.
   */
  resume(handles?: Iterable<TaskHandle>): void {
    this.#scheduler.queue.resume(recordsOf(this.#scheduler, handles));
  }

  /** The last 1000 lines that the loop wrote outside of any task. */
  logs(): LogEntry[] {
    this.#scheduler.sync();
    return [...this.#scheduler.loops.shared?.log.details?.log?.entries ?? []];
  }

  /** The state of the loop. */
  health(): LoopHealth {
    return healthOf(this.#scheduler);
  }

  /**
   * Refuses new tasks, ends every pause, waits for the tasks, and ends the loop.
   * Does not wait for abandoned tasks; the thread of one that never yields runs
   * until the program exits. Failures that nobody has read go to `onWarning`.
   */
  close(options: CloseOptions = {}): Promise<void> {
    return this.#closing.close(options);
  }

  /**
   * Ends the loop now. Tasks that have not ended fail with a `LoopLostError`. In
   * a worker, a task that never yields keeps its thread, and with it the
   * program, running until the program exits explicitly.
   */
  kill(): void {
    this.#closing.kill();
  }

  /** Cancels all tasks, waits for them, and ends the loop. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close({ cancel: true });
  }

  /** These tasks, or all known tasks. */
  #records(handles: Iterable<TaskHandle> | undefined): TaskRecord[] {
    return recordsOf(this.#scheduler, handles) ?? this.#scheduler.records();
  }

  /** How Deno shows a controller. */
  [Symbol.for("Deno.customInspect")](): string {
    const { state, running, queued } = this.health();
    return `LoopController: ${state}, ${running} running, ${queued} queued`;
  }
}
