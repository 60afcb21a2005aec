import { Session, type Sleeper, type TaskName } from "../session.ts";
import type { Reply, Request } from "../workers/messages.ts";

interface PendingCall {
  done: boolean;
  received: number;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** Requests and replies matched by number, as one writes it by hand. */
export abstract class PendingCalls extends Session {
  readonly #pending = new Map<number, PendingCall>();
  #lastId = 0;

  protected abstract send(request: Request, transfer?: Transferable[]): void;

  protected received(reply: Reply): void {
    const call = this.#pending.get(reply.id);
    if (call === undefined) return;
    if ("line" in reply || "step" in reply) {
      call.received++;
      return;
    }
    this.#pending.delete(reply.id);
    call.done = true;
    if ("value" in reply) call.resolve(reply.value);
    else call.reject(new Error(reply.error));
  }

  override call(task: TaskName, argument: unknown): Promise<unknown> {
    const id = ++this.#lastId;
    return this.#request({ id, task, argument });
  }

  override startSleeper(ms: number): Sleeper {
    const ended = this.call("sleepUntilAborted", ms);
    const id = this.#lastId;
    const call = this.#pending.get(id)!;
    return {
      ended,
      get done(): boolean {
        return call.done;
      },
      cancel: () => this.send({ id, cancel: true }),
    };
  }

  override transfer(bytes: Uint8Array<ArrayBuffer>): Promise<unknown> {
    const id = ++this.#lastId;
    const request = { id, task: "sizeOf", argument: bytes } as const;
    return this.#request(request, [bytes.buffer]);
  }

  override async writeLines(count: number): Promise<void> {
    await this.#receiveAll({ id: ++this.#lastId, lines: count }, count);
  }

  override async reportProgress(count: number): Promise<void> {
    await this.#receiveAll({ id: ++this.#lastId, steps: count }, count);
  }

  async #receiveAll(request: Request, count: number): Promise<void> {
    const ended = this.#request(request);
    const call = this.#pending.get(request.id)!;
    await ended;
    if (call.received !== count) throw new Error("messages are missing");
  }

  #request(request: Request, transfer?: Transferable[]): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const call = { done: false, received: 0, resolve, reject };
      this.#pending.set(request.id, call);
      this.send(request, transfer);
    });
  }
}
