/**
 * The main thread of a child process. It runs no task: the loop is in a worker,
 * which has a wire of its own to the parent. So this thread can see to a loop
 * that is blocked: it says which tasks have begun, takes others back, and sends
 * what the loop has no room to send at once. It notices that the parent is gone,
 * whatever a task does.
 *
 * @module
 */
import { epochNow, followClock } from "../clock.ts";
import { BRIDGE_WIRE, ChildWire } from "../serial/child_wire.ts";
import { HEADER } from "../serial/frames.ts";
import { deserialize, serialize } from "../serial/serial.ts";
import type { BridgeInit, FromBridge, ToBridge } from "./wire.ts";
import type { WorkerLink } from "./worker_link.ts";

/** How often the loop and the parent are looked after, in milliseconds. */
const LOOK_EVERY = 100;

class Bridge {
  readonly #loop: WorkerLink<never, Uint8Array>;
  readonly #wire: ChildWire;
  /** What was told last: how many tasks have begun, and which last. */
  #begun = 0;
  #latest = 0;

  constructor(loop: WorkerLink<never, Uint8Array>) {
    this.#loop = loop;
    this.#wire = new ChildWire(BRIDGE_WIRE, {
      received: (message) => this.#revoke(deserialize(message) as ToBridge),
      broken: ({ message }) => fail(`a task reads its wire: ${message}`),
      // The end of the parent ends the wire, and that ends this process with
      // all that runs in it.
      closed: () => Deno.exit(0),
    });
    loop.ended.then(async ({ message }) => {
      this.#forward();
      await this.#wire.flushed();
      fail(message);
    });
    setInterval(() => this.#tellBegun(), LOOK_EVERY);
    this.#listen();
  }

  async #listen(): Promise<void> {
    for (;;) {
      await this.#loop.arrival();
      this.#forward();
      // Till the parent reads on, the loop is left to see that nobody does.
      await this.#wire.flushed();
    }
  }

  #forward(): void {
    for (const frame of this.#loop.receive()) this.#wire.send(frame);
  }

  #say(message: FromBridge[0]): void {
    this.#wire.send(serialize([message], HEADER));
  }

  /** Takes back those that have not begun, which a blocked loop can't. */
  #revoke(tasks: ToBridge): void {
    const { sharedState } = this.#loop;
    const ids = tasks.filter(([, count]) => sharedState.revoke(count))
      .map(([id]) => id);
    if (ids.length > 0) this.#say({ type: "cancelled", ids, at: epochNow() });
  }

  /** Says what has begun, which a blocked loop has no chance to. */
  #tellBegun(): void {
    const { begun, latest } = this.#loop.sharedState;
    if (begun === this.#begun && latest === this.#latest) return;
    this.#begun = begun;
    this.#latest = latest;
    this.#say({ type: "begun", count: begun, latest });
  }
}

function fail(why: string): never {
  console.error(`Error: ${why}`);
  Deno.exit(1);
}

/** Stands between the loop and its parent from now on. */
export function bridge(
  loop: WorkerLink<never, Uint8Array>,
  { parent, clock }: BridgeInit,
): void {
  followClock(clock);
  new Bridge(loop);
  // Nothing tells of the end of the parent if a task has closed the wire.
  setInterval(() => Deno.ppid === parent || Deno.exit(0), LOOK_EVERY);
}
