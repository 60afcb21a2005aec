/**
 * A worker of this process, and the way there and back.
 *
 * Nothing listens on this end of the port. The shared state tells that something was
 * posted, and every read is the same synchronous receive, whether it was
 * woken or asked for: a listener would take messages out of the order that a
 * synchronous receive sees, and hold them from a thread that is blocked.
 *
 * @module
 */
import { receiveMessageOnPort } from "node:worker_threads";
import type { ClockReading } from "../clock.ts";
import { unwrap } from "../protocol/batch.ts";
import { withoutStack } from "../errors.ts";
import type { LoopSettings, WorkerInit } from "../protocol/messages.ts";
import { SharedState } from "../protocol/shared_state.ts";

// Node's receiveMessageOnPort puts a slower `postMessage` of its own on each
// port; this is the platform's.
const { postMessage } = MessagePort.prototype;

/** `Sent` goes to the worker, `Received` comes from it. */
export class WorkerLink<Sent, Received> {
  /** Settles once, when the worker is gone; says how it ended. */
  readonly ended: Promise<Error>;
  /** Resolves when it was stopped and its thread has ended, if that yields. */
  readonly gone: Promise<void>;
  readonly sharedState: SharedState = new SharedState();
  readonly #end: (how: Error) => void;
  readonly #leave: () => void;
  readonly #worker: Worker;
  readonly #port: MessagePort;
  #seen = 0;
  #stopped = false;

  /** `clock`: as read before the worker was started. */
  constructor(clock: ClockReading, worker: Worker, settings: LoopSettings) {
    const { promise, resolve } = Promise.withResolvers<Error>();
    this.ended = promise;
    this.#end = resolve;
    const leaving = Promise.withResolvers<void>();
    this.gone = leaving.promise;
    this.#leave = leaving.resolve;
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    this.#worker = worker;
    this.#worker.onerror = (event) => {
      // Else it would end this thread, too.
      event.preventDefault();
      const how = `the worker failed: ${event.message}`;
      this.#end(withoutStack(() => new Error(how)));
    };
    const init: WorkerInit = {
      port: port2,
      sharedState: this.sharedState.buffer,
      clock,
      settings,
    };
    this.#worker.postMessage(init, [port2]);
  }

  post(message: Sent, transfer?: readonly Transferable[]): void {
    // An empty list of transfers would cost a fifth of the post.
    if (transfer === undefined) postMessage.call(this.#port, message);
    else this.#port.postMessage(message, [...transfer]);
  }

  /** Whether something has come since the last {@linkcode receive}. */
  get arrived(): boolean {
    return this.sharedState.posts !== this.#seen;
  }

  /**
   * Takes what has come, oldest first, each when it is asked for: what can't be
   * read takes nothing else with it. Does not wait. The shared state counts each
   * message: one more try, to find that there is no more, would cost as much.
   */
  *receive(): Generator<Received, void, void> {
    const { posts } = this.sharedState;
    while (this.#seen !== posts && !this.#stopped) {
      this.#seen = (this.#seen + 1) | 0;
      const received = receiveMessageOnPort(
        // A web port, which Deno takes here as well as one of Node's.
        this.#port as unknown as import("node:worker_threads").MessagePort,
      );
      if (received === undefined) this.#seen = posts;
      else yield unwrap<Received>(received.message);
    }
    this.sharedState.setReceived(this.#seen);
  }

  /** Resolves when something has come, or this was stopped. */
  arrival(): Promise<void> {
    return this.sharedState.waitForPost(this.#seen);
  }

  /** Blocks this thread till something has come, for at most `ms`. */
  waitSync(ms: number): void {
    this.sharedState.waitForPostSync(this.#seen, ms);
  }

  /** Gives the worker up: nothing more is received from it. */
  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#worker.terminate();
    this.#end(new Error("the loop was stopped"));
    this.sharedState.addPost();
    // The other end of the port goes with its thread, and one that is read is
    // told of that. What comes till then is for nobody.
    this.#port.addEventListener("close", this.#leave, { once: true });
    this.#port.start();
  }

  /** Listens no more for the end of its thread. */
  forget(): void {
    this.#port.removeEventListener("close", this.#leave);
    this.#port.close();
  }
}
