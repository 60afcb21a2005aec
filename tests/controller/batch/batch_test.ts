/** A task mapped over inputs: what is yielded, what is taken, what stops it. */
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  CancelledError,
  InvalidStateError,
  type TaskBatch,
  TimeoutError,
} from "../../../mod.ts";
import { Gate } from "../../gate.ts";
import { openLoop } from "../../helpers.ts";
import { tasks } from "../../tasks.ts";
import { until } from "../../until.ts";

/** Gates as the inputs of `waitAt`: a test says which task ends when. */
class Gates implements Disposable {
  readonly all: Gate[];

  constructor(count: number) {
    this.all = Array.from({ length: count }, () => new Gate());
  }

  get inputs(): number[] {
    return this.all.map((_, n) => n);
  }

  /** The arguments of `waitAt` for an input. */
  readonly args = (n: number): [SharedArrayBuffer, number] => [
    this.all[n]!.key,
    n,
  ];

  open(n: number): void {
    this.all[n]!.open();
  }

  [Symbol.dispose](): void {
    for (const gate of this.all) gate.open();
  }
}

/** Numbers from 0, counting how many were taken and whether it was closed. */
class Source {
  taken = 0;
  closed = false;

  *sync(end = Infinity): Generator<number> {
    try {
      while (this.taken < end) yield this.taken++;
    } finally {
      this.closed = true;
    }
  }

  async *async(end = Infinity): AsyncGenerator<number> {
    try {
      while (this.taken < end) {
        await Promise.resolve();
        yield this.taken++;
      }
    } finally {
      this.closed = true;
    }
  }
}

/** Reads to the end; what is thrown there comes last. */
async function readAll(batch: TaskBatch<number>): Promise<string[]> {
  const seen: string[] = [];
  try {
    for await (const { input, outcome } of batch) {
      seen.push(`${input} ${outcome.state}`);
    }
  } catch (error) {
    seen.push(String(error));
  }
  return seen;
}

Deno.test("map yields each result when its task ends, with its input", async () => {
  await using loop = openLoop();
  using gates = new Gates(3);
  const batch = loop.map(tasks.waitAt, gates.inputs, gates);
  const seen: [number, number, number][] = [];
  gates.open(2);
  for await (const { input, index, value } of batch) {
    seen.push([input, index, value]);
    if (seen.length === 1) gates.open(0);
    if (seen.length === 2) gates.open(1);
  }
  assertEquals(seen, [[2, 2, 2], [0, 0, 0], [1, 1, 1]]);
});

Deno.test("map yields results in the order of the inputs if asked to", async () => {
  await using loop = openLoop();
  using gates = new Gates(3);
  const options = { args: gates.args, ordered: true };
  const batch = loop.map(tasks.waitAt, gates.inputs, options);
  await gates.all[2]!.arrivals();
  gates.open(2);
  gates.open(1);
  await until(() => batch.progress.succeeded === 2);
  gates.open(0);
  const inputs = await Array.fromAsync(batch, ({ input }) => input);
  assertEquals(inputs, [0, 1, 2]);
});

Deno.test("map takes no more inputs than run at once", async () => {
  await using loop = openLoop();
  using gate = new Gate();
  const source = new Source();
  const args = (n: number) => [gate.key, n] as const;
  const batch = loop.map(tasks.waitAt, source.sync(), { concurrency: 3, args });
  await gate.arrivals(3);
  assertEquals([source.taken, batch.members.length], [3, 3]);
  batch.concurrency = 5;
  assertEquals(source.taken, 5);
  await batch.cancel();
  assert(source.closed);
});

Deno.test("map waits for a reader who takes no results", async () => {
  await using loop = openLoop();
  const source = new Source();
  const batch = loop.map(tasks.echo, source.sync(500), { concurrency: 4 });
  await until(() => batch.members.length === 0 && batch.progress.started > 60);
  assert(source.taken < 80, `${source.taken} were taken`);
  assertEquals((await batch).length, 500);
});

for (const kind of ["sync", "async"] as const) {
  Deno.test(`leaving the results of endless ${kind} inputs ends the batch`, async () => {
    await using loop = openLoop();
    const source = new Source();
    const batch = loop.map(tasks.echo, source[kind](), { concurrency: 2 });
    const seen: number[] = [];
    for await (const { value } of batch) {
      seen.push(value);
      if (seen.length === 100) break;
    }
    assertEquals(seen.toSorted((a, b) => a - b), seen.map((_, n) => n));
    await until(() => batch.done && source.closed);
  });
}

Deno.test("leaving the results cancels the tasks that run", async () => {
  await using loop = openLoop();
  using gates = new Gates(3);
  const batch = loop.map(tasks.waitAt, gates.inputs, gates);
  const { members } = batch;
  gates.open(1);
  for await (const _ of batch) break;
  await loop.wait(members);
  const states = members.map(({ state }) => state);
  assertEquals(states, ["cancelled", "succeeded", "cancelled"]);
  assertEquals(await Array.fromAsync(batch), []);
});

