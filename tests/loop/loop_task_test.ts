/** A task inside its loop, by a clock that the tests turn. */
import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import { settable } from "../../src/clock.ts";
import { CancelledError, TimeoutError } from "../../src/errors.ts";
import { Detaching } from "../../src/loop/children.ts";
import { Details, LoopTask, type TaskHost } from "../../src/loop/loop_task.ts";
import { Outbox } from "../../src/loop/outbox.ts";
import { Resolvable } from "../../src/loop/resolve.ts";
import type { RunOptions } from "../../src/protocol/messages.ts";
import { Timers } from "../../src/timers.ts";
import { HandClock } from "../hand_clock.ts";

const GRACE = 2000;
const HOUR = 3_600_000;
/** A moment of the system's clock. */
const NOON = Date.UTC(2030, 0, 1, 12);

/** A host that does as a loop does, and writes down what it is told. */
class Host implements TaskHost {
  readonly clock = new HandClock();
  readonly timers = new Timers(this.clock);
  readonly wall = new HandClock(NOON);
  readonly deadlines = new Timers(settable(() => this.wall.now(), this.clock));
  readonly outbox = new Outbox({
    timers: this.timers,
    post: () => {},
    backlog: () => 0,
  });
  readonly detaching = new Detaching(this.outbox);
  readonly stopped: Error[] = [];
  readonly givenUp: LoopTask[] = [];

  get receivedAt(): number {
    return this.clock.now();
  }

  task(options?: RunOptions): LoopTask {
    return new LoopTask(this, 1, new Resolvable(() => {}), options);
  }

  stop(task: LoopTask, reason: Error, graceMs: number = GRACE): void {
    this.stopped.push(reason);
    task.stop(reason, graceMs);
  }

  runAs<R>(_: unknown, call: () => R): R {
    return call();
  }

  shield(): undefined {}

  abandon(task: LoopTask): void {
    this.givenUp.push(task);
  }

  spawn(): never {
    throw new Error("not here");
  }

  /** The limits that have fired. */
  get fired(): string[] {
    return this.stopped.map((reason) =>
      reason instanceof TimeoutError ? reason.limit : reason.name
    );
  }
}

Deno.test("LoopTask.sleep ends when its time has come, and not before", async () => {
  const host = new Host();
  const order: string[] = [];
  const task = host.task();
  const all = [
    task.sleep(20).then(() => order.push("20")),
    task.sleep(10).then(() => order.push("10")),
    task.sleep(30).then(() => order.push("30")),
  ];
  host.clock.turn(9);
  await Promise.resolve();
  assertEquals(order, []);
  host.clock.turn(1);
  await all[1];
  host.clock.turn(20);
  await Promise.all(all);
  assertEquals(order, ["10", "20", "30"]);
});

Deno.test("LoopTask.stop ends every sleep with the reason, and leaves no timer but the grace's", async () => {
  const host = new Host();
  const task = host.task({ timeout: 500, stall: 500 });
  const sleeps = [task.sleep(1000), task.sleep(Infinity)];
  const reason = new CancelledError("stop");
  task.stop(reason, GRACE);
  for (const sleep of sleeps) {
    assertStrictEquals(await assertRejects(() => sleep), reason);
  }
  task.end();
  assertEquals(host.clock.waiting, 0);
});

Deno.test("LoopTask.sleep in a task that was asked to stop rejects with the reason, once its loop has turned", async () => {
  const host = new Host();
  const task = host.task();
  const reason = new CancelledError("stop");
  task.stop(reason, GRACE);
  let thrown: unknown;
  task.sleep(1000).catch((error) => thrown = error);
  for (let n = 0; n < 10; n++) await null;
  assertEquals(thrown, undefined);
  host.clock.turn(0);
  await null;
  assertStrictEquals(thrown, reason);
});

Deno.test("LoopTask's timeout fires when the task has run for so long", () => {
  const host = new Host();
  const task = host.task({ timeout: 100 });
  host.clock.turn(99);
  assertEquals(host.fired, []);
  host.clock.turn(1);
  assertEquals(host.fired, ["timeout"]);
  assertEquals(task.signal.aborted, true);
});

Deno.test("LoopTask's timeout that is moved counts from the start", () => {
  const host = new Host();
  const task = host.task({ timeout: 100 });
  host.clock.turn(50);
  task.limit("timeout", 200);
  host.clock.turn(149);
  assertEquals(host.fired, []);
  host.clock.turn(1);
  assertEquals(host.fired, ["timeout"]);
});

Deno.test("LoopTask's timeout that is moved to less than what has passed fires now", () => {
  const host = new Host();
  const task = host.task({ timeout: 100 });
  host.clock.turn(50);
  task.limit("timeout", 20);
  host.clock.turn(0);
  assertEquals(host.fired, ["timeout"]);
});

Deno.test("LoopTask's limit that is lifted never fires, and leaves no timer", () => {
  const host = new Host();
  const task = host.task({ timeout: 100, stall: 100 });
  task.limit("timeout", undefined);
  task.limit("stall", undefined);
  assertEquals(host.clock.waiting, 0);
  host.clock.turn(1000);
  assertEquals(host.fired, []);
});

