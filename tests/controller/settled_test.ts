/** What is called back when a task ends. */
import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import { LoopLostError, type TaskHandle } from "../../mod.ts";
import { Gate } from "../gate.ts";
import { openLoop } from "../helpers.ts";
import { tasks } from "../tasks.ts";
import { until } from "../until.ts";

Deno.test("onSettled calls back once, with the handle, in the order of the callbacks", async () => {
  await using loop = openLoop();
  using gate = new Gate();
  const handle = loop.submit(tasks.waitAt, [gate.key, 1]);
  const called: [number, TaskHandle][] = [];
  handle.onSettled((one) => called.push([1, one]));
  handle.onSettled((one) => called.push([2, one]));
  gate.open();
  await loop.wait([handle]);
  assertEquals(called, [[1, handle], [2, handle]]);
  handle.onSettled((one) => called.push([3, one]));
  assertEquals(called.length, 3, "of a task that has ended, at once");
});

Deno.test("onSettled calls back before this thread is told of the end, also while it is blocked", async () => {
  await using loop = openLoop();
  using gate = new Gate();
  const polled = loop.submit(tasks.waitAt, [gate.key, 1]);
  const awaited = loop.submit(tasks.waitAt, [gate.key, 2]);
  const called: number[] = [];
  polled.onSettled((one) => called.push(one.result()));
  awaited.onSettled((one) => called.push(one.result()));
  gate.open();
  loop.waitSync([polled, awaited]);
  assertEquals(called.sort(), [1, 2]);
});

Deno.test("onSettled calls back when this thread asks for a state and never awaits", async () => {
  await using loop = openLoop();
  const handle = loop.submit(tasks.echo, [1]);
  let called = false;
  handle.onSettled(() => called = true);
  while (!handle.done) assertEquals(called, false);
  assertEquals(called, true);
});

Deno.test("onSettled calls back for a task that is cancelled in the queue, killed, or lost", async () => {
  await using loop = openLoop({ concurrency: 1 });
  using gate = new Gate();
  const killed = loop.submit(tasks.waitAt, [gate.key, 1]);
  const queued = loop.submit(tasks.waitAt, [gate.key, 2]);
  const lost = loop.submit(tasks.waitAt, [gate.key, 3]);
  const states: string[] = [];
  for (const handle of [killed, queued, lost]) {
    handle.onSettled(({ id, state }) => states.push(`${id} ${state}`));
  }
  await gate.arrivals();
  await queued.cancel();
  await killed.kill();
  loop.kill();
  assertEquals(lost.state, "failed");
  assertEquals(states, ["2 cancelled", "1 cancelled", "3 failed"]);
});

Deno.test("what a callback of onSettled throws, or rejects with, is reported and harms nothing", async () => {
  const notices: string[] = [];
  await using loop = openLoop({ onWarning: (notice) => notices.push(notice) });
  const hostile = new Proxy({}, {
    get() {
      throw new Error("not to be looked at");
    },
  });
  const handle = loop.submit(tasks.echo, [1]);
  let called = false;
  handle.onSettled(() => {
    throw new RangeError("boom");
  });
  handle.onSettled(() => Promise.reject(new RangeError("late")));
  handle.onSettled(() => {
    throw hostile;
  });
  handle.onSettled(() => called = true);
  assertEquals(await handle, 1);
  await until(() => notices.length === 3);
  for (const text of [/onSettled.*RangeError: boom/, /RangeError: late/]) {
    assertMatch(notices.join("\n"), text);
  }
  assertEquals(called, true);
  assertEquals(await loop.submit(tasks.echo, [2]), 2);
});

Deno.test("a callback of onSettled may submit, collect, cancel and block this thread", async () => {
  await using loop = openLoop({ concurrency: 2 });
  using gate = new Gate();
  const handles = [1, 2].map((n) => loop.submit(tasks.echo, [n]));
  const done = Promise.withResolvers<number[]>();
  const held = loop.submit(tasks.waitAt, [gate.key, 3]);
  handles[0]!.onSettled((handle) => {
    assertEquals(loop.collect([handle]), [handle]);
    // It waits for what came with the same message, and for what did not.
    const sum = handles[1]!.resultSync() +
      loop.submit(tasks.echo, [5]).resultSync();
    held.cancel();
    done.resolve([sum]);
  });
  assertEquals(await done.promise, [7]);
  assertEquals((await held.outcome()).state, "cancelled");
  assertEquals(loop.get(handles[0]!.id), undefined);
});

Deno.test("a callback of onSettled may end the loop", async () => {
  await using loop = openLoop();
  using gate = new Gate();
  const first = loop.submit(tasks.echo, [1]);
  const second = loop.submit(tasks.waitAt, [gate.key, 2]);
  first.onSettled(() => loop.kill());
  const outcome = await second.outcome();
  assertEquals(outcome.state, "failed");
  assertThrows(() => second.result(), LoopLostError);
  assertEquals(first.result(), 1);
});

Deno.test("a callback of onSettled that is taken back is not called", async () => {
  await using loop = openLoop();
  const handle = loop.submit(tasks.echo, [1]);
  let called = 0;
  handle.onSettled(() => called++);
  const takeBack = handle.onSettled(() => called += 10);
  takeBack();
  await loop.wait([handle]);
  assertEquals(called, 1);
});

Deno.test("a failure that only a callback of onSettled saw is one that nobody read", async () => {
  const notices: string[] = [];
  await using loop = openLoop({ onWarning: (notice) => notices.push(notice) });
  let seen: unknown;
  loop.submit(tasks.fail, ["boom"]).onSettled((handle) => {
    seen = handle.peek()?.state;
  });
  await loop.close();
  assertEquals(seen, "failed");
  assertMatch(notices.join(), /nobody read it.*boom/);
});
