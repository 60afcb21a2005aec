/** What CPython's own tests ask of `as_completed`, and what leaving it asks. */
import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { deadline } from "@std/async/deadline";
import { type LoopController, TimeoutError } from "../../mod.ts";
import { Gate } from "../gate.ts";
import { deno, openLoop } from "../helpers.ts";
import { PATIENCE_MS } from "../patience.ts";
import { tasks } from "../tasks.ts";

/** For tests that leave a failure unread. */
const QUIET = { onWarning: () => {} };

Deno.test("asCompleted yields each, in the order in which they end", async () => {
  await using loop = openLoop();
  const gates = [new Gate(), new Gate(), new Gate()];
  const handles = gates.map((gate, n) =>
    loop.submit(tasks.waitAt, [gate.key, n])
  );
  const order: number[] = [];
  gates[2]!.open();
  for await (const handle of loop.asCompleted(handles)) {
    order.push(handle.result());
    if (order.length === 1) gates[0]!.open();
    if (order.length === 2) gates[1]!.open();
  }
  assertEquals(order, [2, 0, 1]);
});

Deno.test("asCompleted yields those first that have ended already", async () => {
  await using loop = openLoop();
  using gate = new Gate();
  const late = loop.submit(tasks.waitAt, [gate.key, 1]);
  const early = loop.submit(tasks.echo, [2]);
  await loop.wait([early]);
  const seen: number[] = [];
  for await (const handle of loop.asCompleted([late, early])) {
    seen.push(handle.result());
    gate.open();
  }
  assertEquals(seen, [2, 1]);
});

Deno.test("asCompleted yields a handle that is given twice once", async () => {
  await using loop = openLoop();
  const handle = loop.submit(tasks.echo, [1]);
  const seen = await Array.fromAsync(
    loop.asCompleted([handle, handle]),
    ({ id }) => id,
  );
  assertEquals(seen, [1]);
});

Deno.test("asCompleted yields failed and cancelled tasks as well", async () => {
  await using loop = openLoop(QUIET);
  using gate = new Gate();
  const handles = [
    loop.submit(tasks.fail, ["boom"]),
    loop.submit(tasks.waitAt, [gate.key, 0]),
  ];
  await gate.arrivals();
  handles[1]!.cancel();
  const states: string[] = [];
  for await (const { state } of loop.asCompleted(handles)) states.push(state);
  assertEquals(states.sort(), ["cancelled", "failed"]);
});

Deno.test("asCompleted of nothing ends at once, and can be left early", async () => {
  await using loop = openLoop();
  using gate = new Gate();
  for await (const _ of loop.asCompleted([])) throw new Error("of nothing");
  const handles = [
    loop.submit(tasks.echo, [1]),
    loop.submit(tasks.waitAt, [gate.key, 0]),
  ];
  for await (const { id } of loop.asCompleted(handles)) {
    assertEquals(id, 1);
    break;
  }
  assertEquals(handles[1]!.done, false);
});

/** Tasks that have ended in another order than they were submitted in. */
async function endedInOrder(loop: LoopController, order: readonly number[]) {
  const gates = order.map(() => new Gate());
  const handles = gates.map((gate, n) =>
    loop.submit(tasks.waitAt, [gate.key, n])
  );
  for (const n of order) {
    gates[n]!.open();
    await loop.wait([handles[n]!]);
  }
  return handles;
}

Deno.test("asCompleted yields those that had ended before it was called in the order in which they did", async () => {
  await using loop = openLoop();
  const handles = await endedInOrder(loop, [2, 0, 3, 1]);
  const seen: number[] = [];
  for await (const handle of loop.asCompleted(handles)) {
    seen.push(handle.result());
  }
  assertEquals(seen, [2, 0, 3, 1]);
});

Deno.test("asCompleted yields those that ended between its call and the first step in that order", async () => {
  await using loop = openLoop();
  using first = new Gate();
  using second = new Gate();
  const a = loop.submit(tasks.waitAt, [first.key, 1]);
  const b = loop.submit(tasks.waitAt, [second.key, 2]);
  const completed = loop.asCompleted([a, b]);
  second.open();
  await loop.wait([b]);
  first.open();
  await loop.wait([a]);
  const ids = await Array.fromAsync(completed, ({ id }) => id);
  assertEquals(ids, [b.id, a.id]);
});

