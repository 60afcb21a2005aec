/** What a controller takes from a loop that says what it likes. */
import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertMatch,
} from "@std/assert";
import fc from "fast-check";
import { handleOf } from "../../src/controller/handle.ts";
import { Scheduler } from "../../src/controller/scheduling/scheduler.ts";
import { TaskTable } from "../../src/controller/task/table.ts";
import type { Engine } from "../../src/engine/engine.ts";
import { LoopLostError } from "../../src/errors.ts";
import type { FromLoop, ToLoop } from "../../src/protocol/messages.ts";
import type { SubmitOptions, TaskHandle } from "../../mod.ts";
import { until } from "../until.ts";

/** Says what a test has it say, and runs nothing. */
class Scripted implements Engine {
  readonly ended: Promise<Error>;
  readonly exited: Promise<void>;
  readonly hasExited = false;
  readonly endsForCertain = true;
  readonly latest = undefined;
  readonly told: ToLoop[] = [];
  stopped = false;
  readonly #end: (how: Error) => void;
  readonly #leave: () => void;
  #said: unknown[] = [];
  #wake: () => void = () => {};

  constructor() {
    const end = Promise.withResolvers<Error>();
    const leave = Promise.withResolvers<void>();
    this.ended = end.promise;
    this.exited = leave.promise;
    this.#end = end.resolve;
    this.#leave = leave.resolve;
  }

  /** The messages of one batch, or what is none. */
  say(batch: unknown): void {
    this.#said.push(batch);
    this.#wake();
  }

  post(batch: readonly ToLoop[]): void {
    this.told.push(...structuredClone(batch));
    for (const message of batch) {
      if (message.type !== "ping") continue;
      this.say([{ type: "pong", count: message.count }]);
    }
  }

  get arrived(): boolean {
    return this.#said.length > 0;
  }

  receive(): (readonly FromLoop[])[] {
    const said = this.#said;
    this.#said = [];
    return said as FromLoop[][];
  }

  arrival(): Promise<void> {
    return new Promise((resolve) => this.#wake = resolve);
  }

  hasBegun(): boolean {
    return false;
  }

  revoke(): boolean {
    return false;
  }

  waitSync(): void {}
  release(): void {}

  stop(): void {
    this.stopped = true;
    this.#end(new Error("the loop was stopped"));
    this.#leave();
    this.#wake();
  }

  kill(): void {
    this.stop();
  }
}

/** Two loops: the tasks 1 and 3 run in the first, 2 and 2.1 in the second. */
class Two implements AsyncDisposable {
  readonly engines: Scripted[] = [];
  readonly notices: string[] = [];
  readonly scheduler: Scheduler;
  readonly victim: TaskHandle;
  readonly own: TaskHandle;

  constructor() {
    this.scheduler = new Scheduler(
      {
        concurrency: Infinity,
        isolatedConcurrency: Infinity,
        history: 100,
        grace: 0,
        onWarning: (notice) => this.notices.push(notice),
      },
      () => {
        const engine = new Scripted();
        this.engines.push(engine);
        return engine;
      },
    );
    this.victim = this.submit();
    this.own = this.submit({ isolate: true });
    this.submit();
    this.scheduler.sync();
    this.engines[0]!.say([{ type: "started", ids: [1, 3], at: 1 }]);
    this.loop.say([
      { type: "started", ids: [2], at: 1 },
      {
        type: "spawned",
        id: "2.1",
        parent: 2,
        options: {},
        task: "child",
        module: undefined,
        args: [],
        at: 1,
      },
    ]);
    this.scheduler.sync();
    assertEquals(this.states, ["running", "running", "running", "running"]);
  }

  /** The second loop, which is not to be trusted. */
  get loop(): Scripted {
    return this.engines[1]!;
  }

  get states(): string[] {
    return this.scheduler.records().map(({ state }) => state);
  }

