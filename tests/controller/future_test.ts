/**
 * What CPython's own tests ask of `asyncio.run_coroutine_threadsafe` and of
 * `concurrent.futures` (Future, wait, as_completed, shutdown), asked of
 * loopctl in its own words.
 */
import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import {
  CancelledError,
  InvalidStateError,
  type TaskHandle,
  TimeoutError,
} from "../../mod.ts";
import { Gate } from "../gate.ts";
import { openLoop } from "../helpers.ts";
import { tasks } from "../tasks.ts";

/** For tests that leave a failure unread. */
const QUIET = { report: () => {} };

const ids = (handles: readonly TaskHandle[]): readonly unknown[] =>
  handles.map(({ id }) => id);

// asyncio.run_coroutine_threadsafe

Deno.test("a submitted task's result is what its function returns", async () => {
  await using loop = openLoop();
  const add = async (a: number, b: number) => await (a + b);
  assertEquals(await loop.submit(add, [1, 2]), 3);
  assertEquals(loop.submit(add, [1, 2]).resultSync(), 3);
});

Deno.test("a submitted task's exception is raised by its result", async () => {
  await using loop = openLoop();
  const fail = () => {
    throw new RangeError("Fail!");
  };
  const handle = loop.submit(fail);
  await assertRejects(async () => await handle, RangeError, "Fail!");
  assertThrows(() => handle.result(), RangeError, "Fail!");
  assertThrows(() => loop.submit(fail).resultSync(), RangeError, "Fail!");
});

Deno.test("the timeout of the waiter is raised, and the task is still there to be cancelled", async () => {
  await using loop = openLoop();
  using gate = new Gate();
  const handle = loop.submit(tasks.waitAt, [gate.key, 1]);
  const error = assertThrows(() => handle.resultSync(0), TimeoutError);
  assertEquals([error.limit, error.ms], ["wait", 0]);
  await gate.arrivals();
  assertEquals(handle.state, "running");
  assertEquals(await handle.cancel(), "cancelled");
});

Deno.test("the result of a task that was cancelled is a CancelledError", async () => {
  await using loop = openLoop();
  using gate = new Gate();
  const handle = loop.submit(tasks.waitAt, [gate.key, 1]);
  await gate.arrivals();
  await handle.cancel("no longer needed");
  await assertRejects(
    async () => await handle,
    CancelledError,
    "no longer needed",
  );
  assertThrows(() => handle.result(), CancelledError, "no longer needed");
  assertThrows(() => handle.resultSync(), CancelledError, "no longer needed");
});

Deno.test("what is no task is refused at once, and takes no id", async () => {
  await using loop = openLoop();
  assertThrows(() => loop.submit(1 as never), TypeError, "Cannot submit 1");
  assertEquals(loop.submit(() => 1).id, 1);
  assertEquals(loop.list().length, 1);
});

// concurrent.futures.Future: callbacks

Deno.test("callbacks get the result, the exception, the cancellation", async () => {
  await using loop = openLoop();
  using gate = new Gate();
  const saw: unknown[] = [];
  const handles = [
    loop.submit(tasks.echo, [5]),
    loop.submit(tasks.fail, ["test"]),
    loop.submit(tasks.waitAt, [gate.key, 0]),
  ];
  await gate.arrivals();
  const cancelled = handles[2]!.cancel();
  await Promise.all(handles.map((handle) =>
    handle.then(
      (value) => saw.push(value),
      (error) => saw.push((error as Error).name),
    )
  ));
  await cancelled;
  assertEquals(saw.sort(), [5, "CancelledError", "Error"]);
});

Deno.test("callbacks are called in the order in which they were added", async () => {
  await using loop = openLoop();
  using gate = new Gate();
  const handle = loop.submit(tasks.waitAt, [gate.key, 1]);
  const order: string[] = [];
  const all = [
    handle.then(() => order.push("first")),
    handle.outcome().then(() => order.push("second")),
    handle.then(() => order.push("third")),
  ];
  gate.open();
  await Promise.all(all);
  assertEquals(
    order.filter((one) => one !== "second"),
    ["first", "third"],
  );
  assertEquals(order.length, 3);
});

Deno.test("a callback that throws keeps no other from being called", async () => {
  await using loop = openLoop();
  const handle = loop.submit(tasks.echo, [1]);
  const thrown = handle.then(() => {
    throw new Error("mine");
  });
  const called = handle.then((value) => value);
  await assertRejects(() => thrown, Error, "mine");
  assertEquals(await called, 1);
});

Deno.test("a callback that is added after the end is called", async () => {
  await using loop = openLoop();
  const good = loop.submit(tasks.echo, [5]);
  const bad = loop.submit(tasks.fail, ["test"]);
  await loop.wait();
  assertEquals(await good.then((value) => value), 5);
  assertEquals(await bad.then(() => "no", () => "called"), "called");
});

// concurrent.futures.Future: cancel

Deno.test("cancel of a task that is pending keeps it from ever running", async () => {
  await using loop = openLoop({ concurrency: 1 });
  using gate = new Gate();
  using never = new Gate();
  loop.submit(tasks.waitAt, [gate.key, 0]);
  const handle = loop.submit(tasks.waitAt, [never.key, 0]);
  assertEquals(await handle.cancel(), "cancelled");
  assertEquals(handle.state, "cancelled");
  gate.open();
  await loop.wait();
  assertEquals(handle.snapshot().startedAt, undefined);
  assertEquals(never.arrived, 0);
});

