/**
 * Tasks in the order in which they end.
 *
 * @module
 */
import { checkMs, checkSignal, optionsCheck } from "../checks.ts";
import { TimeoutError, withoutStack } from "../errors.ts";
import { Alarm } from "../timers.ts";
import { handleOf, type TaskHandle } from "./handle.ts";
import { handlesOf } from "./handles.ts";
import { ResultStream } from "../result_stream.ts";
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
  const { stream } = new Completed(scheduler, records, options);
  return stream as AsyncIterableIterator<CompletedTask<H>>;
}

/** Watches tasks, and streams each when it has ended. */
class Completed implements SettleListener {
  readonly #scheduler: Scheduler;
  readonly #options: AsCompletedOptions;
  readonly #waiting: Set<TaskRecord>;
  readonly #timer: Alarm = new Alarm(() => this.#timedOut());
  readonly #abort = (): void => {
    this.stream.clear();
    this.#fail(this.#options.signal!.reason);
  };
  readonly stream: ResultStream<TaskHandle>;

  constructor(
    scheduler: Scheduler,
    records: readonly TaskRecord[],
    options: AsCompletedOptions,
  ) {
    this.#scheduler = scheduler;
    this.#options = options;
    scheduler.sync();
    this.#waiting = new Set(records.filter(({ done }) => !done));
    const ended = records.filter(({ done }) => done)
      .sort((a, b) => a.settledAs - b.settledAs);
    this.stream = new ResultStream(
      { onLeft: () => this.#stop() },
      handlesOf(scheduler, ended),
    );
    if (options.signal?.aborted) this.#abort();
    for (const record of this.#waiting) record.listen(this);
    if (this.#waiting.size === 0) {
      this.stream.end();
      return;
    }
    scheduler.timers.start(this.#timer, options.timeout ?? Infinity);
    options.signal?.addEventListener("abort", this.#abort, { once: true });
  }

  onSettled(record: TaskRecord): void {
    this.#waiting.delete(record);
    this.stream.push(handleOf(record, this.#scheduler));
    if (this.#waiting.size > 0) return;
    this.#stop();
    this.stream.end();
  }

  #timedOut(): void {
    const ms = this.#options.timeout!;
    const message = `${this.#waiting.size} tasks were not done after a wait ` +
      `of ${ms} ms; they go on`;
    this.#fail(withoutStack(() => new TimeoutError(message, "wait", ms)));
  }

  #fail(reason: unknown): void {
    this.#stop();
    this.stream.fail(reason);
  }

  /** Stops waiting. */
  #stop(): void {
    for (const record of this.#waiting) record.unlisten(this);
    this.#waiting.clear();
    this.#scheduler.timers.stop(this.#timer);
    this.#options.signal?.removeEventListener("abort", this.#abort);
  }
}
