/**
 * One task mapped over many inputs.
 *
 * @module
 */
import { checkCount, checkMoment, checkMs, mustBe } from "../checks.ts";
import { CancelledError, withoutStack } from "../errors.ts";
import type { Submittable } from "../protocol/reference.ts";
import type { CancelResult } from "../task.ts";
import {
  checkMapOptions,
  checkRate,
  type MapOptions,
} from "./batch/options.ts";
import { BatchRun } from "./batch/run.ts";
import { BatchResult } from "./batch_result.ts";
import { handleOf, type TaskHandle } from "./handle.ts";
import type { Scheduler } from "./scheduling/scheduler.ts";
import { cancelAll, type CancelOptions } from "./scheduling/stopping.ts";

/** How far a batch has come. */
export interface BatchProgress {
  /** Inputs whose task has been started, also those that have ended. */
  readonly started: number;
  /** Tasks that have not ended. */
  readonly running: number;
  /** Tasks that have returned a value. */
  readonly succeeded: number;
  /** Tasks that threw, whose limit fired, or that could not be submitted. */
  readonly failed: number;
  /** Tasks that were cancelled otherwise. */
  readonly cancelled: number;
  /** How many inputs there are, if they have a `length` or a `size`. */
  readonly total?: number;
}

/** See {@linkcode LoopController.map}. */
export function map<I>(
  scheduler: Scheduler,
  name: string,
  task: Submittable,
  inputs: Iterable<I> | AsyncIterable<I>,
  options: MapOptions<I>,
): TaskBatch<I> {
  checkInputs("inputs", inputs);
  checkMapOptions(options);
  return new TaskBatch(scheduler, options.name ?? name, task, inputs, options);
}

const checkInputs = mustBe(
  "an iterable or an async iterable",
  (inputs) =>
    typeof inputs === "string" ||
    (typeof inputs === "object" && inputs !== null &&
      (Symbol.iterator in inputs || Symbol.asyncIterator in inputs)),
);

/**
 * A group whose tasks are started one after another, each with one input. The
 * batch holds only the running tasks, and at most 64 inputs and results more: it
 * takes the next input when a task has ended and its result was read.
 *
 * Iterating gives a {@linkcode BatchResult} for each task that has ended. Leaving
 * the iteration cancels the running tasks. A batch that was stopped before its
 * inputs were used up throws the reason, after the results of all the tasks that
 * it had started. Awaiting a batch gives all values, as
 * {@linkcode TaskBatch.results} does.
 *
 * @example
 * ```ts
 * import { LoopController } from "@loopctl/loopctl";
 * import { assertEquals } from "@std/assert";
 *
 * await using loop = new LoopController();
 * const square = (n: number) => n * n;
 * const batch = loop.map(square, [1, 2, 3], { concurrency: 2, ordered: true });
 * const seen: string[] = [];
 * for await (const { input, value } of batch) seen.push(`${input}: ${value}`);
 * assertEquals(seen, ["1: 1", "2: 4", "3: 9"]);
 * ```
 */
