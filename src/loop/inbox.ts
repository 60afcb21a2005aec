/**
 * What the controller has to say to the loop, done in the order in which it
 * comes.
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
} from "../protocol/messages.ts";
import type { TaskId } from "../task.ts";
import type { Loop } from "./loop.ts";
import { LoopTask } from "./loop_task.ts";
import { exportedFunctions, Resolvable } from "./resolve.ts";

export class Inbox {
  readonly #loop: Loop;
  /** Says that a task is about to begin; returns whether it may. */
  readonly #begin: (id: number) => boolean;
  readonly #resolvables: Map<number, Resolvable> = new Map();

  constructor(loop: Loop, begin: (id: number) => boolean) {
    this.#loop = loop;
    this.#begin = begin;
  }

  receive(batch: readonly ToLoop[]): void {
    this.#loop.receivedAt = this.#loop.timers.now();
    for (const message of batch) this.#apply(message);
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
        // At once: the answer says that the loop turns, and nothing more.
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
    const may = this.#begin(id as number);
    const resolvable = this.#resolvables.get(ref);
    if (resolvable === undefined) {
      const what = `task ${id} runs reference ${ref}, which was not defined`;
      this.#loop.outbox.send({ type: "rejected", what });
      return;
    }
    const task = new LoopTask(this.#loop, id, resolvable, options);
    if (may) this.#loop.start(task, args);
    else this.#loop.outbox.cancelled(task);
  }

  #cancel(
    { ids, reasons, graces }: Extract<ToLoop, { type: "cancel" }>,
  ): void {
    let reason: Error | undefined;
    const unknown: TaskId[] = [];
    for (let n = 0; n < ids.length; n++) {
      // Those that are cancelled together for the same reason share its error.
      if (n === 0 || reasons[n] !== reasons[n - 1]) {
        reason = decodeReason(reasons[n]!);
      }
      const task = this.#loop.find(ids[n]!);
      if (task === undefined) unknown.push(ids[n]!);
      else task.stop(reason!, graces[n]!);
    }
    if (unknown.length === 0) return;
    // They have ended. Who asks has not heard of it, and must not wait.
    this.#loop.outbox.send({
      type: "cancelled",
      ids: unknown,
      at: epochNow(),
    });
  }

  #listExports(request: number, module: string): void {
    exportedFunctions(module).then(
      (names) => ({ names, error: undefined }),
      (thrown) => ({ names: undefined, error: encodeThrown(thrown) }),
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
