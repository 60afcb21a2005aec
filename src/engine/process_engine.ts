/**
 * Carries a loop in a child deno, which can be killed for certain, and whose
 * permissions and memory are its own.
 *
 * A relay worker holds the wire to the child, so that this thread hears of the
 * child by the same port and pulse as of a worker, also while it is blocked:
 *
 *     controller ⇄ port, pulse ⇄ relay ⇄ wire ⇄ bridge ⇄ port, pulse ⇄ loop
 *     └──────────── this process ──────────┘    └───── the child ─────────┘
 *
 * A batch is made bytes where it comes from, controller or loop, so that what
 * can't cross is said there and then; all between hand the bytes on.
 *
 * @module
 */
import type { FromLoop, LoopSettings, ToLoop } from "../protocol.ts";
import { deserialize, serialize } from "../serial.ts";
import type { Engine } from "./engine.ts";
import type { ToRelay } from "./wire.ts";
import { WorkerLink } from "./worker_link.ts";

export class ProcessEngine implements Engine {
  readonly killsForCertain = true;
  readonly #relay: WorkerLink<ToRelay, Uint8Array>;

  constructor(settings: LoopSettings) {
    const module = new URL("./relay.ts", import.meta.url);
    this.#relay = new WorkerLink(module, settings);
  }

  get ended(): Promise<Error> {
    return this.#relay.ended;
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
    for (const bytes of this.#relay.receive()) {
      yield deserialize(bytes) as readonly FromLoop[];
    }
  }

  arrival(): Promise<void> {
    return this.#relay.arrival();
  }

  waitSync(ms: number): void {
    this.#relay.waitSync(ms);
  }

  // What the bridge knows of its loop it tells by messages of the loop's own.
  hasBegun(): boolean {
    return false;
  }

  revoke(): boolean {
    return false;
  }

  readonly latest = undefined;

  /** The child notices that its wire has ended, and ends. */
  stop(): void {
    this.#relay.stop();
  }

  /** Resolves when the child is gone. */
  async kill(): Promise<void> {
    this.#relay.post("kill");
    await this.ended;
    this.stop();
  }
}
