/**
 * Rounds of random tasks under random deaths. Whatever happens in one, every
 * handle settles with what it can have come to, nothing of it is left, and the
 * next round begins on a loop that works.
 */
import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import {
  type LoopController,
  LoopLostError,
  type Outcome,
  type SubmitOptions,
  type TaskHandle,
  TimeoutError,
} from "../../mod.ts";
import { PATIENCE_MS } from "../patience.ts";
import { until } from "../until.ts";
import type { EngineName } from "./contract/suite.ts";
import type { Random } from "./random.ts";
import { WAYS_TO_DIE, type WayToDie } from "./ways_to_die.ts";

declare const task: typeof import("../../src/task_api.ts").task;

interface Kind {
  readonly run: (n: number) => unknown;
  /** What it comes to if it ends by itself; left out for what never does. */
  readonly value?: (n: number) => unknown;
  /** The message of what it throws if it ends by itself. */
  readonly throws?: (n: number) => string;
  /** The message of what it throws if it is cancelled. */
  readonly throwsStopped?: (n: number) => string;
  readonly options?: SubmitOptions;
}

const KINDS: readonly Kind[] = [
  { run: (n) => n, value: (n) => n },
  {
    run: (n) => ({ list: [n, new Date(n)] }),
    value: (n) => ({ list: [n, new Date(n)] }),
  },
  {
    run: (n) => {
      throw new Error(`task ${n}`);
    },
    throws: (n) => `task ${n}`,
  },
  {
    run: async (n) => {
      await task.sleep(n % 7);
      return n;
    },
    value: (n) => n,
  },
  {
    run: async (n) => {
      for (let step = 0; step < 5; step++) {
        console.log(n, step);
        task.progress(step, 5);
        await task.sleep(1);
      }
      return new Map([[n, new Uint8Array(3)]]);
    },
    value: (n) => new Map([[n, new Uint8Array(3)]]),
  },
  {
    run: async (n) => {
      const child = task.spawn((m: number) => m * 2, [n]);
      task.spawn(() => task.sleep(Infinity));
      return await child;
    },
    value: (n) => 2 * n,
  },
  {
    run: async (n) => {
      await task.sleep(1);
      if (task.attempt < 2) throw new Error("the first attempt");
      return n;
    },
    value: (n) => n,
    // Asked to stop after its sleep.
    throwsStopped: () => "the first attempt",
    options: { retry: { attempts: 2, backoff: 1, jitter: 0 } },
  },
  // Begins only if its timeout is moved.
  { run: (n) => n, value: (n) => n, options: { timeout: 0 } },
  // Never begins.
  { run: (n) => n, options: { deadline: 1 } },
  { run: () => task.sleep(Infinity) },
  { run: () => task.sleep(Infinity), options: { timeout: 3 } },
  // Ignores its signal for a while.
  {
    run: async (n) => {
      await new Promise((resolve) => setTimeout(resolve, n % 20));
      return n;
    },
    value: (n) => n,
  },
  {
    run: async () => {
      try {
        await task.sleep(Infinity);
      } finally {
        await new Promise((resolve) => setTimeout(resolve, 2));
      }
    },
  },
  {
    run: async (n) => {
      await task.sleep(Infinity).catch(() => {});
      throw new RangeError(`cleaning up ${n}`);
    },
    throwsStopped: (n) => `cleaning up ${n}`,
  },
  // Catches its cancel and goes on for a while.
  {
    run: async () => {
      for (let n = 0; n < 5; n++) await task.sleep(Infinity).catch(() => {});
    },
  },
  {
    run: async () => {
      try {
        await task.sleep(Infinity);
      } finally {
        await task.shielded(() => task.spawn(() => task.sleep(3)));
      }
    },
  },
  {
    run: async (n) => {
      task.spawn(async () => {
        await task.sleep(Infinity).catch(() => {});
        await task.shielded(() => task.sleep(n % 10));
      });
      await task.sleep(n % 5);
      return n;
    },
    value: (n) => n,
  },
];

/** What the rounds have come to. */
export interface Tally {
  submitted: number;
  succeeded: number;
  failed: number;
  cancelled: number;
  /** Of those that failed: the ones that lost their loop. */
  lost: number;
  /** How many of the rounds had something die in them. */
  deaths: number;
}

export class Chaos {
  readonly tally: Tally = {
    submitted: 0,
    succeeded: 0,
    failed: 0,
    cancelled: 0,
    lost: 0,
    deaths: 0,
  };
  readonly #random: Random;
  readonly #ways: readonly WayToDie[];

