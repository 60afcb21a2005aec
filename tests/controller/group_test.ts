import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertStrictEquals,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import {
  CancelledError,
  type Outcome,
  type TaskGroup,
  type TaskHandle,
  TimeoutError,
} from "../../mod.ts";
import { Gate } from "../gate.ts";
import { openLoop } from "../helpers.ts";
import { PATIENCE_MS } from "../patience.ts";
import { tasks } from "../tasks.ts";

declare const task: import("../../src/task_api.ts").Task;

/** For tests that leave a failure unread. */
const QUIET = { onWarning: () => {} };

function states(outcomes: readonly Outcome[]): string[] {
  return outcomes.map(({ state }) => state);
}

Deno.test("gather starts its tasks side by side", async () => {
  await using loop = openLoop();
  using gate = new Gate();
  const group = loop.gather([
    [tasks.waitAt, [gate.key, 1]],
    [tasks.waitAt, [gate.key, 2]],
    [tasks.waitAt, [gate.key, 3]],
  ]);
  await gate.arrivals(3);
  assertEquals(group.done, false);
  gate.open();
  assertEquals(await group.results(), [1, 2, 3]);
  assertEquals(group.done, true);
});

Deno.test("gather's members are controllable alone", async () => {
  await using loop = openLoop();
  using gate = new Gate();
  const group = loop.gather([
    [tasks.waitAt, [gate.key, 1]],
    [tasks.waitAt, [gate.key, 2]],
    [tasks.waitAt, [gate.key, 3]],
  ]);
  await gate.arrivals(3);
  const [first, second, third] = group.members;
  assertEquals(await first.cancel("not this one"), "cancelled");
  second.setTimeout(0);
  await second.outcome();
  assertEquals(third.state, "running");
  gate.open();
  assertEquals(await third, 3);
  const outcomes = await group.outcomes();
  assertEquals(states(outcomes), ["cancelled", "cancelled", "succeeded"]);
});

Deno.test("gather types its results by its tasks", async () => {
  await using loop = openLoop();
  const group = loop.gather([
    [() => 1],
    [async (text: string) => await text, ["a"]],
  ]);
  const [number, text]: [number, string] = await group.results();
  assertEquals([number, text], [1, "a"]);
  const handle: TaskHandle<string> = group.members[1];
  assertEquals(handle.result(), "a");
});

Deno.test("gather names its group, and its members show it", async () => {
  await using loop = openLoop();
  const first = loop.gather([[() => 1]]);
  const second = loop.gather([[() => 1]]);
  const named = loop.gather([[() => 1]], { name: "crawl" });
  assertEquals(
    [first, second, named].map(({ name }) => name),
    ["group-1", "group-2", "crawl"],
  );
  assertEquals(named.members[0].group, "crawl");
  assertEquals(named.members[0].snapshot().group, "crawl");
  assertEquals(loop.submit(() => 1).group, undefined);
});

Deno.test("gather's options hold for every member that does not say otherwise", async () => {
  await using loop = openLoop();
  using gate = new Gate();
  const options = { timeout: 5000, priority: 1, grace: 7 };
  const group = loop.gather([
    [tasks.waitAt, [gate.key, 1]],
    [tasks.waitAt, [gate.key, 2], { timeout: 9000, name: "own" }],
  ], options);
  const [first, second] = group.members.map((one) => one.snapshot());
  assertEquals([first!.timeoutMs, first!.priority], [5000, 1]);
  assertEquals([second!.timeoutMs, second!.priority], [9000, 1]);
  assertEquals(second!.name, "own");
});

Deno.test("gather takes an iterable: it submits each entry before it asks for the next, and all before it returns", async () => {
  await using loop = openLoop();
  function* entries(count: number) {
    for (let n = 0; n < count; n++) {
      // Those before it have been started by now.
      assertEquals(loop.list().length, n);
      yield [tasks.echo, [n]] as const;
    }
  }
  const group = loop.gather(entries(3));
  assertEquals(loop.list().length, 3);
  assertEquals((await group.results()).map((n: number) => n + 1), [1, 2, 3]);
  assertEquals(group.members.length, 3);
});

Deno.test("gather of an iterable that throws cancels what it has started, and throws", async () => {
  await using loop = openLoop();
  function* entries() {
    yield [() => task.sleep(Infinity)] as const;
    throw new RangeError("no more");
  }
  assertThrows(() => loop.gather(entries()), RangeError, "no more");
  const [first] = loop.list();
  assertEquals((await first!.outcome()).state, "cancelled");
});

Deno.test("gather of nothing is done", async () => {
  await using loop = openLoop();
  const group = loop.gather([]);
  assertEquals(group.done, true);
  assertEquals(await group.results(), []);
  assertEquals(await group.outcomes(), []);
  assertEquals(await group.cancel(), []);
});

