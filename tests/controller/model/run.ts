/**
 * Runs random commands on a real controller and its worker, and checks what
 * must hold whatever is done.
 */
import {
  assert,
  assertEquals,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import { deadline } from "@std/async/deadline";
import fc from "fast-check";
import {
  CancelledError,
  type CancelResult,
  InvalidStateError,
  type LoopController,
  type Outcome,
  type TaskHandle,
} from "../../../mod.ts";
import { openLoop } from "../../helpers.ts";
import { PATIENCE_MS } from "../../patience.ts";
import { tasks } from "../../tasks.ts";
import type { Command } from "./commands.ts";
import { Stage } from "./stage.ts";

/** A limit that does not fire in a test. */
const FAR_MS = 3_600_000;

/**
 * So long a controller has to come to rest, which takes it less than one; to
 * find the shortest sequence that fails, many have to be waited for.
 */
const RESTLESS_MS = 5000;

/** A task of the run, from the controller's side. */
export interface Actor {
  readonly handle: TaskHandle<number>;
  readonly index: number;
  readonly follows: boolean;
  readonly outside: AbortController;
  /** What it was asked, of which anything may win. */
  readonly asked: Set<string>;
  readonly cancels: { result?: CancelResult; wasDone: boolean }[];
  /** The outcome that it was first seen with. */
  seen: Outcome<number> | undefined;
}

/** Serves runs with a loop; with a new one when a run has used it up. */
class Theatre implements AsyncDisposable {
  #loop: LoopController | undefined;
  #stage = new Stage();
  #index = 0;

  async open(): Promise<Run> {
    if (this.#loop === undefined || this.#index > 60_000) {
      await this.#loop?.close({ cancel: true });
      this.#loop = openLoop({ grace: FAR_MS, onWarning: () => {} });
      this.#stage = new Stage();
      this.#index = 0;
      await this.#loop.submit(tasks.setStage, [this.#stage.key]);
      // A task that is asked to stop before its module is there never starts.
      this.#stage.puppet(0).tellEnd("returns");
      await this.#loop.submit(tasks.puppet, [0, true]);
      this.#loop.collect();
    }
    const loop = this.#loop;
    this.#stage.takeMost();
    return new Run(loop, this.#stage, () => ++this.#index, () => {
      this.#loop = undefined;
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#loop?.[Symbol.asyncDispose]();
  }
}

/** One sequence of commands, as the controller sees it. */
export class Run {
  readonly actors: Actor[] = [];
  readonly collected: TaskHandle[] = [];
  /** The most that may run at once, at any moment of the run. */
  highest = Infinity;
  closing: Promise<void> | undefined;
  killed = false;

  constructor(
    readonly loop: LoopController,
    readonly stage: Stage,
    readonly nextIndex: () => number,
    readonly useUp: () => void,
  ) {
    this.highest = loop.concurrency;
  }

  get ended(): boolean {
    return this.closing !== undefined || this.killed;
  }

  #actor(task: number): Actor | undefined {
    return this.actors[task % this.actors.length];
  }

  do(command: Command): void {
    switch (command.do) {
      case "submit":
        return this.#submit(command);
      case "cancel":
        return this.#cancel(command);
      case "tell": {
        const actor = this.#actor(command.task);
        actor?.asked.add(command.end);
        if (actor) this.stage.puppet(actor.index).tellEnd(command.end);
        return;
      }
      case "progress": {
        const actor = this.#actor(command.task);
        if (actor) this.stage.puppet(actor.index).tellProgress(command.done);
        return;
      }
      case "limit":
        return this.#limit(command);
      case "collect":
        this.collected.push(
          ...this.loop.collect(
            command.tasks === "all"
              ? undefined
              : command.tasks.map((task) => this.#actor(task)?.handle)
                .filter((handle) => handle !== undefined),
          ),
        );
        return;
      case "concurrency":
        this.highest = Math.max(this.highest, command.value);
        this.loop.concurrency = command.value;
        return;
      case "close":
        if (command.cancel) {
          for (const { asked } of this.actors) asked.add("close");
        }
        this.closing = this.loop.close({ cancel: command.cancel });
        this.useUp();
        return;
      case "kill":
        for (const { asked } of this.actors) asked.add("kill");
        this.loop.kill();
        this.killed = true;
        this.useUp();
        return;
      case "turn":
        return;
    }
  }

  #submit({ follows, priority, boxed }: Command & { do: "submit" }): void {
    const outside = new AbortController();
    const index = this.nextIndex();
    const submit = () =>
      this.loop.submit(
        tasks.puppet,
        [boxed ? { index } : index, follows],
        { priority, signal: outside.signal },
      );
    if (this.ended) return void assertThrows(submit, InvalidStateError);
    this.actors.push({
      handle: submit(),
      index,
      follows,
      outside,
      asked: new Set(),
      cancels: [],
      seen: undefined,
    });
  }

  #cancel({ task, patient, bySignal }: Command & { do: "cancel" }): void {
    const actor = this.#actor(task);
    if (actor === undefined) return;
    const { handle, outside, asked, cancels } = actor;
    if (bySignal) {
      asked.add("signal");
      return outside.abort(new CancelledError("signal"));
    }
    asked.add("cancel");
    if (!patient) asked.add("no grace");
    const cancel: Actor["cancels"][number] = { wasDone: handle.done };
    cancels.push(cancel);
    handle.cancel("cancel", { grace: patient ? FAR_MS : 0 })
      .then((result) => cancel.result = result);
  }

  #limit({ task, limit, when }: Command & { do: "limit" }): void {
    const actor = this.#actor(task);
    if (actor === undefined) return;
    if (when === "past") actor.asked.add(limit);
    if (limit === "timeout") {
      const ms = { past: 0, far: FAR_MS, never: null }[when];
      return actor.handle.setTimeout(ms);
    }
    const far = Date.now() + FAR_MS;
    actor.handle.setDeadline({ past: 0, far, never: null }[when]);
  }

  /** What must hold at any moment, at rest or not. */
  check(): void {
    const ids = this.actors.map(({ handle }) => handle.id as number);
    assertEquals(ids, ids.toSorted((a, b) => a - b));
    assertEquals(new Set(ids).size, ids.length, "ids are unique");
    for (const actor of this.actors) {
      const { handle, seen } = actor;
      const outcome = handle.peek();
      if (outcome === undefined) continue;
      assert(handle.done);
      if (seen === undefined) actor.seen = outcome;
      else assertSame(outcome, seen);
      try {
        assertEquals(handle.result(), actor.index);
        assertEquals(outcome.state, "succeeded");
      } catch (error) {
        assert(!(error instanceof InvalidStateError), "done, yet not ready");
        if (outcome.state === "succeeded") throw error;
      }
    }
    assertEquals(
      new Set(this.collected).size,
      this.collected.length,
      "each is handed out once",
    );
    assert(this.collected.every(({ done }) => done));
  }

  /** Lets all tasks end, and leaves the loop as it was found. */
  async finish(): Promise<void> {
    for (const { index } of this.actors) {
      this.stage.puppet(index).tellEnd("returns");
    }
    if (!this.ended) this.loop.concurrency = Infinity;
    await deadline(
      Promise.all(this.actors.map(({ handle }) => handle.outcome())),
      PATIENCE_MS,
    );
    this.check();
    if (this.killed) this.closing = this.loop.close();
    await deadline(Promise.resolve(this.closing), PATIENCE_MS);
    this.collected.push(...this.loop.collect());
    this.check();
    assertEquals(
      new Set(this.collected),
      new Set(this.actors.map(({ handle }) => handle)),
      "all are handed out at last",
    );
    if (this.ended) return;
    await rest(() => this.loop.list().length === 0 && this.stage.running === 0);
    const { running, queued } = this.loop.health();
    assertEquals([running, queued], [0, 0]);
  }
}

