/** `task` outside of a loop: a task function stays a plain function. */
import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { moduleTask } from "../src/protocol/reference.ts";
import { task } from "../src/task_api.ts";

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

Deno.test("task.spawn's child can be told to stop outside of a loop, to no effect", async () => {
  const child = task.spawn(() => 1);
  assertEquals(child.cancel("why"), undefined);
  assertEquals(await child, 1);
});

Deno.test("task can't be written to", () => {
  assertThrows(() => Object.assign(task, { id: 3 }), TypeError);
});
