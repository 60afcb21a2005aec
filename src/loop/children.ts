/**
 * Tasks that a task starts: its children, and detached tasks, which the
 * controller runs and which do not end with the task.
 *
 * @module
 */
import { checkMoment, checkMs, checkTaskOptions } from "../checks.ts";
import { sendArguments } from "../clone.ts";
import { TimeoutError } from "../errors.ts";
import { decodeThrown } from "../protocol/codec.ts";
import type {
  MovableLimit,
  RunOptions,
  ToLoopOf,
} from "../protocol/messages.ts";
import {
  type AnyTaskReference,
  encodeReference,
} from "../protocol/reference.ts";
import type { CancelResult, TaskId, TaskState } from "../task.ts";
import type { ChildTask, SpawnOptions } from "../task_api.ts";
import type { Loop } from "./loop.ts";
import type { LoopOutcome, LoopTask } from "./loop_task.ts";
import type { Outbox } from "./outbox.ts";
import { stopReason } from "./scope.ts";

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

/** The requests to detach a task that the controller has not answered. */
export class Detaching {
  readonly #outbox: Outbox;
  readonly #open: Map<number, PromiseWithResolvers<TaskId>> = new Map();
  #last = 0;

  constructor(outbox: Outbox) {
    this.#outbox = outbox;
  }

  /** Does what {@linkcode Task.detach} says, for the task `from`. */
  async ask(
    from: TaskId,
    reference: AnyTaskReference,
    args: readonly unknown[],
    options: SpawnOptions,
  ): Promise<TaskId> {
    const request = ++this.#last;
    const message = {
      type: "detach",
      request,
      from,
      reference: encodeReference(reference),
      args,
      options: runOptionsOf(options),
    } as const;
    sendArguments(args, undefined, () => this.#outbox.sendNow(message));
    const answer = Promise.withResolvers<TaskId>();
    this.#open.set(request, answer);
    return await answer.promise;
  }

  answered({ request, id, error }: ToLoopOf<"detached">): void {
    const answer = this.#open.get(request);
    this.#open.delete(request);
    if (error === undefined) answer?.resolve(id!);
    else answer?.reject(decodeThrown(error));
  }
}
