import { assertEquals } from "@std/assert";
import { moduleTask } from "../../mod.ts";
import { openLoop } from "../helpers.ts";

declare const task: import("../../src/task_api.ts").Task;

const path = import.meta.resolve("./semantics_tasks.ts");

Deno.test("a snapshot has what the task was given, before, while and after it runs", async () => {
  await using loop = openLoop({ concurrency: 1 });
  const first = loop.submit((_: string, n: number) => n, ["http://a/?1", 5]);
  const queued = loop.submit((_: unknown) => 1, [{ url: "http://b" }]);
  const cancelled = loop.submit((_: unknown) => 1, [["a"]]);
  await cancelled.cancel();
  const args = () =>
    [first, queued, cancelled].map((handle) => handle.snapshot().args);
  const expected = [["http://a/?1", 5], [{ url: "http://b" }], [["a"]]];
  assertEquals(args(), expected);
  await loop.wait();
  assertEquals(args(), expected);
});

Deno.test("a snapshot names the module of a task, and none of an inline one", async () => {
  await using loop = openLoop();
  const inline = loop.submit(() => 1);
  const exported = loop.submit(moduleTask(path, "nothing"), ["x"]);
  assertEquals(inline.snapshot().module, undefined);
  assertEquals(exported.snapshot().module, path);
  assertEquals(exported.snapshot().task, "nothing");
  await exported.outcome();
});

Deno.test("a child's snapshot has its arguments, also those that can't cross", async () => {
  await using loop = openLoop();
  await loop.submit(async () => {
    await task.spawn((_: unknown, f: () => number) => f(), [{ a: 1 }, () => 1]);
  });
  const child = loop.get("1.1")!.snapshot();
  assertEquals(child.args, [{ a: 1 }, "[Function (anonymous)]"]);
  assertEquals(child.module, undefined);
});

Deno.test("a snapshot does not hold the list that a queued task is sent", async () => {
  await using loop = openLoop({ concurrency: 1 });
  loop.submit(() => task.sleep(0));
  const queued = loop.submit((n: number) => n, [1]);
  (queued.snapshot().args as number[])[0] = 2;
  assertEquals(await queued, 1);
});
