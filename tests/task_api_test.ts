/** `task` outside of a loop: a task function stays a plain function. */
import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { moduleTask } from "../src/protocol/reference.ts";
import { CancelledError, task } from "../src/task_api.ts";

Deno.test("task says outside of a loop that there is no task", () => {
  assertEquals(
    [task.id, task.name, task.attempt, task.signal.aborted],
    [undefined, "", 1, false],
  );
});

Deno.test("task.signal is the same each time outside of a loop", () => {
  assertEquals(task.signal, task.signal);
});

Deno.test("task.sleep sleeps outside of a loop", async () => {
  const woke: number[] = [];
  const sleep = (ms: number) => task.sleep(ms).then(() => woke.push(ms));
  await Promise.all([sleep(5), sleep(0)]);
  assertEquals(woke, [0, 5]);
});

Deno.test("task.progress does nothing outside of a loop", () => {
  assertEquals(task.progress(1, 2, "half"), undefined);
});

Deno.test("task.spawn calls the function outside of a loop", async () => {
  const child = task.spawn((a: number, b: number) => a + b, [1, 2]);
  assertEquals([child.id, child.state], [0, "running"]);
  assertEquals(await child, 3);
  assertEquals(child.state, "succeeded");
});

Deno.test("task.spawn calls an async function outside of a loop, with what it closes over", async () => {
  const factor = 3;
  const value: number = await task.spawn(
    async (n: number) => await (n * factor),
    [2],
  );
  assertEquals(value, 6);
});

Deno.test("task.spawn rejects with what the function throws outside of a loop", async () => {
  const child = task.spawn(() => {
    throw new RangeError("boom");
  });
  await assertRejects(async () => await child, RangeError, "boom");
  assertEquals(child.state, "failed");
});

Deno.test("task.spawn calls a module's export outside of a loop", async () => {
  const basename = moduleTask("node:path", "basename");
  assertEquals(await task.spawn(basename, ["/a/b.txt"]), "b.txt");
});

Deno.test("task.spawn's child can be told to stop and limited outside of a loop, to no effect", async () => {
  const child = task.spawn(() => 1);
  child.setTimeout(0);
  child.setDeadline(0);
  assertEquals(await child.cancel("why"), "ignored");
  assertEquals(await child, 1);
  assertEquals(await child.cancel("why"), "finished");
});

Deno.test("task.gather calls the functions outside of a loop", async () => {
  const double = (n: number) => 2 * n;
  assertEquals(await task.gather([[double, [1]], [double, [2]]]), [2, 4]);
});

Deno.test("task.gather throws the first failure outside of a loop, once all have ended where that is asked for", async () => {
  let ended = false;
  const entries = [
    [async () => {
      await task.sleep(1);
      ended = true;
    }],
    [() => Promise.reject(new RangeError("boom"))],
  ] as const;
  const group = task.gather(entries, { onFailure: "cancel-rest" });
  await assertRejects(async () => await group, RangeError, "boom");
  assertEquals([ended, group.members[0].state], [true, "succeeded"]);
});

Deno.test("task.wait waits outside of a loop", async () => {
  const gate = Promise.withResolvers<void>();
  const open = task.spawn(() => gate.promise);
  const quick = task.spawn(() => {
    throw new CancelledError();
  });
  const kids = [open, quick];
  const first = await task.wait(kids, { until: "any" });
  assertEquals(first, { done: [quick], notDone: [open] });
  assertEquals(quick.state, "cancelled");
  const late = await task.wait(kids, { timeout: 1 });
  assertEquals(late.notDone, [open]);
  gate.resolve();
  assertEquals((await task.wait(kids)).done, kids);
});

Deno.test("task.detach calls the function outside of a loop, and tells of its failure", async () => {
  const called = Promise.withResolvers<number>();
  assertEquals(await task.detach(called.resolve, [7]), 0);
  assertEquals(await called.promise, 7);
  const { error } = console;
  const told = Promise.withResolvers<unknown>();
  console.error = (_, thrown) => told.resolve(thrown);
  try {
    const boom = new RangeError("boom");
    await task.detach(() => Promise.reject(boom));
    assertEquals(await told.promise, boom);
  } finally {
    console.error = error;
  }
});

Deno.test("task.cancel does nothing outside of a loop", () => {
  assertEquals(task.cancel("why"), undefined);
  assertEquals(task.signal.aborted, false);
});

Deno.test("task can't be written to", () => {
  assertThrows(() => Object.assign(task, { id: 3 }), TypeError);
});