export class TaskBatch<I = unknown, T = unknown>
  implements
    AsyncIterable<BatchResult<I, T>, undefined>,
    PromiseLike<T[]>,
    AsyncDisposable {
  /** The name of the group; `group-1`, `group-2` … unless one was given. */
  readonly name: string;
  // Without the types, a batch of numbers is a batch of unknown values.
  readonly #run: BatchRun<unknown, BatchResult>;
  readonly #scheduler: Scheduler;
  readonly #total: number | undefined;
  #results: Promise<T[]> | undefined;

  /** Not for calling: `map` makes it. */
  constructor(
    scheduler: unknown,
    name: string,
    task: unknown,
    inputs: Iterable<I> | AsyncIterable<I>,
    options: MapOptions<I>,
  ) {
    this.name = name;
    this.#scheduler = scheduler as Scheduler;
    this.#total = totalOf(inputs);
    this.#run = new BatchRun<unknown, BatchResult>(
      this.#scheduler,
      task as Submittable,
      inputs,
      { ...options, name } as MapOptions & { name: string },
      (item, ended) => new BatchResult(item, ended, scheduler),
    );
  }

  /** The handles of the tasks that have not ended. */
  get members(): TaskHandle<T>[] {
    this.#scheduler.sync();
    return Array.from(
      this.#run.running.keys(),
      (record) => handleOf(record, this.#scheduler) as TaskHandle<T>,
    );
  }

  /** Whether all tasks have ended and no more will start. */
  get done(): boolean {
    this.#scheduler.sync();
    return this.#run.done;
  }

  /** How far the batch has come. */
  get progress(): BatchProgress {
    this.#scheduler.sync();
    const { counts, running } = this.#run;
    const progress = { ...counts, running: running.size };
    return this.#total === undefined
      ? progress
      : { ...progress, total: this.#total };
  }

  /** How many of the tasks run at once. Can be set while the batch runs. */
  get concurrency(): number {
    return this.#run.concurrency;
  }

  set concurrency(value: number) {
    checkCount("concurrency", value);
    this.#run.concurrency = value;
  }

  /** How many tasks start in a second. Can be set while the batch runs. */
  get rate(): number {
    return this.#run.rate;
  }

  set rate(perSecond: number) {
    checkRate("rate", perSecond);
    this.#run.rate = perSecond;
  }

  /** The results that nobody has taken yet, then each when its task has ended. */
  [Symbol.asyncIterator](): AsyncIterator<BatchResult<I, T>, undefined> {
    return this.#run.stream as AsyncIterator<BatchResult<I, T>, undefined>;
  }

  /**
   * What the tasks returned, in the order of the inputs. Keeps them all in memory.
   * Takes the results from the iteration: use one or the other.
   *
   * Rejects with the error of the first task that did not succeed, when all tasks
   * have ended, or with the reason that the batch was stopped for.
   */
  results(): Promise<T[]> {
    return this.#results ??= this.#collect();
  }

  /** Like the `then` of a promise for the {@linkcode TaskBatch.results}. */
  then<A = T[], B = never>(
    onValue?: ((results: T[]) => A | PromiseLike<A>) | null,
    onError?: ((error: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.results().then(onValue, onError);
  }

  /**
   * Takes no more inputs and asks the running tasks to stop. Resolves to the
   * result of each of them, as {@linkcode TaskHandle.cancel} does.
   *
   * @throws {TypeError} The reason or an option can't be used.
   */
  async cancel(
    reason: string | Error = "cancelled",
    options?: CancelOptions,
  ): Promise<CancelResult[]> {
    const tasks = [...this.#run.running.keys()];
    // Before the first of them frees a slot.
    this.#run.close(
      typeof reason === "string" ? new CancelledError(reason) : reason,
    );
    const results = cancelAll(this.#scheduler, tasks, reason, options);
    await this.#run.whenDone;
    return await Promise.all(results);
  }

  /**
   * Takes no more inputs, and lets the running tasks end. Resolves when they have.
   * The iteration then throws a `CancelledError` for the reason.
   */
  async close(reason = "closed"): Promise<void> {
    this.#run.close(withoutStack(() => new CancelledError(reason)));
    await this.#run.whenDone;
  }

  /**
   * Sets, moves or (with `null`) lifts the limit on the running time of each task,
   * also of those to come. See {@linkcode TaskHandle.setTimeout}.
   *
   * @throws {TypeError} `ms` is no number of milliseconds.
   */
  setTimeout(ms: number | null): void {
    if (ms !== null) checkMs("timeout", ms);
    this.#run.setLimit("timeout", ms ?? undefined);
  }

  /**
   * Sets, moves or (with `null`) lifts the moment at which the batch stops.
   *
   * @throws {TypeError} `at` is no moment.
   */
  setDeadline(at: number | Date | null): void {
    if (at !== null) checkMoment("deadline", at);
    this.#run.setLimit("deadline", at?.valueOf());
  }

  /** Takes no inputs until `resume`. The tasks that run go on. */
  pause(): void {
    this.#run.paused = true;
  }

  /** Ends the pause of the batch, but not one of the whole queue. */
  resume(): void {
    this.#run.paused = false;
  }

  /** Whether the batch is paused. */
  get paused(): boolean {
    return this.#run.paused;
  }

  /** Cancels the batch, and waits for its tasks. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.cancel(`the scope of ${this.name} was left`);
  }

  /** How Deno shows a batch. */
  [Symbol.for("Deno.customInspect")](): string {
    const { total, running, succeeded, failed, cancelled } = this.progress;
    const of = total === undefined ? "" : `/${total}`;
    const ended = succeeded + failed + cancelled;
    return `TaskBatch ${this.name}: ${ended}${of} done, ${failed} failed, ` +
      `${running} running`;
  }

  async #collect(): Promise<T[]> {
    const values: T[] = [];
    let failure: BatchResult<I, T> | undefined;
    for await (const result of this) {
      const { state } = result.outcome;
      if (state === "succeeded") values[result.index] = result.value;
      else failure ??= result;
    }
    // Throws.
    failure?.value;
    return values;
  }
}

function totalOf(inputs: object | string): number | undefined {
  const { length, size } = Object(inputs);
  const total = length ?? size;
  return typeof total === "number" ? total : undefined;
}