Deno.test("a batch awaited gives the values in the order of the inputs", async () => {
  await using loop = openLoop();
  using gates = new Gates(2);
  const batch = loop.map(tasks.waitAt, gates.inputs, gates);
  gates.open(1);
  await until(() => batch.progress.succeeded === 1);
  gates.open(0);
  assertEquals(await batch, [0, 1]);
});

Deno.test("a batch awaited rejects with the error of its first failure", async () => {
  await using loop = openLoop();
  const batch = loop.map(tasks.fail, ["one", "two"], { ordered: true });
  await assertRejects(() => batch.results(), Error, "one");
  assertEquals(batch.progress, {
    started: 2,
    running: 0,
    succeeded: 0,
    failed: 2,
    cancelled: 0,
    total: 2,
  });
});

Deno.test("a batch goes on after failures, also of inputs that can't be sent", async () => {
  await using loop = openLoop();
  const inputs = [1, () => 2, 3];
  const states: string[] = [];
  const batch = loop.map(tasks.echo as never, inputs, { ordered: true });
  for await (const { outcome, handle } of batch) {
    states.push(`${outcome.state} ${handle !== undefined}`);
  }
  assertEquals(states, ["succeeded true", "failed false", "succeeded true"]);
});

Deno.test("a batch stops at its first failure, and throws why in the end", async () => {
  await using loop = openLoop();
  using gate = new Gate();
  const args = (n: number) => [gate.key, `${n}`] as const;
  const batch = loop.map(tasks.failAt, new Source().sync(), {
    name: "night",
    concurrency: 1,
    until: "first-failure",
    args,
  });
  gate.open();
  assertEquals(await readAll(batch), [
    "0 failed",
    "CancelledError: night was stopped: 1 of 1 failed",
  ]);
});

Deno.test("a batch stops after so many failures, and at such a share of ten", async () => {
  await using loop = openLoop();
  const failing = new URL("failing.ts", import.meta.url);
  const odd = { module: failing.href, export: "failIfOdd" };
  const one = { concurrency: 1 };
  const three = { ...one, until: { failures: 3 } };
  const share = { ...one, until: { failedShare: 0.4 } };
  const counted = await readAll(loop.map(odd, new Source().sync(), three));
  assertEquals(counted.length, 7);
  assert(counted.at(-1)?.endsWith("3 of 6 failed"), counted.at(-1));
  const shared = await readAll(loop.map(odd, new Source().sync(), share));
  assertEquals(shared.length, 11);
  assert(shared.at(-1)?.endsWith("5 of 10 failed"), shared.at(-1));
});

Deno.test("a batch yields what has run before it throws what its inputs threw", async () => {
  await using loop = openLoop();
  function* torn(): Generator<number> {
    yield 1;
    yield 2;
    throw new RangeError("torn");
  }
  const seen = await readAll(loop.map(tasks.echo, torn()));
  assertEquals(seen.toSorted(), [
    "1 succeeded",
    "2 succeeded",
    "RangeError: torn",
  ]);
});

Deno.test("a batch throws what a function for its keys or arguments throws", async () => {
  await using loop = openLoop();
  const broken = (): never => {
    throw new RangeError("broken");
  };
  const keyed = loop.map(tasks.echo, [1, 2], { key: broken });
  assertEquals(await readAll(keyed), ["RangeError: broken"]);
  const called = loop.map(tasks.echo, [1, 2], { args: broken });
  assertEquals(await readAll(called), ["1 failed", "2 failed"]);
});

Deno.test("a signal ends a batch, which yields what it had started", async () => {
  await using loop = openLoop();
  using gates = new Gates(2);
  const stop = new AbortController();
  const options = { args: gates.args, signal: stop.signal, ordered: true };
  const batch = loop.map(tasks.waitAt, gates.inputs, options);
  gates.open(1);
  await until(() => batch.progress.succeeded === 1);
  stop.abort(new RangeError("enough"));
  assertEquals(await readAll(batch), [
    "0 cancelled",
    "1 succeeded",
    "RangeError: enough",
  ]);
  const late = loop.map(tasks.echo, [1], { signal: stop.signal });
  assertEquals(await readAll(late), ["RangeError: enough"]);
});

Deno.test("cancelling a batch answers for each running task and takes no more", async () => {
  await using loop = openLoop();
  using gate = new Gate();
  const source = new Source();
  const args = (n: number) => [gate.key, n] as const;
  const batch = loop.map(tasks.waitAt, source.sync(), { concurrency: 2, args });
  await gate.arrivals(2);
  assertEquals(await batch.cancel("enough"), ["cancelled", "cancelled"]);
  assertEquals([batch.done, source.taken, source.closed], [true, 2, true]);
  await assertRejects(() => batch.results(), CancelledError, "enough");
});

