import {
  assert,
  assertEquals,
  assertGreater,
  assertInstanceOf,
  assertLessOrEqual,
  assertMatch,
  assertThrows,
} from "@std/assert";
import {
  type Limit,
  type LoopController,
  type SubmitOptions,
  type TaskHandle,
  TimeoutError,
} from "../../mod.ts";
import { Gate } from "../gate.ts";
import { openLoop } from "../helpers.ts";
import { tasks } from "../tasks.ts";

const HOUR = 3_600_000;

/** A task that waits at a gate that nobody opens, and is running. */
async function running(
  loop: LoopController,
  gate: Gate,
  options?: SubmitOptions,
): Promise<[TaskHandle<number>]> {
  const before = gate.arrived;
  const handle = loop.submit(tasks.waitAt, [gate.key, 1], options);
  await gate.arrivals(before + 1);
  return [handle];
}

/** The limit that fired. */
async function fired(handle: TaskHandle): Promise<TimeoutError> {
  const outcome = await handle.outcome();
  assert(outcome.state === "cancelled");
  assert(outcome.confirmed);
  assertInstanceOf(outcome.reason, TimeoutError);
  return outcome.reason;
}

function limits(handle: TaskHandle): Record<string, number | undefined> {
  const { timeoutMs, deadlineAt, stallTimeoutMs } = handle.snapshot();
  return { timeoutMs, deadlineAt, stallTimeoutMs };
}

/** A task at a gate that runs into the limit after it has begun. */
async function runInto(
  limit: Exclude<Limit, "wait">,
  loop: LoopController,
  gate: Gate,
  what: typeof tasks.waitAt,
): Promise<[TaskHandle<number>]> {
  // The time to load its module counts, and it would not begin after that.
  await loop.submit(tasks.echo, [1]);
  const options = limit === "stall" ? { stallTimeout: 20 } : {};
  const handle = loop.submit(what, [gate.key, 1], options);
  await gate.arrivals();
  if (limit === "timeout") handle.setTimeout(20);
  if (limit === "deadline") handle.setDeadline(Date.now());
  return [handle];
}

/** Resolves when limits of so many milliseconds fire, set now. */
async function pass(loop: LoopController, ms: number): Promise<void> {
  const deadline = Date.now() + ms;
  using gate = new Gate();
  await fired(loop.submit(tasks.waitAt, [gate.key, 1], { deadline }));
}

const MESSAGES: Readonly<Record<Exclude<Limit, "wait">, RegExp>> = {
  timeout: /^task 2 ran for \d+ ms, its timeout is 20 ms$/,
  deadline:
    /^task 2 was not done by its deadline, \d{4}-.*Z, after running for \d+ ms$/,
  stall: /^task 2 made no progress for 20 ms$/,
};

for (const limit of ["timeout", "deadline", "stall"] as const) {
  Deno.test(`${limit} cancels a running task, and its error says which limit it was and after how long`, async () => {
    await using loop = openLoop();
    using gate = new Gate();
    const [handle] = await runInto(limit, loop, gate, tasks.waitAt);
    const error = await fired(handle);
    assertEquals(error.limit, limit);
    assertMatch(error.message, MESSAGES[limit]);
    if (limit !== "deadline") assertEquals(error.ms, 20);
  });

  Deno.test(`${limit} gives up a task that ignores it, as cancel does`, async () => {
    await using loop = openLoop({ grace: 1 });
    using gate = new Gate();
    const [handle] = await runInto(limit, loop, gate, tasks.ignoreTill);
    const outcome = await handle.outcome();
    assert(outcome.state === "cancelled");
    assertEquals(outcome.confirmed, false);
    assertInstanceOf(outcome.reason, TimeoutError);
    assertEquals(handle.abandoned, true);
  });
}

Deno.test("timeout does not count the time in the queue", async () => {
  await using loop = openLoop({ concurrency: 1 });
  using gate = new Gate();
  await running(loop, gate);
  const options = { timeout: 20 };
  const handle = loop.submit(tasks.echo, [1], options);
  await pass(loop, 2 * options.timeout);
  gate.open();
  assertEquals(await handle, 1);
});

Deno.test("deadline counts the time in the queue, and keeps the task from starting", async () => {
  await using loop = openLoop({ concurrency: 1 });
  using gate = new Gate();
  await running(loop, gate);
  const deadline = new Date(Date.now() + 20);
  const handle = loop.submit(tasks.echo, [1], { deadline });
  const error = await fired(handle);
  assertEquals(error.limit, "deadline");
  assertMatch(error.message, /had not started by its deadline/);
  assertEquals(handle.snapshot().startedAt, undefined);
});

Deno.test("deadline that has passed at submit fires at once", async () => {
  await using loop = openLoop();
  using gate = new Gate();
  const options = { deadline: Date.now() - 1000 };
  const handle = loop.submit(tasks.waitAt, [gate.key, 1], options);
  assertEquals((await fired(handle)).limit, "deadline");
});

