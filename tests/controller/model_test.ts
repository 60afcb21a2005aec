/**
 * A real controller and its worker against a plain model, over random
 * sequences of commands. A failure prints the seed and the shortest sequence
 * that fast-check has found.
 */
import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertLessOrEqual,
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
  LoopLostError,
  type Outcome,
  type TaskHandle,
  TimeoutError,
} from "../../mod.ts";
import { openLoop, PATIENCE_MS } from "../helpers.ts";
import { Stage } from "../stage.ts";
import { tasks } from "../tasks.ts";
import { type Command, inStep, racing } from "./commands.ts";
import { isDone, Model, type ModelTask } from "./model.ts";

/** A limit that does not fire in a test. */
const FAR_MS = 3_600_000;

/**
 * So long a controller has to come to rest, which takes it less than one; to
 * find the shortest sequence that fails, many have to be waited for.
 */
const RESTLESS_MS = 5000;

/** A task of the run, from the controller's side. */
interface Actor {
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
      this.#loop = openLoop({ grace: FAR_MS, report: () => {} });
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
class Run {
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
async function rest(condition: () => boolean): Promise<boolean> {
  const cell = new Int32Array(new SharedArrayBuffer(4));
  const end = performance.now() + RESTLESS_MS;
  for (let n = 0; !condition(); n++) {
    if (performance.now() > end) return false;
    if (n % 2 === 0) Atomics.wait(cell, 0, 0, 0.1);
    else await new Promise((resolve) => setImmediate(resolve));
  }
  return true;
}

async function runs(
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
        throw error;
      }
    }),
    { numRuns, endOnFailure: Deno.env.has("NOSHRINK") },
  );
}

/** What the model says of each task, in a form to be compared. */
function expected({ tasks }: Model): string[] {
  return tasks.map((task) =>
    [
      task.id,
      task.state,
      task.abandoned,
      !isDone(task) && task.why !== undefined,
    ]
      .join()
  );
}

function actual({ actors }: Run): string[] {
  return actors.map(({ handle }) =>
    [handle.id, handle.state, handle.abandoned, handle.cancelling].join()
  );
}

/** Whether those know that they are to stop that the model says it of. */
function isTold(run: Run, model: Model): boolean {
  return model.running.every(({ id, why }) => {
    const { index } = run.actors[id - model.firstId]!;
    return why === undefined || run.stage.puppet(index).stopping;
  });
}

function doInModel(model: Model, command: Command): void {
  const at = (task: number): ModelTask | undefined =>
    model.tasks[task % model.tasks.length];
  switch (command.do) {
    case "submit":
      if (!model.closed) model.submit(command.follows, command.priority);
      return;
    case "cancel": {
      const task = at(command.task);
      const why = command.bySignal ? "signal" : "cancel";
      if (task) model.stop(task, why, command.patient || command.bySignal);
      return;
    }
    case "tell": {
      const task = at(command.task);
      if (task) model.tellEnd(task, command.end);
      return;
    }
    case "limit": {
      const task = at(command.task);
      if (task) model.limit(task, command.limit, command.when === "past");
      return;
    }
    case "collect":
      model.collect(
        command.tasks === "all"
          ? model.tasks
          : command.tasks.map(at).filter((task) => task !== undefined),
      );
      return;
    case "concurrency":
      return model.setConcurrency(command.value);
    case "close":
      return model.close(command.cancel);
  }
}

/** The reasons of cancelled tasks agree with the model's. */
function checkReasons(run: Run, model: Model): void {
  for (const [n, { why, state, givenUp }] of model.tasks.entries()) {
    const outcome = run.actors[n]!.seen;
    if (state !== "cancelled") continue;
    assert(outcome?.state === "cancelled");
    const { reason, confirmed } = outcome;
    assertEquals(confirmed, !givenUp);
    if (why === "timeout" || why === "deadline") {
      assertInstanceOf(reason, TimeoutError);
      assertEquals(reason.limit, why);
    } else {
      assertInstanceOf(reason, CancelledError);
      const closed = why === "close" ? "the loop was closed" : why;
      assertEquals(reason.message, closed);
    }
  }
}

Deno.test("a controller agrees with its model after each command", async () => {
  await runs(inStep, 1000, async (run, commands) => {
    const probe = run.loop.submit(tasks.echo, [0]);
    await probe;
    run.loop.collect([probe]);
    const model = new Model(probe.id as number + 1);
    for (const command of commands) {
      run.do(command);
      doInModel(model, command);
      const want = expected(model).join("\n");
      await rest(() => actual(run).join("\n") === want);
      await rest(() => isTold(run, model));
      if (model.over) await deadline(run.closing!, PATIENCE_MS);
      assertEquals(actual(run), expected(model), JSON.stringify(command));
      run.check();
      checkReasons(run, model);
      assertEquals(
        run.loop.list().map(({ id }) => id),
        model.listed.map(({ id }) => id),
      );
      const collected = model.tasks.filter((task) => task.collected);
      assertEquals(
        run.collected.map(({ id }) => id as number).toSorted((a, b) => a - b),
        collected.map(({ id }) => id),
      );
    }
    await run.finish();
  });
});

/** What came of a task is something that it was asked for. */
function checkAllowed({ handle, asked, follows, cancels }: Actor): void {
  const outcome = handle.peek()!;
  switch (outcome.state) {
    case "succeeded":
      break;
    case "failed":
      if (outcome.error instanceof LoopLostError) {
        return assert(asked.has("kill"));
      }
      assert(asked.has("throws"));
      assertInstanceOf(outcome.error, RangeError);
      break;
    case "cancelled": {
      const { reason, confirmed } = outcome;
      if (reason instanceof TimeoutError) assert(asked.has(reason.limit));
      else {
        assertInstanceOf(reason, CancelledError);
        const why = reason.message === "the loop was closed"
          ? "close"
          : reason.message;
        assert(asked.has(why));
      }
      if (!confirmed) assert(!follows && asked.has("no grace"));
      break;
    }
  }
  for (const { result, wasDone } of cancels) {
    const finished = wasDone || outcome.state !== "cancelled";
    assertEquals(
      result,
      finished ? "finished" : outcome.confirmed ? "cancelled" : "ignored",
    );
  }
}

Deno.test("a controller keeps its promises, however its commands race", async () => {
  await runs(racing, 1200, async (run, commands) => {
    for (const command of commands) {
      run.do(command);
      if (command.do === "turn") {
        await new Promise((resolve) => setImmediate(resolve));
        run.check();
      }
    }
    await run.finish();
    for (const actor of run.actors) checkAllowed(actor);
    if (run.killed) return;
    assertLessOrEqual(run.stage.takeMost(), most(run));
  });
});

/** Those that were given up have no place, but run. */
function most({ actors, highest }: Run): number {
  return highest + actors.filter(({ asked }) => asked.has("no grace")).length;
}
