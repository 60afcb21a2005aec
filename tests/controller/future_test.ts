/**
 * What CPython's own tests ask of `asyncio.run_coroutine_threadsafe` and of
 * `concurrent.futures.Future`, asked of loopctl in its own words.
 */
import {
  assert,
  assertEquals,
  assertRejects,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import { CancelledError, InvalidStateError, TimeoutError } from "../../mod.ts";
import { Gate } from "../gate.ts";
import { openLoop } from "../helpers.ts";
import { PATIENCE_MS } from "../patience.ts";
import { tasks } from "../tasks.ts";
import { until } from "../until.ts";

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
  await until(() => !handle.abandoned);
  assertStrictEquals(handle.peek()?.state, "cancelled");
  assertEquals(handle.peek(), outcome);
});

// asyncio.wait_for, and what a promise has

Deno.test("a task awaited with a limit gives its value, or throws what it threw", async () => {
  await using loop = openLoop();
  const value: number = await loop.submit(tasks.echo, [1]).within(PATIENCE_MS);
  assertEquals(value, 1);
  const failing = loop.submit(tasks.fail, ["boom"]);
  await assertRejects(() => failing.within(PATIENCE_MS), Error, "boom");
});

Deno.test("a task awaited with a limit that is over lives on, and its failure is still one that nobody read", async () => {
  const notices: string[] = [];
  await using loop = openLoop({ onWarning: (notice) => notices.push(notice) });
  using gate = new Gate();
  const handle = loop.submit(tasks.failAt, [gate.key, "boom"]);
  const error = await assertRejects(() => handle.within(0), TimeoutError);
  assertEquals([error.limit, error.ms], ["wait", 0]);
  assertEquals(handle.done, false);
  gate.open();
  await loop.close();
  assert(notices.join().includes("nobody read it: Error: boom"));
});

Deno.test("a limit of 0 gives what a task that has ended came to", async () => {
  await using loop = openLoop();
  const handle = loop.submit(tasks.echo, [1]);
  await loop.wait([handle]);
  assertEquals(await handle.within(0), 1);
});

Deno.test("a handle's catch and finally are those of a promise", async () => {
  await using loop = openLoop();
  const failing = loop.submit(tasks.fail, ["boom"]);
  const caught: string = await failing.catch((error) => String(error));
  assertEquals(caught, "Error: boom");
  let ended = 0;
  await assertRejects(() => failing.finally(() => ended++), Error, "boom");
  const value: number = await loop.submit(tasks.echo, [1])
    .finally(() => ended++);
  assertEquals([value, ended], [1, 2]);
});
