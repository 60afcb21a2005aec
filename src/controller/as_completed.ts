/**
 * Tasks in the order in which they end.
 *
 * @module
 */
import { checkMs, checkSignal, optionsCheck } from "../checks.ts";
import { TimeoutError, withoutStack } from "../errors.ts";
import { Alarm } from "../timers.ts";
import { handleOf, type TaskHandle } from "./handle.ts";
import type { SettleListener, TaskRecord } from "./task/record.ts";
import type { Scheduler } from "./scheduling/scheduler.ts";

/** The options of `asCompleted`. */
export interface AsCompletedOptions {
  /**
   * Milliseconds from the call. Then `asCompleted` yields the tasks that have
   * ended, and throws a `TimeoutError` whose `limit` is `"wait"`. The other
   * tasks go on.
   */
  readonly timeout?: number;
  /** When the signal aborts, the next step throws its reason. Tasks go on. */
  readonly signal?: AbortSignal;
}

const checkOptions = optionsCheck<AsCompletedOptions>({
  timeout: checkMs,
  signal: checkSignal,
});

/**
 * The handle of a task that has ended. Call its `result()`. The type has no
 * usable `then`, because TypeScript would otherwise type the variable of a
 * `for await` as the awaited value.
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
 */
export type CompletedTask<H extends TaskHandle = TaskHandle> = H & {
  /** Not for calling. */
  readonly then: never;
};

/** See {@linkcode LoopController.asCompleted}. */
export function asCompleted<H extends TaskHandle>(
  scheduler: Scheduler,
  records: readonly TaskRecord[],
  options: AsCompletedOptions = {},
): AsyncIterableIterator<CompletedTask<H>> {
  checkOptions(options);
  return new Completed<H>(scheduler, records, options);
}

type Step<H extends TaskHandle> = IteratorResult<CompletedTask<H>, undefined>;

/**
 * Not an async generator: it would await the handles that it yields, and its
 * `return` would wait for a pending `next`.
 */
class Completed<H extends TaskHandle>
  implements AsyncIterableIterator<CompletedTask<H>>, SettleListener {
  readonly #scheduler: Scheduler;
  readonly #options: AsCompletedOptions;
  readonly #waiting: Set<TaskRecord>;
  /** Tasks to yield, in reverse order. */
  #next: TaskRecord[];
  /** Tasks to yield after those, in order. */
  #later: TaskRecord[] = [];
  readonly #asked: PromiseWithResolvers<Step<H>>[] = [];
  #failure: { readonly reason: unknown } | undefined;
  readonly #timer: Alarm = new Alarm(() => this.#timedOut());
  readonly #abort = (): void => {
    this.#next = [];
    this.#later = [];
    this.#fail(this.#options.signal!.reason);
  };

  constructor(
    scheduler: Scheduler,
    records: readonly TaskRecord[],
    options: AsCompletedOptions,
  ) {
    this.#scheduler = scheduler;
    this.#options = options;
    scheduler.sync();
    this.#next = records.filter(({ done }) => done)
      .sort((a, b) => b.settledAs - a.settledAs);
    this.#waiting = new Set(records.filter(({ done }) => !done));
    if (options.signal?.aborted) this.#abort();
    for (const record of this.#waiting) record.listen(this);
    if (this.#waiting.size === 0) return;
    scheduler.timers.start(this.#timer, options.timeout ?? Infinity);
    options.signal?.addEventListener("abort", this.#abort, { once: true });
  }

  onSettled(record: TaskRecord): void {
    this.#waiting.delete(record);
    this.#later.push(record);
    if (this.#waiting.size === 0) this.#stop();
    this.#answer();
  }

  next(): Promise<Step<H>> {
    const asked = Promise.withResolvers<Step<H>>();
    this.#asked.push(asked);
    this.#answer();
    return asked.promise;
  }

  return(): Promise<Step<H>> {
    this.#next = [];
    this.#later = [];
    this.#failure = undefined;
    this.#stop();
    this.#answer();
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #timedOut(): void {
    const ms = this.#options.timeout!;
    const message = `${this.#waiting.size} tasks were not done after a wait ` +
      `of ${ms} ms; they go on`;
    this.#fail(withoutStack(() => new TimeoutError(message, "wait", ms)));
  }

  #fail(reason: unknown): void {
    this.#failure = { reason };
    this.#stop();
    this.#answer();
  }

  /** Stops waiting. */
  #stop(): void {
    for (const record of this.#waiting) record.unlisten(this);
    this.#waiting.clear();
    this.#scheduler.timers.stop(this.#timer);
    this.#options.signal?.removeEventListener("abort", this.#abort);
  }

  /** Answers pending calls of `next`, as far as possible. */
  #answer(): void {
    while (this.#asked.length > 0) {
      const record = this.#take();
      if (record === undefined && !this.#failure && this.#waiting.size > 0) {
        return;
      }
      const { resolve, reject } = this.#asked.shift()!;
      if (record !== undefined) {
        const handle = handleOf(record, this.#scheduler);
        resolve({ done: false, value: handle as CompletedTask<H> });
      } else if (this.#failure !== undefined) {
        reject(this.#failure.reason);
        this.#failure = undefined;
      } else {
        resolve({ done: true, value: undefined });
      }
    }
  }

  /** Removes and returns the next task that has ended. */
  #take(): TaskRecord | undefined {
    if (this.#next.length === 0) {
      this.#next = this.#later.reverse();
      this.#later = [];
    }
    return this.#next.pop();
  }
}
