/**
 * The user's side: starts a loop, and tasks in it.
 *
 * @module
 */
import { checkCount } from "../checks.ts";
import type { TaskReference } from "../protocol/reference.ts";
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
import {
  type AwaitedAll,
  gather,
  type GatherEntries,
  type GatherEntry,
  type GatherOptions,
  type TaskGroup,
} from "./group.ts";
import { handleOf, type TaskHandle } from "./handle.ts";
import { handlesOf, recordsOf, sortOut, type WaitResult } from "./handles.ts";
import { healthOf, type LoopHealth } from "./loop_health.ts";
import { type LoopOptions, settingsOf } from "./options.ts";
import type { SubmitOptions } from "./scheduling/submission.ts";
import { Scheduler } from "./scheduling/scheduler.ts";
import { cancelAll, type CancelOptions } from "./scheduling/stopping.ts";

/**
 * Starts a loop of its own and runs tasks in it, beside this thread. It can be
 * used at once. The loop keeps the program alive till it is closed; `await
 * using` cancels what runs and closes it.
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
export class LoopController implements AsyncDisposable {
  readonly #scheduler: Scheduler;
  readonly #closing: Closing;
  #groupCount = 0;

  /**
   * Starts the loop.
   *
   * @throws {TypeError | RangeError} An option can't be used.
   */
  constructor(options: LoopOptions = {}) {
    const settings = settingsOf(options);
    this.#scheduler = new Scheduler(settings, engineStarter(settings, options));
    this.#closing = new Closing(this.#scheduler);
  }

  /**
   * Starts a task, or queues it where the concurrency is used up. Its
   * arguments are copied, by structured clone, as they are now.
   *
   * An inline function is sent as its source: it sees its arguments, the
   * loop's globals and `task`, and none of the variables around it. What goes
   * wrong later is the task's outcome.
   *
   * @throws {InvalidStateError} The controller is closed.
   * @throws {TypeError} The task can't be sent, or an option can't be used.
   * @throws {DOMException} `DataCloneError`: an argument can't be copied.
   */
  submit<A extends readonly unknown[], R>(
    task: TaskReference<A, R>,
    args?: A,
    options?: SubmitOptions,
  ): TaskHandle<Awaited<R>> {
    const scheduler = this.#scheduler;
    return handleOf(
      scheduler.submit(task, args, options),
      scheduler,
    ) as TaskHandle<
      Awaited<R>
    >;
  }

  /**
   * Starts several tasks as a group. If one of them can't be started, those
   * before it are cancelled.
   * @throws As {@linkcode LoopController.submit} does.
   */
  gather<const R extends readonly unknown[]>(
    entries: GatherEntries<R>,
    options?: GatherOptions,
  ): TaskGroup<AwaitedAll<R>>;
  /**
   * As above, for any iterable. Each entry is submitted before the next is
   * taken; all are taken before this returns, also those that then wait.
   *
   * @example
   * ```ts
   * import { LoopController } from "@loopctl/loopctl";
   * import { assertEquals } from "@std/assert";
   *
   * await using loop = new LoopController();
   * const square = (n: number) => n * n;
   * function* squares(count: number) {
   *   for (let n = 0; n < count; n++) yield [square, [n]] as const;
   * }
   * const results = await loop.gather(squares(100));
   * assertEquals(results.at(-1), 9801);
   * ```
   *
   * @throws As {@linkcode LoopController.submit} does, and what `entries` throws.
   */
  gather<R>(
    entries: Iterable<GatherEntry<R>>,
    options?: GatherOptions,
  ): TaskGroup<Awaited<R>[]>;
  gather(
    entries: Iterable<GatherEntry<unknown>>,
    options?: GatherOptions,
  ): TaskGroup {
    const unnamed = () => `group-${++this.#groupCount}`;
    return gather(this.#scheduler, unnamed, entries, options);
  }

  /**
   * Loads a module in the loop and tells the names of the functions that it
   * exports. Rejects with what the module throws while it loads.
   */
  async exportsOf(module: string | URL): Promise<string[]> {
    return [...await this.#scheduler.exportsOf(String(module))];
  }

  /**
   * The tasks that it knows, in the order in which they came: those that wait,
   * run, or have ended and are not forgotten; parents before their children.
   */
  list(): TaskHandle[] {
    return handlesOf(this.#scheduler, this.#scheduler.records());
  }

  /** The task with this id, if it is known. */
  get(id: TaskId): TaskHandle | undefined {
    this.#scheduler.sync();
    const record = this.#scheduler.table.get(id);
    return record && handleOf(record, this.#scheduler);
  }

  /**
   * The tasks that have ended, of these or of all, each once: from then on the
   * controller has forgotten them and their children, and their handles alone
   * hold what they came to. Those still running are left.
   *
   * @throws {TypeError} A handle is another controller's.
   */
  collect(handles?: Iterable<TaskHandle>): TaskHandle[] {
    const scheduler = this.#scheduler;
    scheduler.sync();
    const some = handles !== undefined;
    const records = some ? recordsOf(scheduler, handles) : undefined;
    return handlesOf(scheduler, scheduler.table.collect(records));
  }

  /**
   * Asks these tasks to stop, or all that it knows; resolves to what came of
   * each, in their order, as {@linkcode TaskHandle.cancel} says it. Those that
   * wait go first, so that none of them starts in the place of another.
   *
   * @throws {TypeError} As `wait` does, or the reason can't be used.
   */
  cancel(
    handles?: Iterable<TaskHandle>,
    reason?: string | Error,
    options?: CancelOptions,
  ): Promise<CancelResult[]> {
    const records = recordsOf(this.#scheduler, handles);
    return Promise.all(cancelAll(this.#scheduler, records, reason, options));
  }

  /**
   * Waits for these tasks, or for all that it knows. Resolves to those that
   * have ended and those that have not; also when the `timeout` is over, and
   * without reading any outcome. Rejects only when `signal` aborts. For the
   * value of one task within a time, see {@linkcode TaskHandle.within}.
   *
   * @throws {TypeError} A handle is another controller's, or an option can't be
   * used.
   */
  async wait(
    handles?: Iterable<TaskHandle>,
    options?: AsyncWaitOptions,
  ): Promise<WaitResult> {
    const records = recordsOf(this.#scheduler, handles);
    await wait(this.#scheduler, records, options);
    return sortOut(this.#scheduler, records);
  }

  /** As {@linkcode LoopController.wait}, but blocks this thread meanwhile. */
  waitSync(handles?: Iterable<TaskHandle>, options?: WaitOptions): WaitResult {
    const records = recordsOf(this.#scheduler, handles);
    waitSync(this.#scheduler, records, options);
    return sortOut(this.#scheduler, records);
  }

  /**
   * Yields each of these once it has ended, in the order in which they do;
   * those first that had ended before. It holds what it has not yielded yet,
   * and can be left at any time, also while a `next()` is pending.
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
   * @throws {TypeError} A handle is another controller's, or an option can't be
   * used.
   */
  asCompleted<H extends TaskHandle>(
    handles: Iterable<H>,
    options?: AsCompletedOptions,
  ): AsyncIterableIterator<CompletedTask<H>> {
    const records = recordsOf(this.#scheduler, handles);
    return asCompleted(this.#scheduler, records, options);
  }

  /**
   * How many tasks run at once at most. A task frees its slot when it has
   * stopped or was abandoned. A smaller number stops no task. Setting it throws
   * a `RangeError` unless it is a whole number from 1, or `Infinity`.
   */
  get concurrency(): number {
    return this.#scheduler.concurrency;
  }

  set concurrency(value: number) {
    checkCount("concurrency", value);
    this.#scheduler.concurrency = value;
  }

  /** What was written in the loop outside of any task: its last 1000 lines. */
  logs(): LogEntry[] {
    this.#scheduler.sync();
    return [...this.#scheduler.loops.shared?.log.details?.log?.entries ?? []];
  }

  /** How the loop is. */
  health(): LoopHealth {
    return healthOf(this.#scheduler);
  }

  /**
   * Takes no more tasks, waits for those that there are, and ends the loop.
   * What is abandoned is not waited for; if it never yields, its thread runs
   * on till the program exits. Failures that nobody read are reported.
   */
  close(options: CloseOptions = {}): Promise<void> {
    return this.#closing.close(options);
  }

  /**
   * Ends the loop at once. What runs is lost: its handles settle as failed,
   * with a `LoopLostError`. A task that never yields runs on in its thread till
   * the program exits, which such a thread keeps from exiting by itself.
   */
  kill(): void {
    this.#closing.kill();
  }

  /** Cancels what runs, waits for it, and ends the loop. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close({ cancel: true });
  }

  /** How Deno shows it. */
  [Symbol.for("Deno.customInspect")](): string {
    const { state, running, queued } = this.health();
    return `LoopController: ${state}, ${running} running, ${queued} queued`;
  }
}
