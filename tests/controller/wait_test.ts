/**
 * What CPython's own tests ask of `concurrent.futures.wait`, asked of loopctl in
 * its own words.
 */
import { assertEquals } from "@std/assert";
import type { TaskHandle } from "../../mod.ts";
import { Gate } from "../gate.ts";
import { openLoop } from "../helpers.ts";
import { tasks } from "../tasks.ts";

/** For tests that leave a failure unread. */
const QUIET = { onWarning: () => {} };

const ids = (handles: readonly TaskHandle[]): readonly unknown[] =>
  handles.map(({ id }) => id);

Deno.test("wait until any returns when the first has ended", async () => {
  await using loop = openLoop();
  using first = new Gate();
  using second = new Gate();
  const a = loop.submit(tasks.waitAt, [first.key, 0]);
  const b = loop.submit(tasks.waitAt, [second.key, 0]);
  const waiting = loop.wait([a, b], { until: "any" });
  second.open();
  const { done, notDone } = await waiting;
  assertEquals([ids(done), ids(notDone)], [[2], [1]]);
});

Deno.test("wait until any returns at once when one has ended already", async () => {
  await using loop = openLoop();
  using gate = new Gate();
  const a = loop.submit(tasks.waitAt, [gate.key, 0]);
  const b = loop.submit(tasks.waitAt, [gate.key, 0]);
  await gate.arrivals(2);
  await b.cancel();
  const { done, notDone } = await loop.wait([a, b], { until: "any" });
  assertEquals([ids(done), ids(notDone)], [[2], [1]]);
});

Deno.test("wait until the first failure returns when one fails, and not for a success", async () => {
  await using loop = openLoop(QUIET);
  using gate = new Gate();
  using failing = new Gate();
  const all = [
    loop.submit(tasks.echo, [0]),
    loop.submit(tasks.failAt, [failing.key, "boom"]),
    loop.submit(tasks.waitAt, [gate.key, 0]),
  ];
  await loop.wait([all[0]!]);
  const waiting = loop.wait(all, { until: "first-failure" });
  failing.open();
  const { done, notDone } = await waiting;
  assertEquals([ids(done), ids(notDone)], [[1, 2], [3]]);
});

Deno.test("wait until the first failure does not take a cancelled task for one", async () => {
  await using loop = openLoop(QUIET);
  using gate = new Gate();
  using failing = new Gate();
  const all = [
    loop.submit(tasks.waitAt, [gate.key, 0]),
    loop.submit(tasks.failAt, [failing.key, "boom"]),
    loop.submit(tasks.waitAt, [gate.key, 0]),
  ];
  await gate.arrivals(2);
  await all[0]!.cancel();
  const waiting = loop.wait(all, { until: "first-failure" });
  failing.open();
  const { done, notDone } = await waiting;
  assertEquals([ids(done), ids(notDone)], [[1, 2], [3]]);
});

Deno.test("wait until the first failure takes a limit that fired for one", async () => {
  await using loop = openLoop();
  using gate = new Gate();
  const all = [
    loop.submit(tasks.waitAt, [gate.key, 0], { timeout: 1 }),
    loop.submit(tasks.waitAt, [gate.key, 0]),
  ];
  const { done } = await loop.wait(all, { until: "first-failure" });
  assertEquals(ids(done), [1]);
});

Deno.test("wait until the first failure returns at once when one has failed already", async () => {
  await using loop = openLoop(QUIET);
  using gate = new Gate();
  const all = [
    loop.submit(tasks.fail, ["boom"]),
    loop.submit(tasks.waitAt, [gate.key, 0]),
  ];
  await loop.wait(all, { until: "any" });
  const { done } = await loop.wait(all, { until: "first-failure" });
  assertEquals(ids(done), [1]);
});

Deno.test("wait until the first failure waits for all when none fails", async () => {
  await using loop = openLoop();
  const all = [loop.submit(tasks.echo, [0]), loop.submit(tasks.echo, [0])];
  const { done } = await loop.wait(all, { until: "first-failure" });
  assertEquals(ids(done), [1, 2]);
});

Deno.test("wait waits for all, whichever way they end", async () => {
  await using loop = openLoop(QUIET);
  using gate = new Gate();
  const cancelled = loop.submit(tasks.waitAt, [gate.key, 0]);
  await gate.arrivals();
  const all = [
    cancelled,
    loop.submit(tasks.fail, ["boom"]),
    loop.submit(tasks.echo, [0]),
  ];
  cancelled.cancel();
  const { done, notDone } = await loop.wait(all);
  assertEquals([ids(done), ids(notDone)], [[1, 2, 3], []]);
});

Deno.test("wait gives up after its timeout, with what is done by then", async () => {
  await using loop = openLoop();
  using gate = new Gate();
  const all = [
    loop.submit(tasks.echo, [0]),
    loop.submit(tasks.waitAt, [gate.key, 0]),
  ];
  await gate.arrivals();
  const { done, notDone } = await loop.wait(all, { timeout: 10 });
  assertEquals([ids(done), ids(notDone)], [[1], [2]]);
  assertEquals(all[1]!.state, "running", "the task lives on");
});

Deno.test("wait takes a handle that is given twice for one", async () => {
  await using loop = openLoop();
  const handle = loop.submit(tasks.echo, [0]);
  const { done } = await loop.wait([handle, handle]);
  assertEquals(ids(done), [1]);
});

Deno.test("wait for nothing returns at once", async () => {
  await using loop = openLoop();
  for (const until of ["all", "any", "first-failure"] as const) {
    assertEquals(await loop.wait([], { until }), { done: [], notDone: [] });
    assertEquals(loop.waitSync([], { until }), { done: [], notDone: [] });
  }
});
