/**
 * What a task will have come to: asked for now, waited for, or called back
 * with.
 *
 * @module
 */
import { checkFunction, checkMs } from "../checks.ts";
import { InvalidStateError, TimeoutError } from "../errors.ts";
import type { Outcome } from "../task.ts";
import { wait } from "../wait.ts";
import type { TaskRecord } from "./task/record.ts";
import type { Scheduler } from "./scheduling/scheduler.ts";

/** The record behind a handle. */
export let recordOf: (future: TaskFuture) => TaskRecord;

/** The scheduler that has the task of a handle. */
export let schedulerOf: (future: TaskFuture) => Scheduler;

/** The record, once what is known of the task is true at this moment. */
export function currentRecord(future: TaskFuture): TaskRecord {
  const record = recordOf(future);
  schedulerOf(future).refresh(record);
  return record;
}

/**
 * The part of a {@linkcode TaskHandle} that is about what the task comes to,
 * as a Future is of an asyncio Task. Awaiting it gives the task's value or
 * throws what the task threw.
 *
 * An async function that returns one waits for it, as it would for a promise;
 * to hand one on as it is, put it into an object or an array. A failure that
 * nobody awaits is no unhandled rejection: the promise is made only when
 * somebody asks.
 */
export abstract class TaskFuture<T = unknown> implements PromiseLike<T> {
  readonly #record: TaskRecord;
  readonly #scheduler: Scheduler;
  #promise: Promise<T> | undefined;

  /** Not for calling: `submit` makes it. */
  protected constructor(record: unknown, scheduler: unknown) {
    this.#record = record as TaskRecord;
    this.#scheduler = scheduler as Scheduler;
  }

  static {
    recordOf = (future) => future.#record;
    schedulerOf = (future) => future.#scheduler;
  }

  /** Whether it has ended, one way or the other. */
  get done(): boolean {
    return currentRecord(this).done;
  }

  /**
   * What the task returned, without waiting. It counts as read.
   *
   * @throws {InvalidStateError} The task has not ended.
   * @throws What the task threw, or the reason that it was cancelled for.
   */
  result(): T {
    const { id, state, done, result } = currentRecord(this);
    if (!done) {
      throw new InvalidStateError(
        `The result of task ${id} is not ready: it is ${state}`,
      );
    }
    this.#scheduler.table.markRead(this.#record);
    if (state === "succeeded") return result as T;
    throw result;
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
    this.#scheduler.blockUntil(() => record.done, timeoutMs);
    return this.#resultAfter(timeoutMs);
  }

  /**
   * What the task returned, waiting for at most `ms` milliseconds. It is of
   * the task's own type, as the results of a `loop.wait` for several can't be.
   *
   * Rejects with a `TimeoutError` whose `limit` is `"wait"` when the wait is
   * over first: the task lives on, and nothing of it counts as read. Else it
   * rejects as awaiting the handle does.
   *
   * @example
   * ```ts
   * import { LoopController, TimeoutError } from "@loopctl/loopctl";
   * import { assertEquals, assertRejects } from "@std/assert";
   *
   * await using loop = new LoopController({ concurrency: 1 });
   * const handle = loop.submit(() => 1);
   * assertEquals(await handle.within(60_000), 1);
   * const never = loop.submit(() => new Promise(() => {}));
   * await assertRejects(() => never.within(10), TimeoutError, "it goes on");
   * ```
   *
   * @throws {TypeError} `ms` is no number of milliseconds.
   */
  async within(ms: number): Promise<T> {
    checkMs("ms", ms);
    await wait(this.#scheduler, [this.#record], { timeout: ms });
    return this.#resultAfter(ms);
  }

  #resultAfter(ms: number): T {
    const { id, done } = currentRecord(this);
    if (done) return this.result();
    const message = `Task ${id} was not done after a wait of ${ms} ms; ` +
      `it goes on`;
    throw new TimeoutError(message, "wait", ms);
  }

  /** What the task comes to. Never rejects. It counts as read. */
  outcome(): Promise<Outcome<T>> {
    return new Promise((resolve) => {
      this.#onRead((record) => resolve(record.outcome as Outcome<T>));
    });
  }

  /** What the task came to, if it has ended. Does not count as read. */
  peek(): Outcome<T> | undefined {
    return currentRecord(this).outcome as Outcome<T> | undefined;
  }

  /**
   * Calls `callback` with this handle, once, when the task has ended: in this
   * thread and without a promise, before the next question to the controller
   * is answered, and also while `waitSync` or `resultSync` blocks the thread.
   * If the task has ended already, it is called now. Several are called in the
   * order in which they came. The outcome does not count as read by it.
   *
   * The callback may ask the controller for anything. What it throws, or
   * rejects with, harms nothing and goes to the controller's `onWarning`.
   *
   * Returns what takes the callback back.
   *
   * @throws {TypeError} `callback` is no function.
   */
  onSettled(callback: (handle: this) => void): () => void {
    checkFunction("callback", callback);
    let wanted = true;
    const call = (): void => wanted ? callback(this) : undefined;
    this.#record.listen({
      onSettled: () => this.#scheduler.callbacks.add(call),
    });
    this.#scheduler.callbacks.run();
    return () => {
      wanted = false;
    };
  }

  /** As a promise's `then`, of the task's value. */
  then<A = T, B = never>(
    onValue?: ((value: T) => A | PromiseLike<A>) | null,
    onError?: ((error: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    this.#promise ??= new Promise((resolve, reject) => {
      this.#onRead(({ state, result }) => {
        if (state === "succeeded") resolve(result as T);
        else reject(result);
      });
    });
    return this.#promise.then(onValue, onError);
  }

  /** As a promise's `catch`. */
  catch<B = never>(
    onError?: ((error: unknown) => B | PromiseLike<B>) | null,
  ): Promise<T | B> {
    return this.then(undefined, onError);
  }

  /** As a promise's `finally`. */
  finally(onEnd?: (() => void) | null): Promise<T> {
    return this.then().finally(onEnd);
  }

  /** `take` is given the outcome when there is one, which counts as read. */
  #onRead(take: (record: TaskRecord) => void): void {
    this.#record.listen({
      onSettled: (record) => {
        this.#scheduler.table.markRead(record);
        take(record);
      },
    });
  }
}