Deno.test("the limit that is reached first is the one that fires", async () => {
  await using loop = openLoop();
  using gate = new Gate();
  const first = async (options: SubmitOptions) =>
    (await fired(loop.submit(tasks.waitAt, [gate.key, 1], options))).limit;
  const deadline = () => Date.now() + 20;
  const all = [
    await first({ timeout: 20, deadline: Date.now() + HOUR }),
    await first({ timeout: HOUR, deadline: deadline() }),
    await first({ timeout: HOUR, stallTimeout: 20 }),
  ];
  assertEquals(all, ["timeout", "deadline", "stall"]);
});

Deno.test("setTimeout sets a limit on a task that runs, and makes it longer", async () => {
  await using loop = openLoop();
  using gate = new Gate();
  const [handle] = await running(loop, gate);
  assertEquals(limits(handle).timeoutMs, undefined);
  handle.setTimeout(HOUR);
  assertEquals(limits(handle).timeoutMs, HOUR);
  handle.setTimeout(1);
  assertEquals((await fired(handle)).ms, 1);
});

Deno.test("setTimeout that is longer saves a task from its first timeout", async () => {
  await using loop = openLoop();
  using gate = new Gate();
  const timeout = 30;
  const handle = loop.submit(tasks.waitAt, [gate.key, 7], { timeout });
  handle.setTimeout(HOUR);
  await gate.arrivals();
  await pass(loop, 2 * timeout);
  assertEquals(handle.state, "running");
  gate.open();
  assertEquals(await handle, 7);
});

Deno.test("setTimeout that is shorter than what has passed fires now", async () => {
  await using loop = openLoop();
  using gate = new Gate();
  const [handle] = await running(loop, gate, { timeout: HOUR });
  await pass(loop, 30);
  handle.setTimeout(20);
  const error = await fired(handle);
  assertEquals([error.limit, error.ms], ["timeout", 20]);
});

Deno.test("setTimeout of null lifts the limit", async () => {
  await using loop = openLoop();
  using gate = new Gate();
  const timeout = 30;
  const handle = loop.submit(tasks.waitAt, [gate.key, 7], { timeout });
  handle.setTimeout(null);
  assertEquals(limits(handle).timeoutMs, undefined);
  await gate.arrivals();
  await pass(loop, 2 * timeout);
  gate.open();
  assertEquals(await handle, 7);
});

Deno.test("setTimeout of a queued task counts from its start", async () => {
  await using loop = openLoop({ concurrency: 1 });
  using front = new Gate();
  using gate = new Gate();
  await running(loop, front);
  const handle = loop.submit(tasks.waitAt, [gate.key, 1]);
  handle.setTimeout(1);
  await pass(loop, 2);
  assertEquals(handle.state, "queued");
  front.open();
  assertEquals((await fired(handle)).limit, "timeout");
});

Deno.test("setDeadline sets, moves and lifts the deadline of a task that runs", async () => {
  await using loop = openLoop();
  using gate = new Gate();
  const [handle] = await running(loop, gate);
  const soon = Date.now() + 30;
  handle.setDeadline(soon);
  assertEquals(limits(handle).deadlineAt, soon);
  handle.setDeadline(new Date(soon + HOUR));
  assertEquals(limits(handle).deadlineAt, soon + HOUR);
  handle.setDeadline(soon);
  handle.setDeadline(null);
  assertEquals(limits(handle).deadlineAt, undefined);
  await pass(loop, 50);
  assertEquals(handle.state, "running");
  handle.setDeadline(Date.now() - 1);
  assertEquals((await fired(handle)).limit, "deadline");
});

Deno.test("setDeadline moves the deadline of a queued task", async () => {
  await using loop = openLoop({ concurrency: 1 });
  using gate = new Gate();
  await running(loop, gate);
  const submit = (ms: number) =>
    loop.submit(tasks.echo, [1], { deadline: Date.now() + ms });
  const later = submit(20);
  later.setDeadline(Date.now() + HOUR);
  const lifted = submit(20);
  lifted.setDeadline(null);
  const sooner = submit(HOUR);
  sooner.setDeadline(0);
  assertEquals((await fired(sooner)).limit, "deadline");
  await pass(loop, 40);
  assertEquals([later.state, lifted.state], ["queued", "queued"]);
  gate.open();
  assertEquals([await later, await lifted], [1, 1]);
});

Deno.test("snapshot shows each limit, and what is left till the first of them", async () => {
  await using loop = openLoop();
  using gate = new Gate();
  const deadline = Date.now() + 2 * HOUR;
  const [handle] = await running(loop, gate, {
    timeout: 3 * HOUR,
    deadline,
    stallTimeout: 4 * HOUR,
  });
  assertEquals(limits(handle), {
    timeoutMs: 3 * HOUR,
    deadlineAt: deadline,
    stallTimeoutMs: 4 * HOUR,
  });
  const left = (): number => handle.snapshot().remainingMs!;
  assertLessOrEqual(left(), 2 * HOUR);
  assertGreater(left(), HOUR);
  handle.setTimeout(HOUR);
  assertLessOrEqual(left(), HOUR);
  assertGreater(left(), 0);
  handle.setTimeout(null);
  handle.setDeadline(null);
  assertGreater(left(), 3 * HOUR);
});

