/**
 * One task seen from the controller's side.
 *
 * @module
 */
import { checkMoment, checkMs } from "../checks.ts";
import { epochNow } from "../clock.ts";
import { InvalidStateError, TimeoutError } from "../errors.ts";
import { escapeLine } from "../escape.ts";
import type {
  LogEntry,
  Outcome,
  TaskId,
  TaskSnapshot,
  TaskState,
} from "../task.ts";
import { followLog } from "./log.ts";
import type { TaskRecord } from "./record.ts";
import type { Scheduler } from "./scheduler.ts";
import { snapshotOf } from "./snapshot.ts";
import {
  cancelAll,
  type CancelOptions,
  type CancelResult,
  kill,
} from "./stopping.ts";

/** What a kill came to. */
export interface KillResult {
  /** Whether the task has stopped for certain. */
  readonly confirmed: boolean;
  /** The other tasks that were lost with the loop. */
  readonly lost: TaskHandle[];
  /** The other tasks of the loop that are run again. */
  readonly resubmitted: TaskHandle[];
}

/** The handle of a record, always the same. */
export let handleOf: (record: TaskRecord, scheduler: Scheduler) => TaskHandle;

/** The record behind a handle. */
export let recordOf: (handle: TaskHandle) => TaskRecord;

/**
 * One task, to be asked and told while it runs. What is asked without `await`
 * is answered at once and is true at that moment, also after this thread has
 * been blocked.
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
export class TaskHandle<T = unknown> implements PromiseLike<T> {
  readonly #record: TaskRecord;
  readonly #scheduler: Scheduler;
  #promise: Promise<T> | undefined;

  private constructor(record: TaskRecord, scheduler: Scheduler) {
    this.#record = record;
    this.#scheduler = scheduler;
  }

  static {
    handleOf = (record, scheduler) =>
      (record.handle ??= new TaskHandle(record, scheduler)) as TaskHandle;
    recordOf = (handle) => handle.#record;
  }

  /** The record, once what is known of the task is true at this moment. */
  #now(): TaskRecord {
    this.#scheduler.refresh(this.#record);
    return this.#record;
  }

  /** The task's id. */
  get id(): TaskId {
    return this.#record.id;
  }

  /** The task's name: the one given, else the name of what it runs. */
  get name(): string {
    return this.#record.name;
  }

  /** The name of the group that it was started in. */
  get group(): string | undefined {
    return this.#record.group;
  }

  /** The task that started it, for a child. */
  get parent(): TaskHandle | undefined {
    const { parent } = this.#record;
    return parent && handleOf(parent, this.#scheduler);
  }

  /** Its state, now. */
  get state(): TaskState {
    return this.#now().state;
  }

  /** Whether it has ended, one way or the other. */
  get done(): boolean {
    return this.#now().done;
  }

  /** Whether it was asked to stop and has not ended. */
  get cancelling(): boolean {
    return this.#now().cancelling;
  }

  /** Whether it ended as cancelled, not confirmed, and really runs still. */
  get abandoned(): boolean {
    return this.#now().abandoned;
  }

  /** All that is known of the task, as plain data. */
  snapshot(): TaskSnapshot {
    return snapshotOf(this.#now(), epochNow());
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
   * @throws {TypeError} The grace is no number of milliseconds.
   */
  cancel(
    reason: string | Error = "cancelled",
    { grace }: CancelOptions = {},
  ): Promise<CancelResult> {
    if (grace !== undefined) checkMs("grace", grace);
    return cancelAll(this.#scheduler, [this.#record], reason, grace)[0]!;
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
   */
  async kill(reason: string = "killed"): Promise<KillResult> {
    const killed = await kill(this.#scheduler, this.#record, reason);
    const handle = (one: TaskRecord) => handleOf(one, this.#scheduler);
    return {
      confirmed: !this.#record.abandoned,
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
    const value = ms === null ? undefined : checkMs("timeout", ms);
    this.#scheduler.moveLimit(this.#record, "timeout", value);
  }

  /**
   * Sets, moves or (with `null`) lifts the absolute limit, which time in the
   * queue counts for as well; a number is milliseconds since the epoch. One
   * that has passed fires now. After the end it does nothing.
   *
   * @throws {TypeError} `at` is no moment.
   */
  setDeadline(at: number | Date | null): void {
    const value = at === null ? undefined : checkMoment("deadline", at);
    this.#scheduler.moveLimit(this.#record, "deadline", value);
  }

  /**
   * What the task returned, without waiting. It counts as read.
   *
   * @throws {InvalidStateError} The task has not ended.
   * @throws What the task threw, or the reason that it was cancelled for.
   */
  result(): T {
    const { state, done } = this;
    if (!done) {
      throw new InvalidStateError(
        `The result of task ${this.id} is not ready: it is ${state}`,
      );
    }
    this.#scheduler.table.markRead(this.#record);
    if (state === "succeeded") return this.#record.result as T;
    throw this.#record.result;
  }

  /**
   * What the task returned. Blocks this thread till then, for at most
   * `timeoutMs` milliseconds, and nothing else: the loop goes on.
   *
   * @throws {TimeoutError} The wait was over first; the task lives on.
   * @throws What the task threw, or the reason that it was cancelled for.
   */
  resultSync(timeoutMs: number = Infinity): T {
    checkMs("timeoutMs", timeoutMs);
    const record = this.#record;
    if (!this.#scheduler.blockUntil(() => record.done, timeoutMs)) {
      throw new TimeoutError(
        `Task ${this.id} was not done after a wait of ${timeoutMs} ms; ` +
          `it goes on`,
        "wait",
        timeoutMs,
      );
    }
    return this.result();
  }

  /** What the task comes to. Never rejects. It counts as read. */
  async outcome(): Promise<Outcome<T>> {
    await new Promise<void>((resolve) => {
      this.#record.listen({
        settled: (record) => {
          this.#scheduler.table.markRead(record);
          resolve();
        },
      });
    });
    return this.#record.outcome as Outcome<T>;
  }

  /** What the task came to, if it has ended. Does not count as read. */
  peek(): Outcome<T> | undefined {
    return this.#now().outcome as Outcome<T> | undefined;
  }

  /** What the task has written so far: its latest 1000 lines. */
  logs(): LogEntry[] {
    return [...this.#now().details?.log?.entries ?? []];
  }

  /** How many lines it has written that are not kept. */
  get droppedLogs(): number {
    return this.#now().details?.log?.dropped ?? 0;
  }

  /**
   * Yields what the task has written so far, then each line as it comes, till
   * the task ends or `signal` aborts.
   */
  followLogs(
    options: { readonly signal?: AbortSignal } = {},
  ): AsyncGenerator<LogEntry> {
    return followLog(this.#now(), options.signal);
  }

  /** Waits for the value; see the class. */
  then<A = T, B = never>(
    onValue?: ((value: T) => A | PromiseLike<A>) | null,
    onError?: ((error: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    this.#promise ??= new Promise((resolve, reject) => {
      this.#record.listen({
        settled: (record) => {
          this.#scheduler.table.markRead(record);
          if (record.state === "succeeded") resolve(record.result as T);
          else reject(record.result);
        },
      });
    });
    return this.#promise.then(onValue, onError);
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