  /** `spared`: the ways to die that it leaves out. */
  constructor(
    random: Random,
    readonly engine: EngineName,
    spared: readonly string[] = [],
  ) {
    this.#random = random;
    this.#ways = WAYS_TO_DIE.filter(({ name, engines }) =>
      engines.includes(engine) && !spared.includes(name)
    );
  }

  async round(loop: LoopController): Promise<void> {
    const random = this.#random;
    loop.concurrency = random.pick([1, 2, 5, Infinity]);
    const started: { handle: TaskHandle; kind: Kind; n: number }[] = [];
    const count = 2 + random.below(10);
    const deadly = random.chance(0.8) ? random.below(count) : count;
    for (let n = 0; n < count; n++) {
      if (n === deadly) started.push(this.#submitDeath(loop, n));
      const kind = random.pick(KINDS);
      const handle = loop.submit(kind.run, [n], {
        ...kind.options,
        grace: random.pick([0, 5, 1000]),
        onLoopLost: random.pick(["fail", "resubmit"]),
        priority: random.below(3),
      });
      started.push({ handle, kind, n });
      if (random.chance(0.1)) await pause(random.below(3));
    }
    this.tally.submitted += started.length;
    const handles = started.map(({ handle }) => handle);
    await this.#disturb(handles);
    const { notDone } = await loop.wait(handles, { timeout: PATIENCE_MS });
    assertEquals(
      notDone.map((one) => one.snapshot()),
      [],
      "every handle settles",
    );
    for (const one of started) this.#count(one);
    await this.#nothingLeft(loop, handles);
    await this.#nextWorks(loop);
    loop.collect();
  }

  #submitDeath(
    loop: LoopController,
    n: number,
  ): { handle: TaskHandle; kind: Kind; n: number } {
    this.tally.deaths++;
    const { die, known } = this.#random.pick(this.#ways);
    const kind: Kind = { run: die as () => unknown };
    const handle = loop.submit(
      async (source: string, after: number) => {
        await new Promise((resolve) => setTimeout(resolve, after));
        const die = (0, eval)(source);
        await (after % 2 === 0 ? die() : task.spawn(die));
        await task.sleep(Infinity);
      },
      [String(die), this.#random.below(6)],
      { name: "death", onLoopLost: known ? "resubmit" : "fail" },
    );
    return { handle, kind, n };
  }

  async #nextWorks(loop: LoopController): Promise<void> {
    for (let tries = 1;; tries++) {
      const outcome = await loop.submit((n: number) => n + 1, [1]).outcome();
      if (outcome.state === "succeeded") return assertEquals(outcome.value, 2);
      // A timer that was set to end the loop may have gone off only now.
      const lost = outcome.state === "failed" &&
        outcome.error instanceof LoopLostError;
      assert(lost && tries <= 3, `${outcome.state} in the ${tries}. try`);
    }
  }

  /** Cancels and kills, moves limits; in the end nothing is left to run on. */
  async #disturb(handles: readonly TaskHandle[]): Promise<void> {
    const random = this.#random;
    const kills: Promise<unknown>[] = [];
    for (const handle of handles) {
      if (random.chance(0.2)) await pause(random.below(8));
      const act = random.next();
      if (act < 0.1) handle.setTimeout(random.below(5));
      else if (act < 0.12) kills.push(handle.kill());
      else if (act < 0.13) kills.push(killBlocking(handle));
      else if (act < 0.5) handle.cancel("at random");
    }
    await pause(random.below(15));
    for (const handle of handles) {
      if (!handle.done) handle.cancel("in the end", { grace: 10 });
    }
    await Promise.all(kills);
  }

  /** Checks that the task came to what it can have come to. */
  #count(
    { handle, kind, n }: { handle: TaskHandle; kind: Kind; n: number },
  ): void {
    const outcome = handle.peek() as Outcome;
    this.tally[outcome.state]++;
    assertEquals(handle.state, outcome.state);
    switch (outcome.state) {
      case "succeeded":
        assert(kind.value !== undefined || outcome.value === undefined);
        if (kind.value) assertEquals(outcome.value, kind.value(n));
        return;
      case "failed":
        if (outcome.error instanceof LoopLostError) {
          this.tally.lost++;
          assertEquals(outcome.error.taskId, handle.id);
          assertInstanceOf(outcome.error.cause, Error);
        } else if (handle.name !== "death") {
          assertEquals(outcome.error.message, kind.throws?.(n));
        }
        return;
      case "cancelled":
        assertInstanceOf(outcome.reason, Error);
        if (outcome.error === undefined) return;
        assertEquals(outcome.error.message, kind.throwsStopped?.(n));
    }
  }

  async #nothingLeft(
    loop: LoopController,
    handles: readonly TaskHandle[],
  ): Promise<void> {
    // What ignores its signal ends by itself soon.
    await until(() => !handles.some((handle) => handle.abandoned));
    loop.collect();
    await until(() => loop.collect() && loop.list().length === 0);
    const { running, queued, state } = loop.health();
    assertEquals([running, queued], [0, 0]);
    assert(state !== "closed");
  }
}

/** Kills a task, and blocks this thread till it has settled. */
function killBlocking(handle: TaskHandle): Promise<unknown> {
  const killed = handle.kill();
  try {
    handle.resultSync(PATIENCE_MS);
  } catch (error) {
    assert(!(error instanceof TimeoutError && error.limit === "wait"));
  }
  return killed;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