Deno.test("snapshot says nothing of what is left once the task is asked to stop", async () => {
  await using loop = openLoop();
  using started = new Gate();
  using gate = new Gate();
  const handle = loop.submit(
    tasks.cleanUpTill,
    [started.key, gate.key],
    { timeout: HOUR },
  );
  await started.arrivals();
  assertGreater(handle.snapshot().remainingMs!, 0);
  const cancelled = handle.cancel();
  assertEquals(handle.snapshot().remainingMs, undefined);
  gate.open();
  await cancelled;
  assertEquals(handle.snapshot().remainingMs, undefined);
});

Deno.test("snapshot of a queued task counts its deadline alone", async () => {
  await using loop = openLoop({ concurrency: 1 });
  using gate = new Gate();
  await running(loop, gate);
  const timed = loop.submit(tasks.echo, [1], { timeout: HOUR });
  assertEquals(timed.snapshot().remainingMs, undefined);
  const deadline = Date.now() + HOUR;
  const due = loop.submit(tasks.echo, [1], { deadline });
  assertGreater(due.snapshot().remainingMs!, 0);
});

Deno.test("a task that its timeout has asked to stop shows as cancelling meanwhile", async () => {
  await using loop = openLoop();
  using started = new Gate();
  using gate = new Gate();
  const handle = loop.submit(
    tasks.cleanUpTill,
    [started.key, gate.key],
    { grace: HOUR },
  );
  await started.arrivals();
  handle.setTimeout(0);
  await gate.arrivals();
  await loop.exportsOf("node:path");
  assertEquals([handle.state, handle.cancelling], ["running", true]);
  gate.open();
  assertEquals((await fired(handle)).limit, "timeout");
});

Deno.test("setTimeout does nothing to a task that is asked to stop already", async () => {
  await using loop = openLoop();
  using started = new Gate();
  using gate = new Gate();
  const handle = loop.submit(tasks.cleanUpTill, [started.key, gate.key]);
  await started.arrivals();
  const cancelled = handle.cancel("first", { grace: HOUR });
  await gate.arrivals();
  handle.setTimeout(0);
  handle.setDeadline(0);
  await loop.exportsOf("node:path");
  gate.open();
  assertEquals(await cancelled, "cancelled");
  assertThrows(() => handle.result(), Error, "first");
});

const BAD_MS = [-1, NaN, "5" as unknown as number, 5n as unknown as number];
const BAD_MOMENTS = [
  NaN,
  Infinity,
  -1e20,
  new Date(NaN),
  "tomorrow" as unknown as number,
];

Deno.test("submit refuses limits that are none, naming them, and starts nothing", async () => {
  await using loop = openLoop();
  for (const ms of BAD_MS) {
    for (const limit of ["timeout", "stallTimeout", "grace"]) {
      const options = { [limit]: ms };
      assertThrows(
        () => loop.submit(() => 1, [], options),
        TypeError,
        `as ${limit}: it must be a number of milliseconds`,
      );
    }
  }
  for (const deadline of BAD_MOMENTS) {
    const options = { deadline };
    assertThrows(
      () => loop.submit(() => 1, [], options),
      TypeError,
      "deadline",
    );
  }
  assertEquals(loop.list(), []);
});

Deno.test("setTimeout and setDeadline refuse what is no limit, and change nothing", async () => {
  await using loop = openLoop();
  using gate = new Gate();
  const [handle] = await running(loop, gate, { timeout: HOUR });
  for (const ms of BAD_MS) {
    assertThrows(() => handle.setTimeout(ms), TypeError, "timeout");
  }
  for (const at of BAD_MOMENTS) {
    assertThrows(() => handle.setDeadline(at), TypeError, "deadline");
  }
  assertEquals(limits(handle).timeoutMs, HOUR);
  assertEquals(handle.state, "running");
});

Deno.test("a slot that gets free goes to no task whose deadline has passed", async () => {
  await using loop = openLoop({ concurrency: 1 });
  using gate = new Gate();
  const first = loop.submit(tasks.waitAt, [gate.key, 1]);
  const late = Array.from(
    { length: 20_000 },
    () => loop.submit(() => 5, [], { deadline: Date.now() + 1 }),
  );
  const next = loop.submit(() => "began");
  await gate.arrivals();
  // Blocks this thread: no timer tells that the deadlines pass.
  const passed = Date.now() + 5;
  while (Date.now() < passed);
  gate.open();
  assertEquals(first.resultSync(), 1);
  assertEquals(await next, "began");
  for (const handle of late) {
    const outcome = await handle.outcome();
    assert(outcome.state === "cancelled");
    assertInstanceOf(outcome.reason, TimeoutError);
    assertEquals(outcome.reason.limit, "deadline");
    assertEquals(handle.snapshot().startedAt, undefined);
  }
});