Deno.test("cancel of a task that is finished says so and changes nothing", async () => {
  await using loop = openLoop();
  const good = loop.submit(tasks.echo, [5]);
  const bad = loop.submit(tasks.fail, ["test"]);
  await loop.wait();
  assertEquals(await good.cancel(), "finished");
  assertEquals(await bad.cancel(), "finished");
  assertEquals(good.result(), 5);
  assertThrows(() => bad.result(), Error, "test");
});

Deno.test("cancel twice is cancel once, and both are told of it", async () => {
  await using loop = openLoop();
  using gate = new Gate();
  const handle = loop.submit(tasks.waitAt, [gate.key, 0]);
  await gate.arrivals();
  const both = await Promise.all([
    handle.cancel("first"),
    handle.cancel("second"),
  ]);
  assertEquals(both, ["cancelled", "cancelled"]);
  assertThrows(() => handle.result(), CancelledError, "first");
});

// concurrent.futures.Future: result and exception

Deno.test("result of a task that has not ended says what it waits for", async () => {
  await using loop = openLoop({ concurrency: 1 });
  using gate = new Gate();
  const running = loop.submit(tasks.waitAt, [gate.key, 0]);
  const queued = loop.submit(tasks.echo, [0]);
  await gate.arrivals();
  assertThrows(() => running.result(), InvalidStateError, "is running");
  assertThrows(() => queued.result(), InvalidStateError, "is queued");
});

Deno.test("result blocks till the task has ended in its thread", async () => {
  await using loop = openLoop();
  const handle = loop.submit(async (ms: number) => {
    await new Promise((resolve) => setTimeout(resolve, ms));
    return 42;
  }, [20]);
  assertEquals(handle.resultSync(), 42);
});

Deno.test("result is raised out of its block when the task is stopped meanwhile", async () => {
  await using loop = openLoop();
  using gate = new Gate();
  const handle = loop.submit(tasks.waitAt, [gate.key, 0], { timeout: 20 });
  const error = assertThrows(() => handle.resultSync(), TimeoutError);
  assertEquals(error.limit, "timeout", "the task's, not the waiter's");
});

Deno.test("the exception is the same object each time that it is raised", async () => {
  await using loop = openLoop();
  const handle = loop.submit(tasks.fail, ["test"]);
  const error = await handle.then(undefined, (error) => error);
  assertStrictEquals(assertThrows(() => handle.result()), error);
  const outcome = await handle.outcome();
  assert(outcome.state === "failed");
  assertStrictEquals(outcome.error, error);
});

Deno.test("a result that comes after the outcome does not replace it", async () => {
  await using loop = openLoop();
  using gate = new Gate();
  const handle = loop.submit(tasks.ignoreTill, [gate.key, 1]);
  await gate.arrivals();
  assertEquals(await handle.cancel("late", { grace: 0 }), "ignored");
  const outcome = handle.peek();
  gate.open();
  while (handle.abandoned) await loop.exportsOf("node:path");
  assertStrictEquals(handle.peek()?.state, "cancelled");
  assertEquals(handle.peek(), outcome);
});

// concurrent.futures.wait

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

// concurrent.futures.as_completed

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

// concurrent.futures.Executor

Deno.test("gather's results are in the order of submission, whatever the order of ends", async () => {
  await using loop = openLoop();
  using gate = new Gate();
  const group = loop.gather([
    [tasks.waitAt, [gate.key, 1]],
    [tasks.echo, [2]],
  ]);
  await loop.wait([group.members[1]]);
  gate.open();
  assertEquals(await group.results(), [1, 2]);
});

Deno.test("gather's results reject with the exception of the one that failed", async () => {
  await using loop = openLoop();
  using gate = new Gate();
  const group = loop.gather([
    [tasks.waitAt, [gate.key, 1]],
    [tasks.fail, ["boom"]],
  ]);
  await assertRejects(() => group.results(), Error, "boom");
});

Deno.test("submit after close raises", async () => {
  await using loop = openLoop();
  await loop.close();
  assertThrows(() => loop.submit(() => 1), InvalidStateError, "closed");
});

Deno.test("close waits for tasks that are still pending", async () => {
  await using loop = openLoop({ concurrency: 1 });
  const handles = [1, 2, 3].map((n) => loop.submit(tasks.echo, [n]));
  await loop.close();
  assertEquals(handles.map((handle) => handle.result()), [1, 2, 3]);
});

Deno.test("close that cancels leaves no task pending and none running", async () => {
  await using loop = openLoop({ concurrency: 1 });
  using gate = new Gate();
  const handles = [1, 2, 3].map((n) =>
    loop.submit(tasks.waitAt, [gate.key, n])
  );
  await gate.arrivals();
  await loop.close({ cancel: true });
  assertEquals(
    handles.map(({ state }) => state),
    ["cancelled", "cancelled", "cancelled"],
  );
  assertEquals(gate.arrived, 1);
});

Deno.test("close twice is close once", async () => {
  await using loop = openLoop();
  const handle = loop.submit(tasks.echo, [1]);
  await Promise.all([loop.close(), loop.close({ cancel: true })]);
  await loop.close();
  assertInstanceOf(handle.peek(), Object);
});

Deno.test("leaving the scope of `await using` cancels what runs and ends the loop", async () => {
  using gate = new Gate();
  let left: TaskHandle;
  {
    await using loop = openLoop();
    left = loop.submit(tasks.waitAt, [gate.key, 1]);
    await gate.arrivals();
  }
  assertThrows(() => left.result(), CancelledError);
});