function assertSame(a: Outcome<number>, b: Outcome<number>): void {
  assertEquals(a.state, b.state);
  if (a.state === "succeeded") return;
  const thrown = (outcome: Outcome) =>
    outcome.state === "failed"
      ? outcome.error
      : outcome.state === "cancelled"
      ? outcome.reason
      : undefined;
  assertStrictEquals(thrown(a), thrown(b));
}

/** Turns, now blocked and now not, till `condition` holds. */
export async function rest(condition: () => boolean): Promise<boolean> {
  const cell = new Int32Array(new SharedArrayBuffer(4));
  const end = performance.now() + RESTLESS_MS;
  for (let n = 0; !condition(); n++) {
    if (performance.now() > end) return false;
    if (n % 2 === 0) Atomics.wait(cell, 0, 0, 0.1);
    else await new Promise((resolve) => setImmediate(resolve));
  }
  return true;
}

export async function runs(
  arbitrary: fc.Arbitrary<Command[]>,
  numRuns: number,
  property: (run: Run, commands: readonly Command[]) => Promise<void>,
): Promise<void> {
  await using theatre = new Theatre();
  await fc.assert(
    fc.asyncProperty(arbitrary, async (commands) => {
      const run = await theatre.open();
      try {
        await property(run, commands);
      } catch (error) {
        // The next run is not to find what this one has left.
        run.useUp();
        run.loop.kill();
        await run.loop.close();
        throw error;
      }
    }),
    {
      numRuns,
      // The shortest sequence found by then will do.
      interruptAfterTimeLimit: 2 * PATIENCE_MS,
      markInterruptAsFailure: true,
    },
  );
}
