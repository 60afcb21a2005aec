/**
 * Carries a loop in a child deno, which can be killed for certain, and whose
 * permissions and memory are its own.
 *
 * A relay worker holds the wires to the child, so that this thread hears of the
 * child by the same port and shared memory as of a worker, also while it is
 * blocked. One wire leads to the loop, and one to the bridge, the thread of the
 * child that a task never blocks:
 *
 *     controller ⇄ port ⇄ relay ⇄ wire ⇄ loop ⇄ port ⇄ bridge ⇄ wire ⇄ relay
 *
 * A batch is made bytes where it comes from, controller or loop, so that what
 * can't cross is said there and then; all between hand the bytes on.
 *
 * @module
 */
import { readClock } from "../clock.ts";
import type { FromLoop, LoopSettings, ToLoop } from "../protocol/messages.ts";
import { HEADER } from "../serial/frames.ts";
import { deserialize, serialize } from "../serial/serial.ts";
import type { TaskId } from "../task.ts";
import type { Engine } from "./engine.ts";
import {
  type Begun,
  type FromRelay,
  isLong,
  type ToBridge,
  type ToRelay,
} from "./wire.ts";
import { WorkerLink } from "./worker_link.ts";

export class ProcessEngine implements Engine {
  readonly endsForCertain = true;
  readonly ended: Promise<Error>;
  readonly gone: Promise<void>;
  readonly #relay: WorkerLink<ToRelay, FromRelay>;
  readonly #childGone: PromiseWithResolvers<void> = Promise.withResolvers();
  /** How many tasks have begun, as the bridge has told last. */
  #begun = 0;
  latest: number | undefined = undefined;
  hasGone = false;
  /** Those that are to be taken back, of which the bridge is told next. */
  #toRevoke: ToBridge[number][] = [];
  #stopped = false;

  constructor(settings: LoopSettings) {
    this.#relay = new WorkerLink(
      readClock(),
      new Worker(new URL("./relay.ts", import.meta.url), { type: "module" }),
      settings,
    );
    this.ended = this.#relay.ended;
    this.gone = this.#relay.gone;
    // Without a relay there is no child.
    this.ended.then(() => this.#childGone.resolve());
  }

  post(batch: readonly ToLoop[], transfer?: readonly Transferable[]): void {
    const frame = serialize(batch, HEADER);
    // What is transferred is gone from here, though its copy crosses.
    if (transfer !== undefined) {
      structuredClone(undefined, { transfer: [...transfer] });
    }
    if (this.#toRevoke.length > 0) {
      const toBridge = serialize(this.#toRevoke, HEADER);
      this.#toRevoke = [];
      this.#relay.post({ toBridge });
    }
    this.#relay.post(frame, isLong(frame) ? [frame.buffer] : undefined);
  }

  get arrived(): boolean {
    return this.#relay.arrived;
  }

  *receive(): Generator<readonly FromLoop[]> {
    for (const message of this.#relay.receive()) {
      if (message === "gone") {
        this.hasGone = true;
        this.#childGone.resolve();
      } else if (!this.#stopped) {
        const batch = deserialize(message) as
          | [Begun]
          | readonly FromLoop[];
        if (!isBegun(batch)) yield batch;
        else [{ count: this.#begun, latest: this.latest }] = batch;
      }
    }
  }

  arrival(): Promise<void> {
    return this.#relay.arrival();
  }

  waitSync(ms: number): void {
    this.#relay.waitSync(ms);
  }

  /** What the bridge has told last may be overtaken by now. */
  hasBegun(count: number): true | undefined {
    return ((count - this.#begun) | 0) <= 0 || undefined;
  }

  /** Never certain here: the bridge is asked, and answers. */
  revoke(count: number, id?: TaskId): boolean {
    if (id !== undefined) this.#toRevoke.push([id, count]);
    return false;
  }

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

/** Of what nobody else checks. */
function isBegun(batch: readonly (Begun | FromLoop)[]): batch is [Begun] {
  const [first] = batch;
  return first?.type === "begun" && typeof first.count === "number" &&
    typeof first.latest === "number";
}