Deno.test("asCompleted can be left while a step is pending, which is then the end", async () => {
  await using loop = openLoop();
  using gate = new Gate();
  const handle = loop.submit(tasks.waitAt, [gate.key, 1]);
  const completed = loop.asCompleted([handle]);
  const pending = [completed.next(), completed.next()];
  const left = completed.return!();
  const end = { done: true, value: undefined } as const;
  for (const step of [left, ...pending, completed.next()]) {
    assertEquals(await deadline(step, PATIENCE_MS), end);
  }
  assertEquals(handle.done, false);
});

Deno.test("asCompleted answers steps that are asked for at once in turn", async () => {
  await using loop = openLoop();
  using gate = new Gate();
  const handles = [
    loop.submit(tasks.waitAt, [gate.key, 1]),
    loop.submit(tasks.echo, [2]),
  ];
  const completed = loop.asCompleted(handles);
  const steps = [completed.next(), completed.next(), completed.next()];
  await steps[0];
  gate.open();
  const ids = (await Promise.all(steps)).map(({ value }) => value?.id);
  assertEquals(ids, [2, 1, undefined]);
});

Deno.test("asCompleted with a timeout yields what has ended by then and throws a TimeoutError", async () => {
  await using loop = openLoop();
  using gate = new Gate();
  const slow = loop.submit(tasks.waitAt, [gate.key, 1]);
  const quick = loop.submit(tasks.echo, [2]);
  await loop.wait([quick]);
  const completed = loop.asCompleted([slow, quick], { timeout: 1 });
  await loop.wait([slow], { timeout: 20 });
  assertEquals((await completed.next()).value?.id, quick.id);
  const error = await assertRejects(() => completed.next(), TimeoutError);
  assertEquals([error.limit, error.ms], ["wait", 1]);
  assertEquals((await completed.next()).done, true);
  assertEquals(slow.done, false, "the task lives on");
});

Deno.test("asCompleted with a timeout does not throw once all have ended", async () => {
  await using loop = openLoop();
  const handle = loop.submit(tasks.echo, [1]);
  const completed = loop.asCompleted([handle], { timeout: PATIENCE_MS });
  await loop.wait([handle]);
  const ids = await Array.fromAsync(completed, ({ id }) => id);
  assertEquals(ids, [1]);
});

Deno.test("asCompleted with a signal throws its reason when it aborts, and at once if it had", async () => {
  await using loop = openLoop();
  using gate = new Gate();
  const handle = loop.submit(tasks.waitAt, [gate.key, 1]);
  const quick = loop.submit(tasks.echo, [2]);
  await loop.wait([quick]);
  const giveUp = new AbortController();
  const { signal } = giveUp;
  const completed = loop.asCompleted([handle], { signal });
  const pending = completed.next();
  giveUp.abort({ odd: true });
  assertStrictEquals(await pending.catch((reason) => reason), signal.reason);
  assertEquals((await completed.next()).done, true);
  const late = loop.asCompleted([quick], { signal }).next();
  assertStrictEquals(await late.catch((reason) => reason), signal.reason);
  assertEquals(handle.done, false, "the task lives on");
});

/** Prints how many of ten results are left that were yielded and forgotten. */
const MEMORY = `
import { LoopController } from "./mod.ts";
await using loop = new LoopController();
const refs = [];
async function iterate() {
  const group = Array.from({ length: 10 }, () => loop.submit(() => ({})));
  await loop.wait();
  return loop.asCompleted(group);
}
const completed = await iterate();
async function step() {
  const { value } = await completed.next();
  refs.push(new WeakRef(value.result()), new WeakRef(value));
  loop.collect([value]);
}
for (let n = 0; n < 9; n++) await step();
for (let n = 0; n < 5; n++) {
  await new Promise((resolve) => setTimeout(resolve));
  gc();
}
console.log(refs.filter((ref) => ref.deref() !== undefined).length);
await completed.return();
`;

Deno.test("asCompleted holds no handle and no result that it has yielded", async () => {
  const flags = ["run", "-A", "--v8-flags=--expose-gc", "--ext=ts", "-"];
  const { stdout, stderr } = await deno(flags, { stdin: MEMORY });
  assertEquals([stdout, stderr.replace(/^Check.*\n/gm, "")], ["0\n", ""]);
});
