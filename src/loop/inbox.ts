/**
 * Carries out the controller's messages, in order.
 *
 * @module
 */
import { epochNow } from "../clock.ts";
import { decodeThrown, encodeThrown } from "../protocol/codec.ts";
import { CancelledError, withoutStack } from "../errors.ts";
import type {
  EncodedThrown,
  RunOptions,
  ToLoop,
  ToLoopOf,
} from "../protocol/messages.ts";
import type { TaskId } from "../task.ts";
import type { Loop } from "./loop.ts";
import { LoopTask } from "./loop_task.ts";
import { Resolvable } from "./resolve.ts";

export class Inbox {
  readonly #loop: Loop;
  /** Called before a task begins; returns `false` if it has been revoked. */
  readonly #begin: (id: number) => boolean;
  readonly #resolvables: Map<number, Resolvable> = new Map();

  constructor(loop: Loop, begin: (id: number) => boolean) {
    this.#loop = loop;
    this.#begin = begin;
  }

  receive(messages: readonly ToLoop[]): void {
    this.#loop.receivedAt = this.#loop.timers.now();
    for (const message of messages) this.#apply(message);
  }

  #apply(message: ToLoop): void {
    switch (message.type) {
      case "define":
        this.#resolvables.set(message.ref, new Resolvable(message.reference));
        return;
      case "forget":
        this.#resolvables.delete(message.ref);
        return;
      case "run": {
        const { ids, refs, args, counts, options } = message;
        let at = 0;
        for (let n = 0; n < ids.length; n++) {
          const end = at + (typeof counts === "number" ? counts : counts[n]!);
          this.#run(ids[n]!, refs[n]!, args.slice(at, end), options?.[n]);
          at = end;
        }
        return;
      }
      case "cancel":
        this.#cancel(message);
        return;
      case "limit":
        this.#loop.find(message.id)?.limit(message.limit, message.value);
        return;
      case "detached":
        this.#loop.detaching.answered(message);
        return;
      case "exports":
        this.#listExports(message.request, message.module);
        return;
      case "ping":
        // Answered at once: a pong says only that the loop is not blocked.
        this.#loop.outbox.send({ type: "pong", count: message.count });
        return;
      default: {
        const unknown: never = message;
        const what = Deno.inspect(unknown);
        this.#loop.outbox.send({ type: "rejected", what });
      }
    }
  }

  #run(
    id: TaskId,
    ref: number,
    args: readonly unknown[],
    options: RunOptions | undefined,
  ): void {
    const mayBegin = this.#begin(id as number);
    const resolvable = this.#resolvables.get(ref);
    if (resolvable === undefined) {
      const what = `task ${id} runs reference ${ref}, which was not defined`;
      this.#loop.outbox.send({ type: "rejected", what });
      return;
    }
    const task = new LoopTask(this.#loop, id, resolvable, options);
    if (mayBegin) this.#loop.start(task, args);
    else this.#loop.outbox.cancelled(task);
  }

  #cancel(
    { ids, reasons, graces }: ToLoopOf<"cancel">,
  ): void {
    let reason: Error | undefined;
    const unknown: TaskId[] = [];
    for (let n = 0; n < ids.length; n++) {
      // Tasks that are cancelled together for one reason share one error.
      if (n === 0 || reasons[n] !== reasons[n - 1]) {
        reason = decodeReason(reasons[n]!);
      }
      const task = this.#loop.find(ids[n]!);
      if (task === undefined) unknown.push(ids[n]!);
      else task.stop(reason!, graces[n]!);
    }
    if (unknown.length === 0) return;
    // These have ended, which the controller may not know; it must not wait.
    this.#loop.outbox.send({ type: "cancelled", ids: unknown, at: epochNow() });
  }

  #listExports(request: number, module: string): void {
    import("./exports.ts").then(({ describeModule }) => describeModule(module))
      .then(
        (module) => ({ module, error: undefined }),
        (thrown) => ({ module: undefined, error: encodeThrown(thrown) }),
      ).then((answer) =>
        this.#loop.outbox.send({ type: "exports", request, ...answer })
      );
  }
}

function decodeReason(reason: string | EncodedThrown): Error {
  return typeof reason === "string"
    ? withoutStack(() => new CancelledError(reason))
    : decodeThrown(reason);
}
