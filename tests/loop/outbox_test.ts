import { assertEquals } from "@std/assert";
import { Details, type LoopTask } from "../../src/loop/loop_task.ts";
import { Outbox } from "../../src/loop/outbox.ts";
import type { FromLoop } from "../../src/protocol/messages.ts";
import { Timers } from "../../src/timers.ts";
import { HandClock } from "../hand_clock.ts";

/** Longer than reports are gathered for, in milliseconds. */
const LONG = 1000;

/** An outbox by a clock that stands still, and what it has posted. */
function setUp(): { clock: HandClock; outbox: Outbox; posts: FromLoop[][] } {
  const clock = new HandClock();
  const posts: FromLoop[][] = [];
  const outbox = new Outbox({
    timers: new Timers(clock),
    post: (batch) => posts.push([...batch]),
    backlog: () => 0,
  });
  return { clock, outbox, posts };
}

/** As much of a task as an outbox looks at. */
function taskOf(id: number): LoopTask {
  return { id, ended: false, details: new Details() } as unknown as LoopTask;
}

function report(outbox: Outbox, task: LoopTask, done: number): void {
  task.details!.report = { done };
  outbox.output.progressed(task);
}

async function macrotask(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

function types(posts: readonly FromLoop[][]): string[][] {
  return posts.map((batch) => batch.map(({ type }) => type));
}

Deno.test("Outbox makes one message of many reports of progress, with the last of each task", async () => {
  const { clock, outbox, posts } = setUp();
  const tasks = [1, 2, 3].map(taskOf);
  for (let n = 1; n <= 1000; n++) {
    for (const task of tasks) report(outbox, task, n);
    await null;
  }
  await macrotask();
  assertEquals(posts, []);
  clock.turn(LONG);
  await macrotask();
  assertEquals(types(posts), [["progress"]]);
  const [message] = posts[0]!;
  assertEquals(message?.type === "progress" && [message.ids, message.done], [
    [1, 2, 3],
    [1000, 1000, 1000],
  ]);
});

Deno.test("Outbox says of progress nothing twice, and nothing when nothing was reported", async () => {
  const { clock, outbox, posts } = setUp();
  const task = taskOf(1);
  report(outbox, task, 1);
  clock.turn(LONG);
  await macrotask();
  clock.turn(LONG);
  report(outbox, task, 2);
  outbox.failed(task, { kind: "text", text: "boom" });
  clock.turn(LONG);
  await macrotask();
  assertEquals(types(posts).flat(), ["progress", "progress", "failed"]);
});

Deno.test("Outbox puts a task's last report before what became of it", async () => {
  for (const end of ["succeeded", "failed", "cancelled", "abandoned"]) {
    const { outbox, posts } = setUp();
    const task = taskOf(1);
    report(outbox, task, 7);
    if (end === "succeeded") outbox.succeeded(task, 1);
    else if (end === "failed") {
      outbox.failed(task, { kind: "text", text: "boom" });
    } else if (end === "cancelled") outbox.cancelled(task);
    else outbox.abandoned(task);
    await macrotask();
    assertEquals(types(posts).flat(), ["progress", end]);
  }
});

Deno.test("Outbox says what became of many tasks in one post, in columns", async () => {
  const { outbox, posts } = setUp();
  for (let id = 1; id <= 100; id++) outbox.succeeded(taskOf(id), id);
  for (let id = 101; id <= 200; id++) outbox.cancelled(taskOf(id));
  await macrotask();
  assertEquals(types(posts), [["succeeded", "cancelled"]]);
});

Deno.test("Outbox does not say that a task has started which has ended meanwhile", async () => {
  const { outbox, posts } = setUp();
  const [ends, goesOn] = [taskOf(1), taskOf(2)];
  outbox.started(ends);
  outbox.started(goesOn);
  ends.ended = true;
  outbox.succeeded(ends, 1);
  await macrotask();
  const [started] = posts.flat().filter(({ type }) => type === "started");
  assertEquals(started?.type === "started" && started.ids, [2]);
});

Deno.test("Outbox bounds the lines that wait for a post, and counts those it drops", async () => {
  const { outbox, posts } = setUp();
  for (let n = 0; n < 10_000; n++) {
    outbox.output.log(1, { at: 0, level: "log", text: String(n) });
  }
  await macrotask();
  const [message] = posts.flat();
  if (message?.type !== "log") throw new TypeError("no log");
  assertEquals(message.entries.length + message.dropped, 10_000);
  assertEquals(message.entries.length <= 2000, true);
  assertEquals(message.entries.at(-1)?.text, "9999");
});