  submit(options: SubmitOptions = {}): TaskHandle {
    const record = this.scheduler.submit(() => {}, [], options);
    return handleOf(record, this.scheduler);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.scheduler.end(new Error("the test is over"));
    await this.scheduler.loops.exited();
  }
}

const error = {
  kind: "error",
  error: { class: "Error", name: "Error", message: "forged", stack: "" },
};

const detach = {
  type: "detach",
  request: 1,
  from: 2,
  reference: { kind: "inline", source: "() => 1", name: "f" },
  args: [],
  options: {},
};

/** Of another loop's task, or of what its own is not in a state for. */
const FORBIDDEN: readonly unknown[] = [
  { type: "started", ids: [1], at: 1 },
  { type: "succeeded", ids: [2, 1], values: ["its own", "forged"], at: 1 },
  { type: "failed", id: 1, error, at: 1 },
  { type: "cancelled", ids: [1], at: 1 },
  { type: "abandoned", ids: [1], at: 1 },
  { type: "stopped", ids: [1] },
  { type: "cancelling", id: 1, reason: error, grace: 0, at: 1 },
  { type: "attempt", id: 1, attempt: 2 },
  {
    type: "retrying",
    id: 1,
    error: { kind: "text", text: "forged" },
    retryAt: 1,
  },
  {
    type: "progress",
    ids: [1],
    done: [1],
    totals: [undefined],
    notes: [undefined],
    at: 1,
  },
  {
    type: "log",
    id: 1,
    entries: [{ at: 1, level: "log", text: "forged" }],
    dropped: 0,
  },
  { ...detach, from: 1 },
  { ...detach, from: 4 },
  { type: "limit", id: "4.1", limit: "timeout", value: 0 },
  { type: "exiting", id: 1, how: "forged" },
  {
    type: "exports",
    request: 1,
    module: { exports: [], files: [] },
    error: undefined,
  },
  ...["1.1", "2.1", "2", "1", "2.", "2.0", "2.1.1", "2.x", "3", 9].map((
    id,
  ) => ({
    type: "spawned",
    id,
    parent: 2,
    options: {},
    task: "forged",
    module: undefined,
    args: [],
    at: 1,
  })),
  {
    type: "spawned",
    id: "1.1",
    parent: 1,
    options: {},
    task: "forged",
    module: undefined,
    args: [],
    at: 1,
  },
  // It was never submitted.
  { type: "succeeded", ids: [4], values: [1], at: 1 },
  { type: "succeeded", ids: ["4.1"], values: [1], at: 1 },
  // Nobody has asked it to stop.
  { type: "cancelled", ids: [2], at: 1 },
  { type: "abandoned", ids: [2], at: 1 },
  { type: "stopped", ids: [2] },
  { type: "succeeded", ids: [2, 2], values: [1, 2], at: 1 },
];

const gaps: unknown[] = [];
gaps.length = 4_000_000_000;

/** What is no message. */
const MALFORMED: readonly unknown[] = [
  undefined,
  null,
  1,
  "succeeded",
  [],
  {},
  { type: "constructor" },
  { type: "__proto__" },
  { type: { toString: 1 } },
  { type: "run", ids: [2] },
  { type: "started" },
  { type: "started", ids: 2, at: 1 },
  { type: "started", ids: gaps, at: 1 },
  { type: "started", ids: { length: 4_000_000_000 }, at: 1 },
  { type: "started", ids: [1.5], at: 1 },
  { type: "started", ids: [-2], at: 1 },
  { type: "started", ids: [2 ** 32 + 2], at: 1 },
  { type: "started", ids: [{}], at: 1 },
  { type: "started", ids: [2], at: NaN },
  { type: "started", ids: [2], at: "now" },
  { type: "succeeded", ids: [2], values: [], at: 1 },
  { type: "succeeded", ids: [2], values: "x", at: 1 },
  { type: "failed", id: 2, at: 1 },
  { type: "failed", id: 2, error: "forged", at: 1 },
  { type: "cancelling", id: 2, reason: error, at: 1 },
  { type: "attempt", id: 2, attempt: "2" },
  { type: "retrying", id: 2, error: "no", retryAt: 1 },
  { type: "progress", ids: [2], done: [1], totals: [], notes: [1], at: 1 },
  {
    type: "progress",
    ids: [2],
    done: ["1"],
    totals: [undefined],
    notes: [undefined],
    at: 1,
  },
  { type: "log", id: 2, entries: gaps, dropped: 0 },
  { type: "log", id: 2, entries: [{ at: 1, level: "log" }], dropped: 0 },
  {
    type: "log",
    id: 2,
    entries: [{ at: 1, level: "clear", text: "" }],
    dropped: 0,
  },
  { ...detach, from: {} },
  { ...detach, args: {} },
  { ...detach, options: null },
  { ...detach, options: { name: {} } },
  { ...detach, reference: null },
  { ...detach, reference: { kind: "inline", name: "f" } },
  { ...detach, reference: { kind: "module", module: "m:", name: 5 } },
  { type: "limit", id: 2, limit: "timeout", value: 0 },
  { type: "limit", id: "2.1", limit: "wait", value: 0 },
  { type: "limit", id: "2.1", limit: "timeout", value: "soon" },
  { type: "pong", count: {} },
  { type: "ended", how: { toString: 1 } },
  { type: "rejected", what: 1 },
  {
    type: "spawned",
    id: "2.2",
    parent: 2,
    options: { timeout: "soon" },
    task: "forged",
    module: undefined,
    args: [],
    at: 1,
  },
  {
    type: "spawned",
    id: "2.2",
    parent: 2,
    options: { retry: { attempts: "many" } },
    task: "forged",
    module: undefined,
    args: [],
    at: 1,
  },
];

/** Checks that the second loop is gone, and nothing of the first changed. */
async function onlyItsOwn(two: Two): Promise<void> {
  const outcome = await two.own.outcome();
  assert(two.loop.stopped);
  // What it said before still counts.
  if (outcome.state !== "succeeded") {
    assert(outcome.state === "failed");
    assertInstanceOf(outcome.error, LoopLostError);
    assertInstanceOf(outcome.error.cause, Error);
    assertMatch(outcome.error.cause.message, /^it sent what it may not send: /);
  }
  const { state, progress, attempt, cancelling } = two.victim.snapshot();
  assertEquals([state, progress, attempt, cancelling], [
    "running",
    undefined,
    1,
    false,
  ]);
  assertEquals(two.victim.logs(), []);
  two.engines[0]!.say([
    { type: "succeeded", ids: [1], values: ["its own"], at: 2 },
  ]);
  assertEquals(await two.victim, "its own");
  assertEquals(two.notices, []);
}

for (const message of FORBIDDEN) {
  const name = Deno.inspect(message, { compact: true, breakLength: Infinity });
  Deno.test(`a loop is ended that says ${name}`, async () => {
    await using two = new Two();
    two.loop.say([message]);
    await onlyItsOwn(two);
  });
}

for (const message of MALFORMED) {
  const name = Deno.inspect(message, { compact: true, breakLength: Infinity });
  Deno.test(`a loop is ended that sends what is no message, ${name}`, async () => {
    await using two = new Two();
    two.loop.say([message]);
    await onlyItsOwn(two);
  });
}

for (const batch of [undefined, null, 1, {}, "x"]) {
  Deno.test(`a loop is ended that sends ${Deno.inspect(batch)} for a batch`, async () => {
    await using two = new Two();
    two.loop.say(batch);
    await onlyItsOwn(two);
  });
}

Deno.test("a loop may say of its tasks what comes late, or twice", async () => {
  await using two = new Two();
  two.own.cancel("enough");
  two.loop.say([
    { type: "abandoned", ids: [2], at: 2 },
    { type: "abandoned", ids: [2], at: 2 },
  ]);
  two.scheduler.sync();
  assert(two.own.abandoned);
  two.loop.say([
    { type: "cancelling", id: 2, reason: error, grace: 0, at: 2 },
    { type: "started", ids: [2, "2.1"], at: 3 },
    { type: "stopped", ids: [2] },
    { type: "cancelled", ids: [2], at: 3 },
    { type: "succeeded", ids: ["2.1"], values: [1], at: 3 },
  ]);
  two.scheduler.sync();
  assert(!two.own.abandoned);
  assertEquals(two.states, ["running", "cancelled", "running", "succeeded"]);
  assertEquals(two.notices, []);
});

Deno.test("whatever a loop says, the tasks of other loops go on", async () => {
  const id = fc.constantFrom<unknown>(1, 2, 3, 4, "1.1", "2.1", "2.2", -1, 1.5);
  const odd = fc.anything({ withBigInt: true, withDate: true, withMap: true });
  const mostly = (usual: fc.Arbitrary<unknown>) =>
    fc.oneof({ weight: 9, arbitrary: usual }, { weight: 1, arbitrary: odd });
  const FIELDS: Record<string, fc.Arbitrary<unknown>> = {
    type: fc.constantFrom(
      ...new Set(FORBIDDEN.map((one) => (one as { type: string }).type)),
      "pong",
      "ended",
      "rejected",
    ),
    id,
    ids: fc.array(id, { maxLength: 3 }),
    values: fc.array(odd, { maxLength: 3 }),
    parent: id,
    at: fc.double(),
    error: fc.constant(error),
    reason: fc.constant(error),
    grace: fc.integer(),
    options: fc.constant({}),
    task: fc.string(),
    attempt: fc.integer(),
    done: fc.array(fc.double(), { maxLength: 3 }),
    totals: fc.array(fc.constant(undefined), { maxLength: 3 }),
    notes: fc.array(fc.string(), { maxLength: 3 }),
    entries: fc.constant([]),
    dropped: fc.integer(),
    count: fc.integer(),
    names: fc.constant([]),
    request: fc.integer(),
    from: id,
    reference: fc.constant(detach.reference),
    args: fc.array(odd, { maxLength: 2 }),
    limit: fc.constantFrom("timeout", "deadline", "stall"),
    value: fc.integer(),
    how: fc.string(),
    what: fc.string(),
  };
  const message = fc.record(
    Object.fromEntries(
      Object.entries(FIELDS).map(([name, field]) => [name, mostly(field)]),
    ),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(message, { maxLength: 6 }), async (messages) => {
      await using two = new Two();
      two.loop.say(messages);
      two.scheduler.sync();
      assertEquals(two.victim.state, "running");
      two.engines[0]!.say([
        { type: "succeeded", ids: [1, 3], values: ["its own", 3], at: 2 },
      ]);
      assertEquals(await two.victim, "its own");
      two.scheduler.end(new Error("over"));
      assert(two.scheduler.records().every((record) => record.done));
      await two.own.outcome();
      const faults = two.notices.filter((one) => one.includes("fault"));
      assertEquals(faults, []);
    }),
    { numRuns: 500 },
  );
});

