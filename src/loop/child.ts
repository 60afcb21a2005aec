/**
 * A task that another task has started.
 *
 * @module
 */
import { checkMoment, checkMs, checkTaskOptions } from "../checks.ts";
import { TimeoutError } from "../errors.ts";
import type { MovableLimit, RunOptions } from "../protocol/messages.ts";
import type { CancelResult, TaskId, TaskState } from "../task.ts";
import type { ChildTask, SpawnOptions } from "../task_api.ts";
import type { Loop } from "./loop.ts";
import type { LoopOutcome, LoopTask } from "./loop_task.ts";
import { stopReason } from "./stop_reason.ts";

/**
 * Checks and copies options. What can't be copied must throw here: in a message
 * it would take other messages down with it.
 *
 * @throws {TypeError | RangeError} An option is invalid.
 */
export function runOptionsOf(options: SpawnOptions, name?: string): RunOptions {
  checkTaskOptions(options);
  const { timeout, deadline, stallTimeout, grace, retry } = options;
  return structuredClone({
    name: options.name ?? name,
    timeout,
    deadline: deadline?.valueOf(),
    stall: stallTimeout,
    grace,
    retry,
  });
}

/** A child, as its parent's code sees it. Only that code knows its types. */
export class Child implements ChildTask<never> {
  readonly #task: LoopTask;
  readonly #loop: Loop;
  #outcome: LoopOutcome | undefined;
  #settled: PromiseWithResolvers<never> | undefined;

  constructor(task: LoopTask, loop: Loop) {
    this.#task = task;
    this.#loop = loop;
    task.makeDetails().onSettled = (outcome) => {
      this.#outcome = outcome;
      if (this.#settled !== undefined) settle(this.#settled, outcome);
    };
  }

  get id(): TaskId {
    return this.#task.id;
  }

  get state(): TaskState {
    return this.#outcome?.state ?? "running";
  }

  get failed(): boolean {
    if (this.#outcome === undefined) return false;
    const { state, result } = this.#outcome;
    if (state !== "cancelled") return state === "failed";
    // The child threw something else while it was stopping, or a limit fired.
    return result !== this.#task.stopReason || result instanceof TimeoutError;
  }

  // The promise is made on demand: the failure of a child that nobody awaits
  // must not be an unhandled rejection.
  then<A = never, B = never>(
    onValue?: ((value: never) => A | PromiseLike<A>) | null,
    onError?: ((error: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    if (this.#settled === undefined) {
      this.#settled = Promise.withResolvers();
      if (this.#outcome !== undefined) settle(this.#settled, this.#outcome);
    }
    return this.#settled.promise.then(onValue, onError);
  }

  cancel(
    reason: string | Error = "cancelled by its parent",
  ): Promise<CancelResult> {
    const error = stopReason(reason);
    if (this.#outcome !== undefined) return Promise.resolve("finished");
    this.#loop.stop(this.#task, error);
    return this.#stopped();
  }

  async #stopped(): Promise<CancelResult> {
    await this.then(() => {}, () => {});
    if (this.state !== "cancelled") return "finished";
    return this.#task.abandoned ? "ignored" : "cancelled";
  }

  setTimeout(ms: number | null): void {
    if (ms !== null) checkMs("timeout", ms);
    this.#limit("timeout", ms ?? undefined);
  }

  setDeadline(at: number | Date | null): void {
    if (at !== null) checkMoment("deadline", at);
    this.#limit("deadline", at?.valueOf());
  }

  #limit(limit: MovableLimit, value: number | undefined): void {
    if (this.#outcome !== undefined) return;
    this.#task.limit(limit, value);
    this.#loop.outbox.send({ type: "limit", id: this.id, limit, value });
  }
}

function settle(
  settled: PromiseWithResolvers<never>,
  { state, result }: LoopOutcome,
): void {
  if (state === "succeeded") settled.resolve(result as never);
  else settled.reject(result);
}
