/**
 * Requests of tasks to the controller to run other tasks, which do not end with
 * the tasks that asked.
 *
 * @module
 */
import { sendArguments } from "../clone.ts";
import { decodeThrown } from "../protocol/codec.ts";
import type { ToLoop } from "../protocol/messages.ts";
import {
  type AnyTaskReference,
  encodeReference,
} from "../protocol/reference.ts";
import type { TaskId } from "../task.ts";
import type { SpawnOptions } from "../task_api.ts";
import { runOptionsOf } from "./child.ts";
import type { Outbox } from "./outbox.ts";

export class Detaching {
  readonly #outbox: Outbox;
  /** The requests that the controller has not answered. */
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

  answered(
    { request, id, error }: Extract<ToLoop, { type: "detached" }>,
  ): void {
    const answer = this.#open.get(request);
    this.#open.delete(request);
    if (error === undefined) answer?.resolve(id!);
    else answer?.reject(decodeThrown(error));
  }
}
