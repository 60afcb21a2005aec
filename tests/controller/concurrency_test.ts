import { assertEquals, assertThrows } from "@std/assert";
import type { LoopController, TaskGroup, TaskHandle } from "../../mod.ts";
import { Gate } from "../gate.ts";
import { openLoop } from "../helpers.ts";
import { PATIENCE_MS } from "../patience.ts";
import { tasks } from "../tasks.ts";
import { until } from "../until.ts";

declare const task: typeof import("../../src/task_api.ts").task;

function states(handles: readonly TaskHandle[]): string {
  return handles.map(({ state }) => state[0]).join("");
}

/** Tasks that each wait at a gate of their own. */
function submitGated(
  loop: LoopController,
  count: number,
): { gates: Gate[]; handles: TaskHandle<number>[] } {
  const gates = Array.from({ length: count }, () => new Gate());
  const handles = gates.map(({ key }, n) =>
    loop.submit(tasks.waitAt, [key, n], { name: String(n) })
  );
  return { gates, handles };
}

Deno.test("concurrency bounds how many run, the rest is queued", async () => {
  await using loop = openLoop({ concurrency: 2 });
  using gate = new Gate();
  const handles = [1, 2, 3, 4, 5].map((n) =>
    loop.submit(tasks.waitAt, [gate.key, n])
  );
  await gate.arrivals(2);
  await loop.exportsOf("node:path");
  assertEquals([states(handles), gate.arrived], ["rrqqq", 2]);
  const { running, queued } = loop.health();
  assertEquals([running, queued], [2, 3]);
  gate.open();
  assertEquals(await Promise.all(handles), [1, 2, 3, 4, 5]);
});

Deno.test("concurrency that is raised starts the next in the queue", async () => {
  await using loop = openLoop({ concurrency: 1 });
  const { gates, handles } = submitGated(loop, 4);
  await gates[0]!.arrivals();
  loop.concurrency = 3;
  assertEquals(loop.concurrency, 3);
  await gates[2]!.arrivals();
  assertEquals(states(handles), "rrrq");
  loop.concurrency = Infinity;
  await gates[3]!.arrivals();
});

Deno.test("concurrency that is lowered stops nothing, and holds back the next", async () => {
  await using loop = openLoop({ concurrency: 3 });
  const { gates, handles } = submitGated(loop, 5);
  await gates[2]!.arrivals();
  loop.concurrency = 1;
  assertEquals(states(handles), "rrrqq");
  for (const n of [0, 1]) {
    gates[n]!.open();
    await handles[n];
    await loop.exportsOf("node:path");
  }
  assertEquals(states(handles), "ssrqq");
  gates[2]!.open();
  await gates[3]!.arrivals();
  assertEquals(states(handles), "sssrq");
});

Deno.test("concurrency can be set when nothing is queued, and after the end", async () => {
  await using loop = openLoop();
  loop.concurrency = 1;
  assertEquals(await loop.submit(tasks.echo, [1]), 1);
  await loop.close();
  loop.concurrency = 2;
  assertEquals(loop.concurrency, 2);
});

for (const value of [0, -1, 1.5, NaN, "2" as unknown as number]) {
  Deno.test(`concurrency refuses ${Deno.inspect(value)}`, async () => {
    assertThrows(() => openLoop({ concurrency: value }), RangeError);
    await using loop = openLoop({ concurrency: 2 });
    assertThrows(
      () => loop.concurrency = value,
      RangeError,
      "whole number, 1 or more",
    );
    assertEquals(loop.concurrency, 2);
  });
}

Deno.test("the queue goes by priority, then by age", async () => {
  await using loop = openLoop({ concurrency: 1 });
  using gate = new Gate();
  loop.submit(tasks.waitAt, [gate.key, 0]);
  const priorities = [0, 5, -1, 5, undefined, 2.5, -1, 0];
  const handles = priorities.map((priority, n) =>
    loop.submit(
      tasks.echo,
      [n],
      priority === undefined ? {} : { priority },
    )
  );
  const order: number[] = [];
  gate.open();
  for await (const handle of loop.asCompleted(handles)) {
    order.push(handle.result());
  }
  assertEquals(order, [1, 3, 5, 0, 4, 7, 2, 6]);
});

Deno.test("a later task of a higher priority overtakes those that wait, and none that runs", async () => {
  await using loop = openLoop({ concurrency: 1 });
  const { gates, handles } = submitGated(loop, 2);
  const urgent = loop.submit(tasks.echo, [7], { priority: 1 });
  await gates[0]!.arrivals();
  assertEquals(states([...handles, urgent]), "rqq");
  gates[0]!.open();
  await urgent;
  await gates[1]!.arrivals();
  assertEquals(states([...handles, urgent]), "srs");
});

for (const priority of [NaN, Infinity, "high" as unknown as number]) {
  Deno.test(`submit refuses the priority ${Deno.inspect(priority)}`, async () => {
    await using loop = openLoop();
    const options = { priority };
    assertThrows(
      () => loop.submit(() => 1, [], options),
      TypeError,
      "as priority",
    );
  });
}

Deno.test("cancelling what is queued spares what runs", async () => {
  await using loop = openLoop({ concurrency: 1 });
  const { gates, handles } = submitGated(loop, 3);
  await gates[0]!.arrivals();
  const queued = loop.list().filter(({ state }) => state === "queued");
  const results = await Promise.all(queued.map((handle) => handle.cancel()));
  assertEquals(results, ["cancelled", "cancelled"]);
  assertEquals(states(handles), "rcc");
  gates[0]!.open();
  assertEquals(await handles[0], 0);
});

