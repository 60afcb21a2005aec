/**
 * What a task holds of a task that it has started.
 *
 * @module
 */
import { checkMoment, checkMs, checkTaskOptions } from "../checks.ts";
import { TimeoutError } from "../errors.ts";
import type { MovableLimit, RunOptions } from "../protocol/messages.ts";
import type { CancelResult, TaskId, TaskState } from "../task.ts";
import type { ChildTask, SpawnOptions } from "../task_api.ts";
import type { LoopOutcome, LoopTask } from "./loop_task.ts";
import { stopReason } from "./stop_reason.ts";

/** What a child needs of its loop. */
export interface ChildHost {
  stop(task: LoopTask, reason: Error): void;
  /** Sets, moves or (with `undefined`) lifts a limit. */
  moveLimit(task: LoopTask, limit: MovableLimit, value?: number): void;
}

/**
 * What a task starts another one with. A copy, so that what can't be sent
 * throws here, and takes no other messages down with it.
 *
 * @throws {TypeError | RangeError} An option can't be used.
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

/** Its value is of a type that only its parent knows. */
export class Child implements ChildTask<never> {
  readonly #task: LoopTask;
  readonly #host: ChildHost;
  #outcome: LoopOutcome | undefined;
  #settled: PromiseWithResolvers<never> | undefined;

  constructor(task: LoopTask, host: ChildHost) {
    this.#task = task;
    this.#host = host;
    task.settled = (state, result) => {
      this.#outcome = { state, result };
      if (this.#settled !== undefined) settle(this.#settled, this.#outcome);
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
    // It threw something else while it was stopping, or ran into a limit.
    return result !== this.#task.stopReason || result instanceof TimeoutError;
  }

  // The promise is made when it is asked for, so that the failure of a child
  // that nobody waits for is no unhandled rejection.
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
    this.#host.stop(this.#task, error);
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
    this.#host.moveLimit(this.#task, limit, value);
  }
}

function settle(
  settled: PromiseWithResolvers<never>,
  { state, result }: LoopOutcome,
): void {
  if (state === "succeeded") settled.resolve(result as never);
  else settled.reject(result);
}