Deno.test("gather that can't start one of its tasks cancels those before it, and throws", async () => {
  await using loop = openLoop({ concurrency: 1 });
  using gate = new Gate();
  assertThrows(
    () =>
      loop.gather([
        [tasks.waitAt, [gate.key, 1]],
        [tasks.waitAt, [gate.key, 2]],
        [tasks.waitAt, [gate.key, (() => 3) as never]],
        [tasks.waitAt, [gate.key, 4]],
      ]),
    DOMException,
    "argument 2 (a function)",
  );
  const { done } = await loop.wait();
  assertEquals(done.map(({ state }) => state), ["cancelled", "cancelled"]);
});

Deno.test("gather's outcomes wait for all, in the order of the members", async () => {
  await using loop = openLoop();
  using gate = new Gate();
  const group = loop.gather([
    [tasks.waitAt, [gate.key, 1]],
    [tasks.fail, ["boom"]],
    [tasks.echo, [3]],
  ]);
  await loop.wait(group.members, { until: "any" });
  const outcomes = group.outcomes();
  gate.open();
  assertEquals(states(await outcomes), ["succeeded", "failed", "succeeded"]);
});

Deno.test("gather that keeps going tells the first failure at once, and the others go on", async () => {
  await using loop = openLoop();
  using gate = new Gate();
  const group = loop.gather([
    [tasks.waitAt, [gate.key, 1]],
    [tasks.fail, ["boom"]],
  ]);
  await assertRejects(() => group.results(), Error, "boom");
  assertEquals(group.members[0].done, false);
  gate.open();
  assertEquals(await group.members[0], 1);
  await assertRejects(() => group.results(), Error, "boom", "and later too");
});

Deno.test("gather with cancel-rest cancels the others when one fails, and tells that failure", async () => {
  await using loop = openLoop({ concurrency: 2 });
  using gate = new Gate();
  using failing = new Gate();
  const group = loop.gather([
    [tasks.waitAt, [gate.key, 1]],
    [tasks.failAt, [failing.key, "boom"]],
    [tasks.waitAt, [gate.key, 3]],
  ], { onFailure: "cancel-rest" });
  await gate.arrivals();
  failing.open();
  await assertRejects(() => group.results(), Error, "boom");
  const outcomes = await group.outcomes();
  assertEquals(states(outcomes), ["cancelled", "failed", "cancelled"]);
  for (const outcome of [outcomes[0], outcomes[2]]) {
    assert(outcome.state === "cancelled");
    assertEquals(outcome.reason.message, "task 2 of its group failed");
  }
  assertEquals(gate.arrived, 1, "the queued one never started");
});

Deno.test("gather with cancel-rest tells its failure when the others have really stopped", async () => {
  await using loop = openLoop(QUIET);
  using started = new Gate();
  using gate = new Gate();
  using failing = new Gate();
  const group = loop.gather([
    [tasks.cleanUpTill, [started.key, gate.key]],
    [tasks.failAt, [failing.key, "boom"]],
  ], { onFailure: "cancel-rest", grace: PATIENCE_MS });
  await started.arrivals();
  let told = false;
  const results = group.results().finally(() => told = true);
  failing.open();
  await gate.arrivals();
  assertEquals(told, false);
  gate.open();
  await assertRejects(() => results, Error, "boom");
  assertEquals(group.done, true);
});

Deno.test("gather with cancel-rest takes a limit that fired for a failure", async () => {
  await using loop = openLoop();
  using gate = new Gate();
  const group = loop.gather([
    [tasks.waitAt, [gate.key, 1]],
    [tasks.waitAt, [gate.key, 2], { timeout: 1 }],
  ], { onFailure: "cancel-rest" });
  await assertRejects(() => group.results(), TimeoutError);
  assertEquals(states(await group.outcomes()), ["cancelled", "cancelled"]);
});

Deno.test("gather with cancel-rest does not take a member that was cancelled for a failure", async () => {
  await using loop = openLoop();
  using gate = new Gate();
  const group = loop.gather([
    [tasks.waitAt, [gate.key, 1]],
    [tasks.waitAt, [gate.key, 2]],
  ], { onFailure: "cancel-rest" });
  await gate.arrivals(2);
  await group.members[0].cancel("not needed");
  assertEquals(group.members[1].done, false);
  gate.open();
  assertEquals(await group.members[1], 2);
  await assertRejects(() => group.results(), CancelledError, "not needed");
});

Deno.test("gather with cancel-rest cancels when a task fails before it is looked at", async () => {
  await using loop = openLoop();
  using gate = new Gate();
  const group = loop.gather([
    [tasks.fail, ["boom"]],
    [tasks.waitAt, [gate.key, 2]],
  ], { onFailure: "cancel-rest" });
  const outcomes = await group.outcomes();
  assertEquals(states(outcomes), ["failed", "cancelled"]);
});

