import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  InvalidStateError,
  type LoopController,
  type TaskHandle,
  TimeoutError,
} from "../../mod.ts";
import { Gate } from "../gate.ts";
import { openLoop } from "../helpers.ts";
import { tasks } from "../tasks.ts";

/** What the handles are: running, queued, paused, succeeded, cancelled. */
function states(handles: readonly TaskHandle[]): string {
  return handles.map((handle) => {
    const { state, paused } = handle.snapshot();
    return paused ? "p" : state[0];
  }).join("");
}

/** What was running before has had the time to start another task. */
async function turn(loop: LoopController): Promise<void> {
  await loop.exportsOf("node:path");
}

Deno.test("pause holds back what is submitted, and leaves alone what runs", async () => {
  await using loop = openLoop();
  using gate = new Gate();
  const running = loop.submit(tasks.waitAt, [gate.key, 1]);
  await gate.arrivals();
  loop.pause();
  const waiting = [2, 3].map((n) => loop.submit(tasks.echo, [n]));
  gate.open();
  assertEquals(await running, 1);
  await turn(loop);
  assertEquals(states([running, ...waiting]), "spp");
  const { paused, running: slots, queued } = loop.health();
  assertEquals({ paused, slots, queued }, {
    paused: true,
    slots: 0,
    queued: 2,
  });
  loop.resume();
  assertEquals(await Promise.all(waiting), [2, 3]);
  assertEquals(loop.health().paused, false);
});

Deno.test("pause keeps a freed slot empty, and a larger concurrency fills none", async () => {
  await using loop = openLoop({ concurrency: 1 });
  using gate = new Gate();
  const first = loop.submit(tasks.waitAt, [gate.key, 1]);
  const second = loop.submit(tasks.echo, [2]);
  await gate.arrivals();
  loop.pause();
  loop.concurrency = 5;
  gate.open();
  await first;
  await turn(loop);
  assertEquals(states([first, second]), "sp");
  loop.resume();
  assertEquals(await second, 2);
});

Deno.test("pause holds back an isolated task", async () => {
  await using loop = openLoop();
  loop.pause();
  const handle = loop.submit(tasks.echo, [1], { isolate: true });
  await turn(loop);
  assertEquals(states([handle]), "p");
  loop.resume();
  assertEquals(await handle, 1);
});

Deno.test("a paused task is cancelled at once, and its deadline fires", async () => {
  await using loop = openLoop();
  loop.pause();
  const one = loop.submit(tasks.echo, [1]);
  const two = loop.submit(tasks.echo, [2]);
  loop.pause([two]);
  assertEquals(await one.cancel(), "cancelled");
  two.setDeadline(Date.now() - 1);
  const outcome = await two.outcome();
  assert(outcome.state === "cancelled");
  assert(outcome.reason instanceof TimeoutError);
  assertEquals(outcome.reason.limit, "deadline");
  assertEquals(states([one, two]), "cc");
  assertEquals(loop.health().queued, 0);
});

Deno.test("a paused task lets others pass, and resumed has the place of its age", async () => {
  await using loop = openLoop({ concurrency: 1 });
  using gate = new Gate();
  loop.submit(tasks.waitAt, [gate.key, 0]);
  const handles = [1, 2, 3, 4, 5].map((n) =>
    loop.submit(tasks.echo, [n], n === 5 ? { priority: 1 } : {})
  );
  loop.pause(handles.filter((_, n) => n !== 2));
  assertEquals(states(handles), "ppqpp");
  loop.resume(handles.slice(1));
  assertEquals(states(handles), "pqqqq");
  gate.open();
  const order: number[] = [];
  for await (const handle of loop.asCompleted(handles.slice(1))) {
    order.push(handle.result());
  }
  assertEquals(order, [5, 2, 3, 4]);
  assertEquals(states(handles), "pssss");
  loop.resume(handles);
  assertEquals(await handles[0], 1);
});

Deno.test("a group is paused and resumed without the others", async () => {
  await using loop = openLoop({ concurrency: 1 });
  using gate = new Gate();
  const group = loop.gather([
    [tasks.waitAt, [gate.key, 1]],
    [tasks.echo, [2]],
    [tasks.echo, [3]],
  ]);
  const other = loop.submit(tasks.echo, [4]);
  await gate.arrivals();
  assertEquals(group.paused, false);
  group.pause();
  assertEquals([group.paused, loop.health().paused], [true, false]);
  assertEquals(states([...group.members, other]), "rppq");
  gate.open();
  assertEquals(await other, 4);
  assertEquals(states(group.members), "spp");
  group.resume();
  assertEquals(await group, [1, 2, 3]);
  assertEquals(group.paused, false);
});

Deno.test("a task waits until neither the task nor the queue is paused", async () => {
  await using loop = openLoop();
  loop.pause();
  const handle = loop.submit(tasks.echo, [1]);
  loop.pause([handle]);
  loop.resume();
  await turn(loop);
  assertEquals(states([handle]), "p");
  loop.pause();
  loop.resume([handle]);
  await turn(loop);
  assertEquals(states([handle]), "p");
  loop.resume();
  assertEquals(await handle, 1);
});

Deno.test("a task that lost its loop while paused waits for its next start", async () => {
  await using loop = openLoop();
  using gate = new Gate();
  const again = { onLoopLost: "resubmit" } as const;
  const handle = loop.submit(tasks.waitAt, [gate.key, 1], again);
  const other = loop.submit(tasks.waitAt, [gate.key, 2]);
  await gate.arrivals(2);
  loop.pause([handle]);
  assertEquals(states([handle]), "r");
  await other.kill();
  assertEquals(states([handle]), "p");
  assertEquals(await handle.cancel(), "cancelled");
});

Deno.test("close ends every pause, and none begins after it", async () => {
  await using loop = openLoop();
  loop.pause();
  const handles = [1, 2].map((n) => loop.submit(tasks.echo, [n]));
  loop.pause(handles);
  const closed = loop.close();
  assertThrows(() => loop.pause(), InvalidStateError, "closing");
  assertEquals(await Promise.all(handles), [1, 2]);
  await closed;
  loop.resume();
});

Deno.test("a kill settles what is paused", async () => {
  await using loop = openLoop();
  loop.pause();
  const handles = [1, 2, 3].map((n) => loop.submit(tasks.echo, [n]));
  loop.pause(handles.slice(1));
  loop.kill();
  assertEquals(states(handles), "fff");
  assertEquals(loop.health().queued, 0);
});