Deno.test("a fault of the controller's own is reported as such, and the messages behind it count", async () => {
  await using two = new Two();
  const { onSettled } = TaskTable.prototype;
  TaskTable.prototype.onSettled = () => {
    TaskTable.prototype.onSettled = onSettled;
    throw new Error("a fault of ours");
  };
  two.loop.say([
    { type: "succeeded", ids: ["2.1"], values: [1], at: 2 },
    { type: "succeeded", ids: [2], values: ["behind it"], at: 2 },
  ]);
  assertEquals(await two.own, "behind it");
  assertEquals(two.notices.length, 1);
  const [notice] = two.notices;
  assert(notice!.startsWith('A fault of loopctl in taking in "succeeded"'));
  assert(notice!.includes("a fault of ours"));
});

Deno.test("a task whose end the loop does not tell is given up after its grace, though the loop turns", async () => {
  await using two = new Two();
  assertEquals(await two.own.cancel("enough"), "ignored");
  assert(two.own.abandoned && !two.loop.stopped);
});

Deno.test("a second request to stop shortens the grace only where it says so", async () => {
  await using two = new Two();
  const first = two.own.cancel("enough", { grace: 600_000 });
  two.own.cancel("now", { grace: 1_200_000 });
  // The grace of the controller is 0.
  two.own.cancel("now");
  two.scheduler.sync();
  await until(() => two.loop.told.some(({ type }) => type === "ping"));
  assert(two.own.cancelling);
  two.own.cancel("at once", { grace: 0 });
  assertEquals(await first, "ignored");
});
