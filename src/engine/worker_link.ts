/**
 * A Worker of this process, and the messages to and from it.
 *
 * Nothing listens on this end of the port. The shared state shows that something
 * was posted, and every read is the same synchronous receive. A listener would
 * deliver messages out of order with it, and could not deliver them to a thread
 * that is blocked.
 *
 * @module
 */
import { receiveMessageOnPort } from "node:worker_threads";
import type { ClockReading } from "../clock.ts";
import { unwrap } from "../protocol/post.ts";
import { withoutStack } from "../errors.ts";
import type { LoopSettings, WorkerInit } from "../protocol/messages.ts";
import { SharedState } from "../protocol/shared_state.ts";

// Node's receiveMessageOnPort gives each port a slower `postMessage`; this one
// is Deno's.
const { postMessage } = MessagePort.prototype;

/** `Sent` goes to the Worker, `Received` comes from it. */
export class WorkerLink<Sent, Received> {
  /** Resolves once, when the Worker has ended, to how it ended. */
  readonly ended: Promise<Error>;
  /** Resolves when the Worker was stopped and its thread has exited. */
  readonly exited: Promise<void>;
  readonly sharedState: SharedState = new SharedState();
  readonly #onEnd: (how: Error) => void;
  readonly #onExit: () => void;
  readonly #worker: Worker;
  readonly #port: MessagePort;
  #seen = 0;
  #stopped = false;

  /** `clock`: as read before the Worker was started. */
  constructor(clock: ClockReading, worker: Worker, settings: LoopSettings) {
    ({ promise: this.ended, resolve: this.#onEnd } = Promise.withResolvers());
    ({ promise: this.exited, resolve: this.#onExit } = Promise.withResolvers());
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    this.#worker = worker;
    this.#worker.onerror = (event) => {
      // Without this, the error would end this thread, too.
      event.preventDefault();
      const how = `the worker failed: ${event.message}`;
      this.#onEnd(withoutStack(() => new Error(how)));
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

  /** Whether something has arrived since the last {@linkcode receive}. */
  get arrived(): boolean {
    return this.sharedState.posts !== this.#seen;
  }

  /**
   * Takes what has arrived, oldest first. Does not wait. Each message is read
   * when it is asked for, so that one that can't be read loses no other. The
   * shared state counts the messages: to find the port empty would cost as much
   * as to read a message.
   */
  *receive(): Generator<Received, void, void> {
    const { posts } = this.sharedState;
    while (this.#seen !== posts && !this.#stopped) {
      this.#seen = (this.#seen + 1) | 0;
      const received = receiveMessageOnPort(
        // Deno takes a web port here as well as one of Node's.
        this.#port as unknown as import("node:worker_threads").MessagePort,
      );
      if (received === undefined) this.#seen = posts;
      else yield unwrap<Received>(received.message);
    }
    this.sharedState.setReceived(this.#seen);
  }

  /** Resolves when something has arrived, or this link was stopped. */
  arrival(): Promise<void> {
    return this.sharedState.waitForPost(this.#seen);
  }

  /** Blocks this thread until something has arrived, for at most `ms`. */
  waitSync(ms: number): void {
    this.sharedState.waitForPostSync(this.#seen, ms);
  }

  /** Terminates the Worker. Nothing more is received from it. */
  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#worker.terminate();
    this.#onEnd(new Error("the loop was stopped"));
    this.sharedState.addPost();
    // The thread's exit closes the other end of the port, which only a port
    // that is being read reports. What else arrives is dropped.
    this.#port.addEventListener("close", this.#onExit, { once: true });
    this.#port.start();
  }

  /** Stops waiting for the exit of the thread. */
  release(): void {
    this.#port.removeEventListener("close", this.#onExit);
    this.#port.close();
  }
}
