/** What is asked of a controller whose thread was blocked, or is. */
import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertNotEquals,
  assertThrows,
} from "@std/assert";
import { type LoopController, LoopLostError, TimeoutError } from "../../mod.ts";
import { Gate } from "../gate.ts";
import { openLoop } from "../helpers.ts";
import { PATIENCE_MS } from "../patience.ts";
import { tasks } from "../tasks.ts";

declare const task: import("../../src/task_api.ts").Task;

/**
 * Blocks this thread, as `prompt()` or a long computation does, till the loop
 * has told what its tasks have come to by then, which it does at its turns. It
 * needs a task of its own for that.
 */
function blockTillTold(loop: LoopController): void {
  const turned = new Int32Array(new SharedArrayBuffer(4));
  loop.submit(
    async (turned: Int32Array) => {
      // Progress is gathered for 50 ms.
      for (let turn = 0; turn < 5; turn++) await task.sleep(20);
      Atomics.store(turned, 0, 1);
      Atomics.notify(turned, 0);
    },
    [turned],
    { name: "turns" },
  );
  assertNotEquals(Atomics.wait(turned, 0, 0, PATIENCE_MS), "timed-out");
}

Deno.test("state is true at the moment it is asked for, also when the thread was blocked till then", async () => {
  await using loop = openLoop();
  using gate = new Gate();
  const runs = loop.submit(tasks.waitAt, [gate.key, 1]);
  const ends = loop.submit(tasks.echo, [2]);
  const fails = loop.submit(tasks.fail, ["boom"]);
  const limited = loop.submit(() => task.sleep(Infinity), [], { timeout: 1 });
  const all = [runs, ends, fails, limited];
  gate.arrivalsSync();
  blockTillTold(loop);
  assertEquals(
    all.map(({ state }) => state),
    ["running", "succeeded", "failed", "cancelled"],
  );
  assertEquals(all.map(({ done }) => done), [false, true, true, true]);
  assertEquals(ends.result(), 2);
  assertThrows(() => fails.result(), Error, "boom");
  assertEquals(limited.peek()?.state, "cancelled");
});

Deno.test("list, logs, progress and collect are true after the thread was blocked", async () => {
  await using loop = openLoop();
  const handle = loop.submit(async () => {
    console.log("one");
    task.progress(1, 2);
    await task.spawn(() => 1);
    await task.sleep(Infinity);
  });
  const ended = loop.submit(tasks.echo, [2]);
  blockTillTold(loop);
  assertEquals(
    loop.list().filter(({ name }) => name !== "turns").map(({ id }) => id),
    [1, 2, "1.1"],
  );
  assertEquals(handle.logs().map(({ text }) => text), ["one"]);
  assertEquals(handle.snapshot().progress?.done, 1);
  assertEquals(loop.collect([ended, handle]), [ended]);
  assertEquals(loop.health().state, "responsive");
});

Deno.test("cancel of a task that has ended while the thread was blocked says finished", async () => {
  await using loop = openLoop();
  const handle = loop.submit(tasks.echo, [1]);
  blockTillTold(loop);
  assertEquals(await handle.cancel(), "finished");
});

Deno.test("wait with no time left tells what has ended while the thread was blocked", async () => {
  await using loop = openLoop();
  using gate = new Gate();
  const handles = [
    loop.submit(tasks.echo, [1]),
    loop.submit(tasks.waitAt, [gate.key, 1]),
  ];
  gate.arrivalsSync();
  blockTillTold(loop);
  const { done, notDone } = await loop.wait(handles, { timeout: 0 });
  assertEquals([done, notDone], [[handles[0]], [handles[1]]]);
});

Deno.test("kill keeps what has ended while the thread was blocked", async () => {
  await using loop = openLoop();
  using gate = new Gate();
  const ended = loop.submit(tasks.echo, [1]);
  const lost = loop.submit(tasks.waitAt, [gate.key, 1]);
  gate.arrivalsSync();
  blockTillTold(loop);
  loop.kill();
  assertEquals(ended.result(), 1);
  assertThrows(() => lost.result(), LoopLostError);
});

Deno.test("a timeout fires while the thread of the controller is blocked", async () => {
  await using loop = openLoop();
  const cleaned = new Int32Array(new SharedArrayBuffer(4));
  const handle = loop.submit(
    (cleaned: Int32Array) =>
      task.sleep(Infinity).finally(() => {
        Atomics.store(cleaned, 0, 1);
        Atomics.notify(cleaned, 0);
      }),
    [cleaned],
    { timeout: 20 },
  );
  assertEquals(handle.done, false);
  Atomics.wait(cleaned, 0, 0, PATIENCE_MS);
  assertEquals(cleaned[0], 1);
  assertThrows(() => handle.resultSync(), TimeoutError);
});

