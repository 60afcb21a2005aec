/**
 * Carries a loop in a Deno Worker.
 *
 * Nothing listens on this end of the port. The pulse tells that something was
 * posted, and every read is the same synchronous receive, whether it was
 * woken or asked for: a listener would take messages out of the order that a
 * synchronous receive sees, and hold them from a thread that is blocked.
 *
 * @module
 */
import { receiveMessageOnPort } from "node:worker_threads";
import type {
  FromLoop,
  LoopSettings,
  ToLoop,
  WorkerInit,
} from "../protocol.ts";
import { Pulse } from "../pulse.ts";
import type { Engine } from "./engine.ts";

export class WorkerEngine implements Engine {
  readonly ended: Promise<Error>;
  readonly killsForCertain: boolean = false;
  readonly #end: (how: Error) => void;
  readonly #worker: Worker;
  readonly #port: MessagePort;
  readonly #pulse: Pulse = new Pulse();
  #seen = 0;
  #stopped = false;

  /** `module`: where the worker begins, if it is not the loop itself. */
  constructor(
    settings: LoopSettings,
    module: URL = new URL("../loop/worker.ts", import.meta.url),
  ) {
    const { promise, resolve } = Promise.withResolvers<Error>();
    this.ended = promise;
    this.#end = resolve;
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    this.#worker = new Worker(module, { type: "module", name: settings.name });
    this.#worker.onerror = (event) => {
      // Else it would end this thread, too.
      event.preventDefault();
      this.#end(new Error(`the worker failed: ${event.message}`));
    };
    const init: WorkerInit = {
      port: port2,
      pulse: this.#pulse.buffer,
      settings,
    };
    this.#worker.postMessage(init, [port2]);
  }

  post(batch: readonly ToLoop[], transfer?: readonly Transferable[]): void {
    // An empty list of transfers would cost a fifth of the post.
    if (transfer === undefined) this.#port.postMessage(batch);
    else this.#port.postMessage(batch, [...transfer]);
  }

  get arrived(): boolean {
    return this.#pulse.posts !== this.#seen;
  }

  *receive(): Generator<readonly FromLoop[]> {
    // Read first: what is posted from here on shows as arrived again.
    this.#seen = this.#pulse.posts;
    if (this.#stopped) return;
    for (;;) {
      const received = receiveMessageOnPort(
        // A web port, which Deno takes here as well as one of Node's.
        this.#port as unknown as import("node:worker_threads").MessagePort,
      );
      if (received === undefined) return;
      yield received.message;
    }
  }

  hasBegun(count: number): boolean {
    return this.#pulse.hasBegun(count);
  }

  revoke(count: number): boolean {
    return this.#pulse.revoke(count);
  }

  get latest(): number | undefined {
    return this.#pulse.latest || undefined;
  }

  arrival(): Promise<void> {
    return this.#pulse.beyond(this.#seen);
  }

  waitSync(ms: number): void {
    this.#pulse.beyondSync(this.#seen, ms);
  }

  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#worker.terminate();
    this.#port.close();
    this.#end(new Error("the loop was stopped"));
    this.#pulse.posted();
  }

  kill(): Promise<void> {
    this.stop();
    return Promise.resolve();
  }
}