Deno.test("TaskGroup.cancel says of each member what came of it", async () => {
  await using loop = openLoop({ concurrency: 3 });
  using gate = new Gate();
  const group = loop.gather([
    [tasks.echo, [1]],
    [tasks.ignoreTill, [gate.key, 2]],
    [tasks.waitAt, [gate.key, 3]],
    [tasks.waitAt, [gate.key, 4]],
  ]);
  await gate.arrivals(3);
  const queued = loop.submit(tasks.waitAt, [gate.key, 5]);
  assertEquals(
    await group.cancel("stop", { grace: 20 }),
    ["finished", "ignored", "cancelled", "cancelled"],
  );
  assertEquals(queued.done, false, "it is not of the group");
  const outcome = await group.members[3].outcome();
  assert(outcome.state === "cancelled");
  assertEquals(outcome.reason.message, "stop");
});

Deno.test("TaskGroup.setTimeout moves the limit of every member", async () => {
  await using loop = openLoop();
  using gate = new Gate();
  const group = loop.gather([
    [tasks.waitAt, [gate.key, 1]],
    [tasks.waitAt, [gate.key, 2]],
  ]);
  group.setTimeout(PATIENCE_MS);
  const limits = () => group.members.map((one) => one.snapshot().timeoutMs);
  assertEquals(limits(), [PATIENCE_MS, PATIENCE_MS]);
  group.setTimeout(null);
  assertEquals(limits(), [undefined, undefined]);
  group.setTimeout(0);
  for (const outcome of await group.outcomes()) {
    assert(outcome.state === "cancelled");
    assertInstanceOf(outcome.reason, TimeoutError);
  }
});

Deno.test("TaskGroup.setDeadline moves the deadline of every member, those in the queue included", async () => {
  await using loop = openLoop({ concurrency: 1 });
  using gate = new Gate();
  const group = loop.gather([
    [tasks.waitAt, [gate.key, 1]],
    [tasks.waitAt, [gate.key, 2]],
  ]);
  const at = new Date(Date.now() + PATIENCE_MS);
  group.setDeadline(at);
  const limits = () => group.members.map((one) => one.snapshot().deadlineAt);
  assertEquals(limits(), [at.getTime(), at.getTime()]);
  group.setDeadline(null);
  assertEquals(limits(), [undefined, undefined]);
  group.setDeadline(0);
  for (const outcome of await group.outcomes()) {
    assert(outcome.state === "cancelled");
    assertInstanceOf(outcome.reason, TimeoutError);
    assertEquals(outcome.reason.limit, "deadline");
  }
});

Deno.test("awaiting a group gives its results, each of its type, or throws its failure", async () => {
  await using loop = openLoop();
  const [number, text]: [number, string] = await loop.gather([
    [() => 1],
    [() => "a"],
  ]);
  assertEquals([number, text], [1, "a"]);
  const failing = loop.gather([[tasks.echo, [1]], [tasks.fail, ["boom"]]]);
  await assertRejects(async () => await failing, Error, "boom");
});

Deno.test("an async function that returns a group gives its results; inside an array it is the group", async () => {
  await using loop = openLoop();
  const start = () => loop.gather([[tasks.echo, [1]]]);
  const results: [number] = await (async () => await start())();
  assertEquals(results, [1]);
  const [group] = await (async () => await Promise.resolve([start()]))();
  assertEquals(group!.members.length, 1);
});

Deno.test("leaving the scope of a group cancels its members and waits for them", async () => {
  await using loop = openLoop();
  using started = new Gate();
  using gate = new Gate();
  const other = loop.submit(tasks.waitAt, [gate.key, 0]);
  await gate.arrivals();
  let left: TaskGroup;
  {
    await using group = loop.gather([
      [tasks.echo, [1]],
      [tasks.waitAt, [started.key, 2]],
    ]);
    left = group as unknown as TaskGroup;
    await started.arrivals();
  }
  assertEquals(left.done, true);
  const [first, second] = left.members as readonly TaskHandle[];
  assertEquals([first!.state, second!.state], ["succeeded", "cancelled"]);
  assertThrows(() => second!.result(), CancelledError, "scope of group-1");
  assertEquals(other.state, "running", "it is not of the group");
});

Deno.test("TaskGroup.members are the handles that the loop lists", async () => {
  await using loop = openLoop();
  const group = loop.gather([[() => 1], [() => 2]]);
  assertEquals(loop.list(), [...group.members]);
  assertStrictEquals(group.members, group.members);
  assertStrictEquals(loop.get(2), group.members[1]);
});

Deno.test("TaskGroup shows its sums and its first members in the REPL", async () => {
  await using loop = openLoop();
  const crawl = [function crawl(_: string) {}, ["a\n"]] as const;
  const group = loop.gather([crawl], { name: "pages" });
  await group.results();
  const shown = Deno.inspect(group).replace(/[\d.]+ s/, "N s");
  assertEquals(
    shown,
    "TaskGroup pages: 1/1 done, 0 failed [ " +
      'TaskHandle #1 crawl("a\\n"): succeeded, N s ]',
  );
  const many = loop.gather(Array.from({ length: 20 }, () => crawl));
  await many.results();
  assertStringIncludes(Deno.inspect(many), "... 10 more items");
});