Deno.test("resultSync blocks till the value is there, and the loop goes on meanwhile", async () => {
  await using loop = openLoop();
  using gate = new Gate();
  const opens = loop.submit(async (cells: Int32Array) => {
    await task.sleep(20);
    Atomics.store(cells, 0, 1);
    Atomics.notify(cells, 0);
  }, [new Int32Array(gate.key)]);
  const handle = loop.submit(tasks.waitAt, [gate.key, 7]);
  assertEquals(handle.resultSync(), 7);
  assertEquals(opens.resultSync(PATIENCE_MS), undefined);
});

Deno.test("resultSync gives up after its time, and the task lives on", async () => {
  await using loop = openLoop();
  using gate = new Gate();
  const handle = loop.submit(tasks.waitAt, [gate.key, 7]);
  const error = assertThrows(() => handle.resultSync(20), TimeoutError);
  assertEquals([error.limit, error.ms], ["wait", 20]);
  assertEquals(handle.done, false);
  gate.open();
  assertEquals(await handle, 7);
});

Deno.test("resultSync refuses a time that is none", async () => {
  await using loop = openLoop();
  const handle = loop.submit(tasks.echo, [1]);
  for (const ms of [-1, NaN, "1" as unknown as number]) {
    assertThrows(() => handle.resultSync(ms), TypeError, "timeoutMs");
  }
});

Deno.test("resultSync tells of a loop that ends meanwhile", async () => {
  await using loop = openLoop();
  using gate = new Gate();
  const lost = loop.submit(tasks.waitAt, [gate.key, 1]);
  loop.submit(async () => {
    await task.sleep(20);
    Deno.exit(3);
  }).outcome();
  const error = assertThrows(() => lost.resultSync(), LoopLostError);
  assertInstanceOf(error.cause, Error);
});

Deno.test("waitSync waits for all, for any, for the first failure", async () => {
  await using loop = openLoop({ onWarning: () => {} });
  using gate = new Gate();
  const never = loop.submit(tasks.waitAt, [gate.key, 1]);
  const good = loop.submit(tasks.echo, [2]);
  const bad = loop.submit(tasks.fail, ["boom"]);
  const all = [never, good, bad];
  assertEquals(loop.waitSync([good, bad]).notDone, []);
  const any = loop.waitSync(all, { until: "any" });
  assertEquals([any.done, any.notDone], [[good, bad], [never]]);
  const failure = loop.waitSync(all, { until: "first-failure" });
  assertEquals(failure.notDone, [never]);
  const some = loop.waitSync(all, { timeout: 10 });
  assertEquals(some.notDone, [never]);
  assertEquals(loop.waitSync(undefined, { timeout: 0 }).notDone, [never]);
});

Deno.test("waitSync goes through a queue, without a turn of this thread", async () => {
  await using loop = openLoop({ concurrency: 1 });
  const handles = Array.from(
    { length: 1000 },
    (_, n) => loop.submit(tasks.echo, [n]),
  );
  // Far less than if each step took a look at the clock in between.
  const { notDone } = loop.waitSync(handles, { timeout: 20_000 });
  assertEquals(notDone, []);
  assertEquals(handles.at(-1)!.result(), 999);
});

Deno.test("waitSync sees a deadline pass in the queue", async () => {
  await using loop = openLoop({ concurrency: 1 });
  using gate = new Gate();
  loop.submit(tasks.waitAt, [gate.key, 1]);
  const deadline = Date.now() + 30;
  const queued = loop.submit(tasks.echo, [1], { deadline });
  assertThrows(() => queued.resultSync(), TimeoutError, "had not started");
});

Deno.test("wait rejects when its signal aborts, and the tasks live on", async () => {
  await using loop = openLoop();
  using gate = new Gate();
  const handle = loop.submit(tasks.waitAt, [gate.key, 1]);
  const leave = new AbortController();
  const waiting = loop.wait([handle], { signal: leave.signal });
  const reason = new Error("Ctrl-C");
  leave.abort(reason);
  const thrown = await waiting.then(() => "no", (error) => error);
  assert(thrown === reason);
  const again = await loop.wait([handle], { signal: leave.signal })
    .then(() => "no", (error) => error);
  assert(again === reason);
  assertEquals(handle.done, false);
});

Deno.test("wait refuses a timeout that is none", async () => {
  await using loop = openLoop();
  assertThrows(() => loop.waitSync([], { timeout: -1 }), TypeError, "timeout");
  const thrown = await loop.wait([], { timeout: NaN })
    .then(() => "no", (error) => error);
  assertInstanceOf(thrown, TypeError);
});