Deno.test("LoopTask's stall limit is moved on by each progress", () => {
  const host = new Host();
  const task = host.task({ stall: 100 });
  for (let n = 0; n < 5; n++) {
    host.clock.turn(99);
    task.progress(n);
  }
  assertEquals(host.fired, []);
  host.clock.turn(99);
  assertEquals(host.fired, []);
  host.clock.turn(1);
  assertEquals(host.fired, ["stall"]);
});

Deno.test("LoopTask's limits fire once, and none after the task was asked to stop", () => {
  const host = new Host();
  const task = host.task({ timeout: 10, stall: 20 });
  task.stop(new CancelledError("stop"), GRACE);
  task.limit("timeout", 1);
  host.clock.turn(100);
  assertEquals(host.fired, []);
});

Deno.test("LoopTask's deadline fires within a second when the system's clock is set past it", () => {
  const host = new Host();
  const task = host.task({ deadline: NOON + HOUR });
  host.clock.turn(10_000);
  assertEquals(host.fired, []);
  host.wall.jump(HOUR);
  host.clock.turn(1000);
  assertEquals(host.fired, ["deadline"]);
  assertEquals(task.signal.aborted, true);
});

Deno.test("LoopTask's deadline does not fire early when the system's clock is set back", () => {
  const host = new Host();
  host.task({ deadline: NOON + 20 });
  host.wall.jump(-HOUR);
  host.clock.turn(HOUR);
  assertEquals(host.fired, []);
  host.wall.jump(HOUR + 20);
  host.clock.turn(1000);
  assertEquals(host.fired, ["deadline"]);
});

Deno.test("LoopTask's timeout and stall limit do not follow the system's clock", () => {
  const host = new Host();
  host.task({ timeout: HOUR });
  host.task({ stall: HOUR });
  host.wall.jump(2 * HOUR);
  host.clock.turn(HOUR - 1);
  assertEquals(host.fired, []);
  host.wall.jump(-3 * HOUR);
  host.clock.turn(1);
  assertEquals(host.fired, ["timeout", "stall"]);
});

Deno.test("LoopTask is given up when its grace is over, and not before", () => {
  const host = new Host();
  const task = host.task();
  task.stop(new CancelledError("stop"), 100);
  host.clock.turn(99);
  assertEquals(host.givenUp, []);
  host.clock.turn(1);
  assertEquals(host.givenUp, [task]);
});

Deno.test("LoopTask that ends within its grace is not given up", () => {
  const host = new Host();
  const task = host.task();
  task.stop(new CancelledError("stop"), 100);
  task.end();
  host.clock.turn(1000);
  assertEquals(host.givenUp, []);
});

Deno.test("LoopTask that is asked to stop again is only ever given less time", () => {
  const host = new Host();
  const task = host.task();
  task.stop(new CancelledError("first"), 100);
  host.clock.turn(50);
  task.stop(new CancelledError("longer"), 1000);
  task.stop(new CancelledError("shorter"), 10);
  host.clock.turn(10);
  assertEquals(host.givenUp, [task]);
  assertEquals(task.signal.reason.message, "first");
  host.clock.turn(1000);
  assertEquals(host.givenUp.length, 1);
});

Deno.test("LoopTask.progress says nothing after the end, nor after it was given up", () => {
  const host = new Host();
  const ended = host.task();
  ended.progress(1);
  assertEquals(host.outbox.output.takeAll().length, 1);
  ended.end();
  ended.progress(2);
  assertEquals(ended.details?.report, { done: 1 });
  const abandoned = host.task();
  abandoned.abandoned = true;
  abandoned.progress(3);
  assertEquals(abandoned.details?.report, undefined);
  assertEquals(host.outbox.output.takeAll(), []);
});

Deno.test("LoopTask.progress makes numbers and a text of what it is given, or throws at once", () => {
  const host = new Host();
  const task = host.task();
  task.progress("3" as never, true as never, { toString: () => "n" } as never);
  assertEquals(task.details?.report, { done: 3, total: 1, note: "n" });
  assertThrows(() => task.progress(Symbol("s") as never), TypeError);
});

Deno.test("LoopTask's signal is one, and has the reason whether it is read before or after", () => {
  const host = new Host();
  const early = host.task();
  const { signal } = early;
  assertStrictEquals(early.signal, signal);
  const reason = new CancelledError("stop");
  early.stop(reason, GRACE);
  assertStrictEquals(signal.reason, reason);
  const late = host.task();
  late.stop(reason, GRACE);
  assert(late.signal.aborted);
  assertStrictEquals(late.signal.reason, reason);
});

Deno.test("LoopTask.stop stops its children, for a reason that names it", () => {
  const host = new Host();
  const parent = host.task();
  const resolvable = new Resolvable(() => {});
  const details = new Details(parent);
  const child = new LoopTask(host, "1.1", resolvable, undefined, details);
  parent.makeDetails().children = new Set([child]);
  const reason = new CancelledError("stop");
  parent.stop(reason, 100);
  assertInstanceOf(child.stopReason, CancelledError);
  assertStrictEquals(child.stopReason.cause, reason);
  assertEquals(host.stopped, [child.stopReason], "and the host is told");
  host.clock.turn(100);
  assertEquals(new Set(host.givenUp), new Set([parent, child]));
});
