import { assert, assertEquals, assertGreater } from "@std/assert";
import { progressOf } from "../../src/controller/task/progress.ts";
import { Gate } from "../gate.ts";
import { openLoop } from "../helpers.ts";
import { until } from "../until.ts";

declare const task: import("../../src/task_api.ts").Task;

function report(done: number, total?: number) {
  return { done, total, note: undefined, at: 12_000 };
}

Deno.test("progressOf tells the rate over the whole running time, and the time that the rest takes", () => {
  assertEquals(progressOf(report(20, 100), 10_000), {
    done: 20,
    total: 100,
    perSecond: 10,
    remainingMs: 8000,
  });
});

Deno.test("progressOf tells no time left without a total, and no rate of nothing", () => {
  assertEquals(progressOf(report(20), 10_000), { done: 20, perSecond: 10 });
  assertEquals(progressOf(report(0, 5), 10_000), { done: 0, total: 5 });
  assertEquals(progressOf(report(5, 5), 12_000), { done: 5, total: 5 });
});

Deno.test("progressOf never tells a negative time left", () => {
  assertEquals(progressOf(report(20, 10), 10_000).remainingMs, 0);
});

Deno.test("progress shows in the snapshot while the task runs", async () => {
  await using loop = openLoop();
  const handle = loop.submit(async () => {
    await task.sleep(1);
    task.progress(3, 10, "pages");
    await task.sleep(Infinity);
  });
  assertEquals(handle.snapshot().progress, undefined);
  await until(() => handle.snapshot().progress !== undefined);
  const { done, total, note, perSecond, remainingMs } = handle.snapshot()
    .progress!;
  assertEquals([done, total, note], [3, 10, "pages"]);
  assertGreater(perSecond!, 0);
  assertEquals(Math.round(remainingMs! * perSecond! / 1000), 7);
});

Deno.test("progress in quick succession is merged, and the last one counts", async () => {
  await using loop = openLoop();
  const handle = loop.submit(async () => {
    for (let n = 1; n <= 100_000; n++) task.progress(n);
    await task.sleep(Infinity);
  });
  await until(() => handle.snapshot().progress !== undefined);
  assertEquals(handle.snapshot().progress?.done, 100_000);
});

Deno.test("progress just before the end is not lost", async () => {
  await using loop = openLoop();
  const succeeds = loop.submit(() => task.progress(7, 7));
  const fails = loop.submit(() => {
    task.progress(8);
    throw new Error("boom");
  });
  const stops = loop.submit(() =>
    task.sleep(Infinity).finally(() => task.progress(9))
  );
  await succeeds;
  await fails.outcome();
  await until(() => stops.state === "running");
  await stops.cancel();
  assertEquals(
    [succeeds, fails, stops].map((one) => one.snapshot().progress?.done),
    [7, 8, 9],
  );
});

Deno.test("progress never comes after the outcome", async () => {
  await using loop = openLoop();
  using gate = new Gate();
  const leaves = loop.submit(() => {
    task.progress(1);
    const told = Promise.withResolvers<void>();
    setTimeout(() => {
      task.progress(2);
      told.resolve();
    }, 1);
    Object.assign(globalThis, { told: told.promise });
  });
  await leaves;
  const stays = loop.submit(async (key: SharedArrayBuffer, url: string) => {
    task.progress(1);
    const { Gate } = await import(url);
    await new Gate(key).pass();
    task.progress(2);
  }, [gate.key, import.meta.resolve("../gate.ts")]);
  await gate.arrivals();
  await stays.cancel("stop", { grace: 0 });
  gate.open();
  await until(() => !stays.abandoned);
  await loop.submit(() => (globalThis as { told?: Promise<void> }).told);
  // Reports are gathered: one that comes later is told no earlier.
  const later = loop.submit(() => {
    task.progress(1);
    return task.sleep(Infinity);
  });
  await until(() => later.snapshot().progress !== undefined);
  assertEquals(leaves.snapshot().progress?.done, 1);
  assertEquals(stays.snapshot().progress?.done, 1);
});

Deno.test("progress that is no number fails its own task, and no other", async () => {
  await using loop = openLoop();
  const bad = loop.submit(async () => {
    await task.sleep(1);
    task.progress(Symbol("s") as never);
  });
  const noted = loop.submit(async () => {
    await task.sleep(1);
    task.progress(1, 2, (() => {}) as never);
    return "noted";
  });
  const good = loop.submit(async () => {
    await task.sleep(1);
    return "good";
  });
  const [outcome] = await Promise.all([bad.outcome(), noted, good]);
  assert(outcome.state === "failed");
  assertEquals(outcome.error.name, "TypeError");
});
