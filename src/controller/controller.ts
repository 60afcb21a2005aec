/**
 * The user's side: starts a loop, and tasks in it.
 *
 * @module
 */
import { checkCount, checkMs } from "../checks.ts";
import { escapeText } from "../escape.ts";
import type { TaskReference } from "../protocol/reference.ts";
import type { LogEntry, TaskId } from "../task.ts";
import { type CloseOptions, Closing } from "./closing.ts";
import { engineStarter } from "./engines.ts";
import {
  type AwaitedAll,
  gather,
  type GatherEntries,
  type GatherEntry,
  type GatherOptions,
} from "./gather.ts";
import type { TaskGroup } from "./group.ts";
import { handleOf, recordOf, type TaskHandle } from "./handle.ts";
import { healthOf, type LoopHealth } from "./loop_health.ts";
import type { LoopOptions, SubmitOptions } from "./options.ts";
import type { TaskRecord } from "./record.ts";
import { Scheduler } from "./scheduler.ts";
import {
  cancelAll,
  type CancelOptions,
  type CancelResult,
} from "./stopping.ts";
import {
  asCompleted,
  type CompletedTask,
  wait,
  type WaitOptions,
  type WaitResult,
  waitSync,
} from "./waiting.ts";

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
    const {
      name = "loop",
      concurrency = Infinity,
      isolatedConcurrency = 50,
      history = 10_000,
      console = "capture",
      grace = 2000,
      report = (notice) => globalThis.console.warn(escapeText(notice)),
    } = options;
    checkMs("grace", grace);
    this.#scheduler = new Scheduler(
      {
        concurrency: checkCount("concurrency", concurrency),
        isolatedConcurrency: checkCount(
          "isolatedConcurrency",
          isolatedConcurrency,
        ),
        history: checkCount("history", history),
        grace,
        report,
      },
      engineStarter({ name, grace, console }, options, report),
    );
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
    const record = this.#scheduler.submit(task, args, options);
    return handleOf(record, this.#scheduler) as TaskHandle<Awaited<R>>;
  }

  /**
   * Starts several tasks as a group. If one of them can't be started, those
   * before it are cancelled.
   *
   * @throws As {@linkcode LoopController.submit} does.
   */
  gather<const R extends readonly unknown[]>(
    entries: GatherEntries<R>,
    options?: GatherOptions,
  ): TaskGroup<AwaitedAll<R>>;
  /**
   * As above, of any iterable: of a hundred thousand entries, a generator makes
   * each when it is its turn.
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
   * const results = await loop.gather(squares(100)).results();
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
    options: GatherOptions = {},
  ): TaskGroup {
    const name = options.name ?? `group-${++this.#groupCount}`;
    return gather(this.#scheduler, name, entries, options);
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
    return this.#recordsOf().map((record) => handleOf(record, this.#scheduler));
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
   */
  collect(handles?: Iterable<TaskHandle>): TaskHandle[] {
    this.#scheduler.sync();
    const candidates = handles === undefined
      ? this.#scheduler.table.collectable()
      : [...new Set([...handles].map(recordOf))];
    const collected = candidates.filter((record) =>
      record.done && record.retention !== "forgotten"
    );
    for (const record of collected) this.#scheduler.table.forget(record);
    return collected.map((record) => handleOf(record, this.#scheduler));
  }

  /**
   * Asks these tasks to stop, or all that it knows; resolves to what came of
   * each, in their order, as {@linkcode TaskHandle.cancel} says it. Those that
   * wait go first, so that none of them starts in the place of another.
   *
   * @throws {TypeError} The grace is no number of milliseconds.
   */
  cancel(
    handles?: Iterable<TaskHandle>,
    reason: string | Error = "cancelled",
    { grace }: CancelOptions = {},
  ): Promise<CancelResult[]> {
    if (grace !== undefined) checkMs("grace", grace);
    const records = this.#recordsOf(handles);
    return Promise.all(cancelAll(this.#scheduler, records, reason, grace));
  }

  /**
   * Waits for these tasks, or for all that it knows. Resolves to those that
   * have ended and those that have not; also when the `timeout` is over, and
   * without reading any outcome. Rejects only when `signal` aborts.
   */
  wait(
    handles?: Iterable<TaskHandle>,
    options: WaitOptions & { readonly signal?: AbortSignal } = {},
  ): Promise<WaitResult> {
    return wait(this.#scheduler, this.#recordsOf(handles), options);
  }

  /** As {@linkcode LoopController.wait}, but blocks this thread meanwhile. */
  waitSync(
    handles?: Iterable<TaskHandle>,
    options: WaitOptions = {},
  ): WaitResult {
    return waitSync(this.#scheduler, this.#recordsOf(handles), options);
  }

  #recordsOf(handles?: Iterable<TaskHandle>): TaskRecord[] {
    return handles === undefined
      ? this.#scheduler.records()
      : [...new Set([...handles].map(recordOf))];
  }

  /** Yields each of these once it has ended, in the order in which they do. */
  asCompleted<H extends TaskHandle>(
    handles: Iterable<H>,
  ): AsyncIterableIterator<CompletedTask<H>> {
    return asCompleted(handles);
  }

  /**
   * How many tasks run at once at most. A task gives its place free when it
   * has really stopped, or been abandoned. A smaller number stops nothing: it
   * holds back the next. Setting it throws a `RangeError` unless it is a whole
   * number from 1, or `Infinity`.
   */
  get concurrency(): number {
    return this.#scheduler.concurrency;
  }

  set concurrency(value: number) {
    this.#scheduler.concurrency = checkCount("concurrency", value);
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
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close({ cancel: true });
  }

  /** How Deno shows it. */
  [Symbol.for("Deno.customInspect")](): string {
    const { state, running, queued } = this.health();
    return `LoopController: ${state}, ${running} running, ${queued} queued`;
  }
}