Deno.test("a cancelled task keeps its place till it has really stopped", async () => {
  await using loop = openLoop({ concurrency: 1 });
  using started = new Gate();
  using gate = new Gate();
  const first = loop.submit(tasks.cleanUpTill, [started.key, gate.key]);
  const next = loop.submit(tasks.echo, [1]);
  await started.arrivals();
  const cancelled = first.cancel("stop", { grace: PATIENCE_MS });
  await gate.arrivals();
  await loop.exportsOf("node:path");
  assertEquals([next.state, loop.health().running], ["queued", 1]);
  gate.open();
  assertEquals([await cancelled, await next], ["cancelled", 1]);
});

Deno.test("a task that ran into its timeout keeps its place till it has really stopped", async () => {
  await using loop = openLoop({ concurrency: 1 });
  using started = new Gate();
  using gate = new Gate();
  const first = loop.submit(
    tasks.cleanUpTill,
    [started.key, gate.key],
    { grace: PATIENCE_MS },
  );
  const next = loop.submit(tasks.echo, [1]);
  await started.arrivals();
  first.setTimeout(0);
  await gate.arrivals();
  await loop.exportsOf("node:path");
  assertEquals([first.cancelling, next.state], [true, "queued"]);
  gate.open();
  assertEquals(await next, 1);
});

Deno.test("an abandoned task frees its place, though it really runs", async () => {
  await using loop = openLoop({ concurrency: 1 });
  using gate = new Gate();
  const first = loop.submit(tasks.ignoreTill, [gate.key, 1]);
  const next = loop.submit(tasks.echo, [1]);
  await gate.arrivals();
  await first.cancel("stop", { grace: 0 });
  assertEquals(await next, 1);
  assertEquals([first.abandoned, loop.health().running], [true, 0]);
});

Deno.test("a queued task that is cancelled frees nothing", async () => {
  await using loop = openLoop({ concurrency: 1 });
  const { gates, handles } = submitGated(loop, 3);
  await gates[0]!.arrivals();
  await handles[1]!.cancel();
  await loop.exportsOf("node:path");
  assertEquals(states(handles), "rcq");
});

Deno.test("a task that is cancelled in the turn in which it got its place gives it back", async () => {
  await using loop = openLoop({ concurrency: 1 });
  const { gates, handles } = submitGated(loop, 2);
  await gates[0]!.arrivals();
  gates[0]!.open();
  const [first, second] = handles;
  // Told of the end before anything else runs, with the next just placed.
  const cancelled = first!.then(() => second!.cancel());
  assertEquals(await cancelled, "cancelled");
  await until(() => second!.done);
  await loop.exportsOf("node:path");
  assertEquals(loop.health().running, 0);
});

/** Ways to stop many tasks at once, of which some wait. */
const STOPS: Readonly<
  Record<string, (loop: LoopController, group: TaskGroup) => unknown>
> = {
  "close": (loop) => loop.close({ cancel: true }),
  "TaskGroup.cancel": (_, group) => group.cancel(),
};

for (const [how, stop] of Object.entries(STOPS)) {
  Deno.test(`${how} starts none of those that wait, in the places of those that run`, async () => {
    await using loop = openLoop({ concurrency: 100 });
    using gate = new Gate();
    using never = new Gate();
    const group = loop.gather([
      ...Array.from({ length: 100 }, () => gate.key),
      ...Array.from({ length: 50 }, () => never.key),
    ].map((key) => [tasks.waitAt, [key, 0]] as const));
    await gate.arrivals(100);
    await stop(loop, group as unknown as TaskGroup);
    assertEquals(never.arrived, 0);
  });
}

Deno.test("isolatedConcurrency bounds how many processes there are, and holds up no other task", async () => {
  await using loop = openLoop({ isolatedConcurrency: 1 });
  const isolate = true;
  const first = loop.submit(
    async () => {
      console.log(Deno.pid);
      await task.sleep(Infinity);
    },
    [],
    { isolate },
  );
  await until(() => first.logs().length > 0);
  const pid = Number(first.logs()[0]!.text);
  const isGone = async (pid: number) => {
    const { default: process } = await import("node:process");
    try {
      process.kill(pid, 0);
      return false;
    } catch {
      return true;
    }
  };
  const second = loop.submit(isGone, [pid], { isolate });
  const third = loop.submit(isGone, [pid], { isolate, priority: 1 });
  assertEquals(await loop.submit((n: number) => n, [4]), 4);
  assertEquals(states([first, second, third]), "rqq");
  assertEquals(loop.health().queued, 2);
  await second.cancel();
  assertEquals(await first.cancel(), "cancelled");
  assertEquals(await third, true);
});

Deno.test("a task that waits for a process is overtaken in its queue by none that came later", async () => {
  await using loop = openLoop({ isolatedConcurrency: 1, concurrency: 1 });
  using gate = new Gate();
  const ended: string[] = [];
  const note = (name: string) => () => void ended.push(name);
  const first = loop.submit(tasks.waitAt, [gate.key, 0]);
  const second = loop.submit(() => 0, [], { isolate: true });
  const third = loop.submit(() => 0);
  second.then(note("second"));
  third.then(note("third"));
  await gate.arrivals();
  gate.open();
  await Promise.all([first, second, third]);
  assertEquals(ended, ["second", "third"]);
});