Deno.test("closing a batch takes no more inputs, and lets the tasks end", async () => {
  await using loop = openLoop();
  using gate = new Gate();
  const source = new Source();
  const args = (n: number) => [gate.key, n] as const;
  const batch = loop.map(tasks.waitAt, source.sync(), { concurrency: 2, args });
  await gate.arrivals(2);
  const closed = batch.close("enough");
  gate.open();
  await closed;
  assertEquals([batch.done, source.taken, source.closed], [true, 2, true]);
  assertEquals(
    (await readAll(batch)).sort(),
    ["0 succeeded", "1 succeeded", "CancelledError: enough"],
  );
});

Deno.test("leaving the scope of a batch cancels it", async () => {
  await using loop = openLoop();
  using gate = new Gate();
  const args = (n: number) => [gate.key, n] as const;
  let left: TaskBatch<number>;
  {
    await using batch = loop.map(tasks.waitAt, new Source().sync(), { args });
    left = batch;
  }
  assertEquals([left.done, left.members], [true, []]);
});

Deno.test("one task of a batch can be cancelled alone", async () => {
  await using loop = openLoop();
  using gates = new Gates(2);
  const options = { args: gates.args, ordered: true };
  const batch = loop.map(tasks.waitAt, gates.inputs, options);
  assertEquals(batch.members.map(({ group }) => group), [
    batch.name,
    batch.name,
  ]);
  assertEquals(await batch.members[0]!.cancel(), "cancelled");
  gates.open(1);
  assertEquals(await readAll(batch), ["0 cancelled", "1 succeeded"]);
});

Deno.test("a limit moved holds for the tasks that run and for those to come", async () => {
  await using loop = openLoop();
  using gate = new Gate();
  const args = (n: number) => [gate.key, n] as const;
  const options = { concurrency: 1, args, ordered: true };
  const batch = loop.map(tasks.waitAt, [0, 1], options);
  await gate.arrivals();
  batch.setTimeout(1);
  const reasons = await Array.fromAsync(
    batch,
    ({ outcome }) => outcome.state === "cancelled" && outcome.reason.name,
  );
  assertEquals(reasons, ["TimeoutError", "TimeoutError"]);
});

Deno.test("a deadline ends a batch that waits for an input", async () => {
  await using loop = openLoop();
  const silent = new ReadableStream<number>();
  const batch = loop.map(tasks.echo, silent);
  batch.setDeadline(Date.now() - 1);
  await assertRejects(() => batch.results(), TimeoutError, "deadline");
});

Deno.test("only so many tasks of a key run at once, and others pass them", async () => {
  await using loop = openLoop();
  using gates = new Gates(4);
  const batch = loop.map(tasks.waitAt, gates.inputs, {
    args: gates.args,
    concurrency: 2,
    perKey: 1,
    key: (n) => n < 3 ? "a" : "b",
  });
  await gates.all[0]!.arrivals();
  await gates.all[3]!.arrivals();
  assertEquals(batch.members.length, 2);
  gates.open(3);
  await until(() => batch.progress.succeeded === 1);
  assertEquals(batch.members.length, 1);
  gates[Symbol.dispose]();
  assertEquals(await batch, [0, 1, 2, 3]);
});

Deno.test("a paused batch takes no inputs until it is resumed", async () => {
  await using loop = openLoop({ concurrency: 1 });
  using gates = new Gates(3);
  const options = { args: gates.args, concurrency: 2, ordered: true };
  const batch = loop.map(tasks.waitAt, gates.inputs, options);
  await gates.all[0]!.arrivals();
  batch.pause();
  gates.open(0);
  await until(() => batch.progress.succeeded === 1);
  assertEquals(batch.members.map(({ state }) => state), ["queued"]);
  batch.resume();
  gates[Symbol.dispose]();
  assertEquals(await batch, [0, 1, 2]);
});

Deno.test("a batch of a closed controller ends with the reason", async () => {
  const loop = openLoop();
  await loop.close();
  const batch = loop.map(tasks.echo, [1, 2]);
  await assertRejects(() => batch.results(), InvalidStateError, "closed");
});

Deno.test("a task whose loop is lost fails alone, and the batch goes on", async () => {
  await using loop = openLoop();
  using gates = new Gates(2);
  const options = { args: gates.args, concurrency: 1, ordered: true };
  const batch = loop.map(tasks.waitAt, gates.inputs, options);
  await gates.all[0]!.arrivals();
  await batch.members[0]!.kill();
  gates.open(1);
  assertEquals(await readAll(batch), ["0 cancelled", "1 succeeded"]);
});

Deno.test("map refuses what it can't use, and names it", async () => {
  await using loop = openLoop();
  const given = (options: unknown) => () =>
    loop.map(tasks.echo, [1], options as never);
  assertThrows(given({ concurrency: 0 }), RangeError, "concurrency");
  assertThrows(given({ rate: 0 }), RangeError, "rate");
  assertThrows(given({ until: { failures: 0 } }), TypeError, "until");
  assertThrows(given({ perKey: 2 }), TypeError, "without key");
  assertThrows(() => loop.map(tasks.echo, 7 as never), TypeError, "inputs");
});
