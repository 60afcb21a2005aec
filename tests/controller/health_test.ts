/** When a loop is asked whether it is responsive, on a clock that is turned by hand. */
import { assert, assertEquals } from "@std/assert";
import { Health, type HealthHost } from "../../src/controller/loops/health.ts";
import type { ToLoop } from "../../src/protocol/messages.ts";
import { HandClock } from "../hand_clock.ts";

/** A loop that answers `latency` ms after it was asked, while it turns. */
class Answering implements HealthHost {
  readonly health: Health;
  readonly asked: number[] = [];
  busy = true;
  readonly limited = [];
  readonly stopping = [];
  readonly connection = {
    sync(): void {},
    flush(): void {},
    send: (message: ToLoop): void => {
      if (message.type === "ping") this.#ask(message.count);
    },
  };
  starting = false;
  responsive = true;
  readonly #clock: HandClock;
  readonly #latency: number;

  constructor(clock: HandClock, latency: number) {
    this.#clock = clock;
    this.#latency = latency;
    this.health = new Health(this, clock);
  }

  #ask(count: number): void {
    this.asked.push(count);
    if (!this.responsive) return;
    this.#clock.after(this.#latency, () => this.health.onPong(count));
  }

  abandon(): void {}
  refresh(): void {}
  cancel(): void {}
  mayHaveBegun(): boolean {
    return false;
  }
}

Deno.test("Health sees within half a second that a loop is blocked, whenever it began to be", () => {
  for (let checked = 0; checked < 200; checked += 13) {
    for (let after = 0; after < 300; after += 7) {
      const clock = new HandClock();
      const host = new Answering(clock, 5);
      host.health.watch();
      clock.turn(1000 + checked);
      // As a thread does that blocks till something comes.
      host.health.check();
      clock.turn(after);
      assertEquals(host.health.blockedMs, 0);
      host.responsive = false;
      clock.turn(460);
      assert(host.health.blockedMs > 0, `after ${checked} and ${after} ms`);
    }
  }
});

Deno.test("Health asks again when an answer got lost, and believes it", () => {
  const clock = new HandClock();
  const host = new Answering(clock, 1);
  host.responsive = false;
  host.health.watch();
  clock.turn(450);
  assertEquals(host.asked, [1]);
  assert(host.health.blockedMs > 0);
  host.responsive = true;
  clock.turn(500);
  assertEquals(host.asked.slice(0, 2), [1, 1]);
  assertEquals(host.health.blockedMs, 0);
});

Deno.test("Health lets a loop be that has no work", () => {
  const clock = new HandClock();
  const host = new Answering(clock, 1);
  host.health.watch();
  clock.turn(1000);
  host.busy = false;
  clock.turn(1000);
  const asked = host.asked.length;
  assertEquals(clock.waiting, 0);
  clock.turn(10_000);
  assertEquals(host.asked.length, asked);
});

Deno.test("Health does not take a loop that is starting for blocked", () => {
  const clock = new HandClock();
  const host = new Answering(clock, 1);
  host.responsive = false;
  host.starting = true;
  host.health.watch();
  clock.turn(4900);
  assertEquals(host.health.blockedMs, 0);
  // It has said its first word, and has not come to answer yet.
  host.starting = false;
  assertEquals(host.health.blockedMs, 0);
  clock.turn(400);
  assert(host.health.blockedMs > 0);
});

Deno.test("Health takes a loop for blocked that does not say its first word in time", () => {
  const clock = new HandClock();
  const host = new Answering(clock, 1);
  host.responsive = false;
  host.starting = true;
  host.health.watch();
  clock.turn(5400);
  assert(host.health.blockedMs > 0);
});
