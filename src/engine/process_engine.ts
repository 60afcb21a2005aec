/**
 * Carries a loop in a child deno, which can be killed for certain, and whose
 * permissions and memory are its own.
 *
 * A relay worker holds the wire to the child, so that this thread hears of the
 * child by the same port and shared memory as of a worker, also while it is
 * blocked:
 *
 *     controller ⇄ port ⇄ relay ⇄ wire ⇄ bridge ⇄ port ⇄ loop
 *     └───── this process ──────┘    └───── the child ─────┘
 *
 * A batch is made bytes where it comes from, controller or loop, so that what
 * can't cross is said there and then; all between hand the bytes on.
 *
 * @module
 */
import type { FromLoop, LoopSettings, ToLoop } from "../protocol/messages.ts";
import { deserialize, serialize } from "../serial/serial.ts";
import type { Engine } from "./engine.ts";
import type { FromRelay, ToRelay } from "./wire.ts";
import { WorkerLink } from "./worker_link.ts";

export class ProcessEngine implements Engine {
  readonly endsForCertain = true;
  readonly ended: Promise<Error>;
  readonly gone: Promise<void>;
  readonly #relay: WorkerLink<ToRelay, FromRelay>;
  readonly #childGone: PromiseWithResolvers<void> = Promise.withResolvers();
  #stopped = false;

  constructor(settings: LoopSettings) {
    const module = new URL("./relay.ts", import.meta.url);
    this.#relay = new WorkerLink(module, settings);
    this.ended = this.#relay.ended;
    this.gone = this.#relay.gone;
    // Without a relay there is no child.
    this.ended.then(() => this.#childGone.resolve());
  }

  post(batch: readonly ToLoop[], transfer?: readonly Transferable[]): void {
    const bytes = serialize(batch);
    // What is transferred is gone from here, though its copy crosses.
    if (transfer !== undefined) {
      structuredClone(undefined, { transfer: [...transfer] });
    }
    this.#relay.post(bytes, [bytes.buffer]);
  }

  get arrived(): boolean {
    return this.#relay.arrived;
  }

  *receive(): Generator<readonly FromLoop[]> {
    for (const message of this.#relay.receive()) {
      if (message === "gone") this.#childGone.resolve();
      else if (!this.#stopped) yield deserialize(message) as FromLoop[];
    }
  }

  arrival(): Promise<void> {
    return this.#relay.arrival();
  }

  waitSync(ms: number): void {
    this.#relay.waitSync(ms);
  }

  // What the bridge knows of its loop it tells by messages of the loop's own.
  hasBegun(): undefined {}

  revoke(): boolean {
    return false;
  }

  readonly latest = undefined;

  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#relay.post("stop");
    this.#watch();
    // What the relay holds open goes with the child, and would stay without.
    this.#childGone.promise.then(() => this.#relay.stop());
  }

  /** Takes in what the relay says when nobody else does any more. */
  async #watch(): Promise<void> {
    let over = false;
    this.#childGone.promise.then(() => over = true);
    while (!over) {
      await this.#relay.arrival();
      for (const _ of this.receive());
    }
  }

  forget(): void {
    this.#relay.forget();
  }

  kill(): void {
    this.#relay.post("kill");
    this.#childGone.promise.then(() => this.stop());
  }
}
