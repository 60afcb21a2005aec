/**
 * What CPython's own tests ask of an executor's `map` and `shutdown`, asked of
 * loopctl in its own words.
 */
import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  CancelledError,
  InvalidStateError,
  type TaskHandle,
  taskModule,
} from "../../mod.ts";
import { Gate } from "../gate.ts";
import { openLoop } from "../helpers.ts";
import { tasks } from "../tasks.ts";
import { until } from "../until.ts";

declare const task: import("../../src/task_api.ts").Task;

const blocking = taskModule<typeof import("../engine/blocking.ts")>(
  import.meta.resolve("../engine/blocking.ts"),
);

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

Deno.test("close reports failures that nobody has read, those of tasks that were being cancelled too", async () => {
  const notices: string[] = [];
  await using loop = openLoop({ onWarning: (notice) => notices.push(notice) });
  const rollsBack = () =>
    loop.submit(
      async () => {
        await task.sleep(Infinity).catch(() => {});
        throw new RangeError("cleanup failed");
      },
      [],
      { name: "rolls-back" },
    );
  const handles = [rollsBack(), rollsBack()];
  await loop.wait([loop.submit(tasks.fail, ["boom"])]);
  await until(() => handles.every(({ state }) => state === "running"));
  await loop.cancel(handles);
  await handles[0]!.outcome();
  await loop.close();
  assertEquals(notices, [
    "Task 3, fail, failed, and nobody read it: Error: boom",
    "Task 2, rolls-back, threw while it was being cancelled, and nobody " +
    "read it: RangeError: cleanup failed",
  ]);
});

Deno.test("close that cancels what is queued takes back what a blocked Worker has not begun", async () => {
  await using loop = openLoop();
  using gate = new Gate();
  const blocks = loop.submit(blocking.blockTill, [gate.key]);
  await gate.arrivals();
  const behind = loop.submit(() => ({}));
  const closed = loop.close({ cancel: "queued" });
  assertEquals([blocks.state, behind.state], ["running", "cancelled"]);
  gate.open();
  await closed;
  assertEquals(blocks.state, "succeeded");
});

Deno.test("close that cancels what is queued waits for what runs", async () => {
  await using loop = openLoop({ concurrency: 1 });
  using gate = new Gate();
  const handles = [1, 2, 3].map((n) =>
    loop.submit(tasks.waitAt, [gate.key, n])
  );
  await gate.arrivals();
  const closed = loop.close({ cancel: "queued" });
  assertEquals(
    handles.map(({ state }) => state),
    ["running", "cancelled", "cancelled"],
  );
  gate.open();
  await closed;
  assertEquals([handles[0]!.result(), gate.arrived], [1, 1]);
});

Deno.test("close twice is close once", async () => {
  await using loop = openLoop();
  const handle = loop.submit(tasks.echo, [1]);
  await Promise.all([loop.close(), loop.close({ cancel: true })]);
  await loop.close();
  assertEquals(handle.done, true);
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
