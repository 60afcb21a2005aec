/**
 * The outcome of a task: now, awaited, or in a callback.
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

/** The record, brought up to date. */
export function currentRecord(future: TaskFuture): TaskRecord {
  const record = recordOf(future);
  schedulerOf(future).refresh(record);
  return record;
}

/**
 * The part of a {@linkcode TaskHandle} that gives the outcome, as the Future of
 * an asyncio Task does. Awaiting it gives the task's value or throws what the
 * task threw.
 *
 * An async function that returns a handle waits for its task. To return the
 * handle itself, put it into an object or an array. A failure that nobody awaits
 * is not an unhandled rejection.
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

  /** Whether the task has ended. */
  get done(): boolean {
    return currentRecord(this).done;
  }

  /**
   * The value of the task, without waiting. The outcome counts as read.
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
   * The value of the task. Blocks this thread until the task has ended, for at
   * most `timeoutMs` milliseconds. The loop goes on meanwhile.
   *
   * @throws {TimeoutError} The wait is over, and the task goes on.
   * @throws What the task threw, or the reason that it was cancelled for.
   */
  resultSync(timeoutMs: number = Infinity): T {
    checkMs("timeoutMs", timeoutMs);
    const record = this.#record;
    this.#scheduler.blockUntil(() => record.done, timeoutMs);
    return this.#resultAfter(timeoutMs);
  }

  /**
   * The value of the task, waiting for at most `ms` milliseconds.
   *
   * When the wait is over, rejects with a `TimeoutError` whose `limit` is
   * `"wait"`: the task goes on, and its outcome does not count as read.
   * Otherwise rejects as awaiting the handle does.
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

  /** The outcome, when the task has one. Never rejects. It counts as read. */
  outcome(): Promise<Outcome<T>> {
    return new Promise((resolve) => {
      this.#onRead((record) => resolve(record.outcome as Outcome<T>));
    });
  }

  /** The outcome, if the task has ended. It does not count as read. */
  peek(): Outcome<T> | undefined {
    return currentRecord(this).outcome as Outcome<T> | undefined;
  }

  /**
   * Calls `callback` with this handle once, when the task has ended, or now if
   * it has. The call is made in this thread and without a promise: before the
   * controller answers its next call, and also while `waitSync` or `resultSync`
   * blocks the thread. Several callbacks are called in the order in which they
   * came. The outcome does not count as read.
   *
   * The callback may use the controller. An error or a rejection of the callback
   * goes to the controller's `onWarning`.
   *
   * Returns a function that removes the callback.
   *
   * @throws {TypeError} `callback` is not a function.
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

  /** Like the `then` of a promise for the task's value. */
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

  /** Like the `catch` of a promise. */
  catch<B = never>(
    onError?: ((error: unknown) => B | PromiseLike<B>) | null,
  ): Promise<T | B> {
    return this.then(undefined, onError);
  }

  /** Like the `finally` of a promise. */
  finally(onEnd?: (() => void) | null): Promise<T> {
    return this.then().finally(onEnd);
  }

  /** Calls `take` when the task has an outcome, which counts as read. */
  #onRead(take: (record: TaskRecord) => void): void {
    this.#record.listen({
      onSettled: (record) => {
        this.#scheduler.table.markRead(record);
        take(record);
      },
    });
  }
}
