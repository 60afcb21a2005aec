/**
 * The main thread of a child process. It runs no task: the loop is in a Worker,
 * which has a wire of its own to the parent. So this thread can act for a loop
 * that is blocked. It reports which tasks have begun, revokes others, and sends
 * what the loop could not send at once. It also notices the end of the parent,
 * whatever a task does.
 *
 * @module
 */
import { epochNow, followClock } from "../clock.ts";
import { BRIDGE_WIRE, ChildWire } from "../serial/child_wire.ts";
import { HEADER_BYTES } from "../serial/frames.ts";
import { deserialize } from "../serial/reader.ts";
import { serialize } from "../serial/writer.ts";
import type { BridgeInit, FromBridge, ToBridge } from "./wire.ts";
import type { WorkerLink } from "./worker_link.ts";

/** How often the bridge checks on the loop and the parent. */
const CHECK_INTERVAL_MS = 100;

class Bridge {
  readonly #loop: WorkerLink<never, Uint8Array>;
  readonly #wire: ChildWire;
  /** What was last reported. */
  #begun = 0;
  #latest = 0;

  constructor(loop: WorkerLink<never, Uint8Array>) {
    this.#loop = loop;
    this.#wire = new ChildWire(BRIDGE_WIRE, {
      onMessage: (message) => this.#revoke(deserialize(message) as ToBridge),
      onBroken: ({ message }) => fail(`a task reads its wire: ${message}`),
      // The parent has ended, or wants this process to end.
      onClosed: () => Deno.exit(0),
    });
    loop.ended.then(async ({ message }) => {
      this.#forward();
      await this.#wire.flushed();
      fail(message);
    });
    setInterval(() => this.#reportBegun(), CHECK_INTERVAL_MS);
    this.#listen();
  }

  async #listen(): Promise<void> {
    for (;;) {
      await this.#loop.arrival();
      this.#forward();
      // Until the parent reads on, the loop must see that nobody receives.
      await this.#wire.flushed();
    }
  }

  #forward(): void {
    for (const frame of this.#loop.receive()) this.#wire.send(frame);
  }

  #send(message: FromBridge[0]): void {
    this.#wire.send(serialize([message], HEADER_BYTES));
  }

  /** Revokes tasks that have not begun. A blocked loop could not do it. */
  #revoke(tasks: ToBridge): void {
    const { sharedState } = this.#loop;
    const ids = tasks.filter(([, count]) => sharedState.revoke(count))
      .map(([id]) => id);
    if (ids.length > 0) this.#send({ type: "cancelled", ids, at: epochNow() });
  }

  /** Reports which tasks have begun. A blocked loop could not do it. */
  #reportBegun(): void {
    const { begun, latest } = this.#loop.sharedState;
    if (begun === this.#begun && latest === this.#latest) return;
    this.#begun = begun;
    this.#latest = latest;
    this.#send({ type: "begun", count: begun, latest });
  }
}

function fail(why: string): never {
  console.error(`Error: ${why}`);
  Deno.exit(1);
}

/** Connects the loop to the parent. */
export function bridge(
  loop: WorkerLink<never, Uint8Array>,
  { parent, clock }: BridgeInit,
): void {
  followClock(clock);
  new Bridge(loop);
  // If a task has closed the wire, nothing else shows the end of the parent.
  setInterval(
    () => Deno.ppid === parent || Deno.exit(0),
    CHECK_INTERVAL_MS,
  );
}
