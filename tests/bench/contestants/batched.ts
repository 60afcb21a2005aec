import { type Open, runOneTask } from "../session.ts";
import type { Reply, Request } from "../workers/messages.ts";
import { PendingCalls } from "./pending_calls.ts";

/**
 * A Deno Worker and `postMessage`: the requests of one microtask leave as one
 * message, the replies of one macrotask come back as one.
 */
class BatchedSession extends PendingCalls {
  readonly #worker = new Worker(
    new URL("../workers/batched_worker.ts", import.meta.url),
    { type: "module" },
  );
  #requests: Request[] = [];

  constructor() {
    super();
    this.#worker.onmessage = (event: MessageEvent<readonly Reply[]>) => {
      for (const reply of event.data) this.received(reply);
    };
  }

  protected override send(request: Request, transfer?: Transferable[]): void {
    if (transfer !== undefined) {
      this.#worker.postMessage([request], transfer);
    } else if (this.#requests.push(request) === 1) {
      queueMicrotask(() => this.#flush());
    }
  }

  #flush(): void {
    const batch = this.#requests;
    this.#requests = [];
    this.#worker.postMessage(batch);
  }

  override close(): void {
    this.#worker.terminate();
  }
}

export const open: Open = () => new BatchedSession();

if (import.meta.main) await runOneTask(open);
