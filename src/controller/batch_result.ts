/**
 * What became of one input of a batch.
 *
 * @module
 */
import type { Outcome } from "../task.ts";
import type { Ended, Item } from "./batch/run.ts";
import { handleOf, type TaskHandle } from "./handle.ts";
import type { Scheduler } from "./scheduling/scheduler.ts";
import { TaskRecord } from "./task/record.ts";

/** An input and what became of it. */
export class BatchResult<I = unknown, T = unknown> {
  readonly #item: Item<I>;
  readonly #ended: Ended;
  readonly #scheduler: Scheduler;

  /** Not for calling: a batch makes it. */
  constructor(item: unknown, ended: unknown, scheduler: unknown) {
    this.#item = item as Item<I>;
    this.#ended = ended as Ended;
    this.#scheduler = scheduler as Scheduler;
  }

  /** The input, as it was given. */
  get input(): I {
    return this.#item.input;
  }

  /** The place of the input among all inputs, from 0. */
  get index(): number {
    return this.#item.index;
  }

  /** The key of the input, if the batch has a function for keys. */
  get key(): string | undefined {
    return this.#item.key;
  }

  /** How the task ended; failed if the task could not be submitted. */
  get outcome(): Outcome<T> {
    const ended = this.#ended;
    return ended instanceof TaskRecord
      ? ended.outcome as Outcome<T>
      : { state: "failed", error: ended.error };
  }

  /**
   * What the task returned.
   *
   * @throws What the task threw, or the reason that it was cancelled for.
   */
  get value(): T {
    const { outcome } = this;
    if (outcome.state === "succeeded") return outcome.value;
    throw this.#ended instanceof TaskRecord
      ? this.#ended.result
      : this.#ended.error;
  }

  /** The handle of the task, unless the task could not be submitted. */
  get handle(): TaskHandle<T> | undefined {
    const ended = this.#ended;
    if (!(ended instanceof TaskRecord)) return undefined;
    return handleOf(ended, this.#scheduler) as TaskHandle<T>;
  }
}
