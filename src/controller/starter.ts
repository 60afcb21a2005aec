/**
 * Starting tasks: one, several together, or one for each of many inputs.
 *
 * @module
 */
import type { AnyTaskReference, TaskReference } from "../protocol/reference.ts";
import { map, type TaskBatch } from "./batch.ts";
import type { MapOptions } from "./batch/options.ts";
import {
  type AwaitedAll,
  gather,
  type GatherEntries,
  type GatherEntry,
  type GatherOptions,
  type TaskGroup,
} from "./group.ts";
import { handleOf, type TaskHandle } from "./handle.ts";
import type { Scheduler } from "./scheduling/scheduler.ts";
import type { SubmitOptions } from "./scheduling/submission.ts";

/** The part of a {@linkcode LoopController} that starts tasks. */
export abstract class TaskStarter {
  readonly #scheduler: Scheduler;
  #groupCount = 0;

  /** Not for calling. */
  protected constructor(scheduler: unknown) {
    this.#scheduler = scheduler as Scheduler;
  }

  /**
   * Starts a task, or queues it if no slot is free. The arguments are copied
   * now, by structured clone.
   *
   * An inline function is sent as source: it sees its arguments, the globals of
   * the loop and `task`, but no variables around it. Later errors are part of
   * the task's outcome.
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
   * Like the first form, for any iterable. Each entry is submitted before the
   * next one is taken. All are taken before `gather` returns.
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
   * Runs a task once for each input, a few at a time. The inputs may be a million
   * or an endless stream: they are taken as their turn comes.
   *
   * @throws {TypeError | RangeError} The inputs or an option can't be used.
   */
  map<I, R>(
    task: TaskReference<readonly [input: I], R>,
    inputs: Iterable<I> | AsyncIterable<I>,
    options?: MapOptions<I>,
  ): TaskBatch<I, Awaited<R>>;
  /** Like the first form, with arguments that `options.args` makes of an input. */
  map<I, A extends readonly unknown[], R>(
    task: TaskReference<A, R>,
    inputs: Iterable<I> | AsyncIterable<I>,
    options: Omit<MapOptions<I>, "args"> & {
      readonly args: (input: I) => Readonly<A>;
    },
  ): TaskBatch<I, Awaited<R>>;
  map(
    task: AnyTaskReference,
    inputs: Iterable<unknown> | AsyncIterable<unknown>,
    options: object = {},
  ): TaskBatch<never, never> {
    const name = `group-${++this.#groupCount}`;
    return map(this.#scheduler, name, task, inputs, options) as never;
  }
}
