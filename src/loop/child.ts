/**
 * What a task holds of a task that it has started.
 *
 * @module
 */
import { CancelledError } from "../errors.ts";
import type { TaskId, TaskState } from "../task.ts";
import type { ChildTask } from "../task_api.ts";
import type { LoopOutcome, LoopTask } from "./loop_task.ts";

export class Child implements ChildTask {
  readonly #task: LoopTask;
  readonly #stop: (reason: Error) => void;
  #outcome: LoopOutcome | undefined;
  #settled: PromiseWithResolvers<unknown> | undefined;

  constructor(task: LoopTask, stop: (reason: Error) => void) {
    this.#task = task;
    this.#stop = stop;
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

  // The promise is made when it is asked for, so that the failure of a child
  // that nobody waits for is no unhandled rejection.
  then<A = unknown, B = never>(
    onValue?: ((value: unknown) => A | PromiseLike<A>) | null,
    onError?: ((error: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    if (this.#settled === undefined) {
      this.#settled = Promise.withResolvers();
      if (this.#outcome !== undefined) settle(this.#settled, this.#outcome);
    }
    return this.#settled.promise.then(onValue, onError);
  }

  cancel(reason: string | Error = "cancelled by its parent"): void {
    if (this.#outcome !== undefined) return;
    this.#stop(
      typeof reason === "string" ? new CancelledError(reason) : reason,
    );
  }
}

function settle(
  settled: PromiseWithResolvers<unknown>,
  { state, result }: LoopOutcome,
): void {
  if (state === "succeeded") settled.resolve(result);
  else settled.reject(result);
}
