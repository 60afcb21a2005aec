import { type Open, runOneTask } from "../session.ts";
import type { Reply, Request } from "../workers/messages.ts";
import { PendingCalls } from "./pending_calls.ts";

/** A Deno Worker and `postMessage`, a message for each request and reply. */
class BareSession extends PendingCalls {
  readonly #worker = new Worker(
    new URL("../workers/bare_worker.ts", import.meta.url),
    { type: "module" },
  );

  constructor() {
    super();
    this.#worker.onmessage = (event: MessageEvent<Reply>) =>
      this.received(event.data);
  }

  protected override send(request: Request, transfer?: Transferable[]): void {
    if (transfer === undefined) this.#worker.postMessage(request);
    else this.#worker.postMessage(request, transfer);
  }

  override close(): void {
    this.#worker.terminate();
  }
}

export const open: Open = () => new BareSession();

if (import.meta.main) await runOneTask(open);
