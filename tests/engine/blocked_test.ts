/** A loop that is blocked is seen, and holds up nothing but itself. */
import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import {
  type LoopController,
  type TaskHandle,
  taskModule,
  TimeoutError,
} from "../../mod.ts";
import { epochNow } from "../../src/clock.ts";
import { openLoop } from "../helpers.ts";
import { until } from "../until.ts";
import type { EngineName } from "./contract/suite.ts";
import { Fifo } from "./fifo.ts";

declare const task: typeof import("../../src/task_api.ts").task;

const ENGINES: readonly EngineName[] = ["worker", "process"];

const { blockOn } = taskModule<typeof import("./blocking.ts")>(
  import.meta.resolve("./blocking.ts"),
);

/** To wait at without yielding. */
const CELL = new Int32Array(new SharedArrayBuffer(4));

const block = (path: string): string => Deno.readTextFileSync(path);

/** Resolves once the loop is in the hands of a task that does not yield. */
async function blocked(
  loop: LoopController,
  fifo: Fifo,
): Promise<{ readonly handle: TaskHandle<string> }> {
  const handle = loop.submit(block, [fifo.path]);
  await fifo.arrival();
  await until(() => loop.health().state === "blocked");
  // A handle alone would be awaited.
  return { handle };
}

for (const isolation of ENGINES) {
  Deno.test(`health of a ${isolation} tells of a blocked loop, since when and by whom`, async () => {
    await using fifo = await Fifo.make();
    await using loop = openLoop({ isolation });
    assertEquals(await loop.submit(() => 1), 1);
    await until(() => loop.health().state === "responsive");
    const { handle } = await blocked(loop, fifo);
    await until(() => loop.health().lastStarted === handle.id);
    const { blockedMs, running } = loop.health();
    assert(blockedMs > 0);
    assertEquals(running, 1);
    await until(() => loop.health().blockedMs > blockedMs);
    assertEquals(handle.state, "running");
    await fifo.open("let go");
    assertEquals(await handle, "let go");
    await until(() => loop.health().state === "responsive");
  });

  Deno.test(`health of a ${isolation} names what blocks it though another has begun since, while its module was loaded`, async () => {
    await using fifo = await Fifo.make();
    await using loop = openLoop({ isolation });
    const blocker = loop.submit(blockOn, [fifo.path]);
    const other = loop.submit(() => task.sleep(Infinity));
    await fifo.arrival();
    await until(() => loop.health().lastStarted === blocker.id);
    await until(() => other.state === "running");
    await fifo.open();
    await blocker;
  });

  Deno.test(`a ${isolation} that is starting is not taken for blocked`, async () => {
    await using loop = openLoop({ isolation });
    const first = loop.submit(() => 1);
    while (!first.done) {
      assertEquals(loop.health().state, "responsive");
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  });

  Deno.test(`a blocked ${isolation} delays no cancel of what has not begun`, async () => {
    await using fifo = await Fifo.make();
    await using loop = openLoop({ isolation, concurrency: 3 });
    const { handle: first } = await blocked(loop, fifo);
    const sent = loop.submit(() => "begun");
    const spared = loop.submit(() => "spared");
    const queued = loop.submit(() => "begun");
    assertEquals(
      await Promise.all([sent.cancel(), queued.cancel()]),
      ["cancelled", "cancelled"],
    );
    assertEquals([sent.state, queued.state], ["cancelled", "cancelled"]);
    assert(!first.done, "the loop was blocked all the while");
    await fifo.open();
    assertEquals(await spared, "spared");
    const { startedAt } = sent.snapshot();
    assertEquals(startedAt, undefined);
  });

  Deno.test(`a limit fires though its ${isolation} is blocked`, async () => {
    await using fifo = await Fifo.make();
    await using loop = openLoop({ isolation, grace: 0 });
    const limited = loop.submit(() => task.sleep(Infinity), [], {
      timeout: 300_000,
    });
    await until(() => limited.state === "running");
    const { handle: first } = await blocked(loop, fifo);
    first.setTimeout(1);
    const outcome = await first.outcome();
    assert(outcome.state === "cancelled" && !outcome.confirmed);
    assertInstanceOf(outcome.reason, TimeoutError);
    assert(first.abandoned && !limited.done);
    await fifo.open();
    await until(() => !first.abandoned);
    assertEquals(first.state, "cancelled");
  });

  Deno.test(`a limit of a child fires though its ${isolation} is blocked`, async () => {
    await using fifo = await Fifo.make();
    await using loop = openLoop({ isolation, grace: 0 });
    loop.submit(async (path: string) => {
      task.spawn(() => task.sleep(Infinity), [], { timeout: 300 });
      // For the child to be told of.
      await task.sleep(0);
      Deno.readTextFileSync(path);
    }, [fifo.path]);
    await fifo.arrival();
    await until(() => loop.get("1.1") !== undefined);
    const outcome = await loop.get("1.1")!.outcome();
    assert(outcome.state === "cancelled");
    assertInstanceOf(outcome.reason, TimeoutError);
    await fifo.open();
  });

  Deno.test(`a task behind one that blocks a ${isolation} counts its time from when it begins`, async () => {
    await using fifo = await Fifo.make();
    await using next = await Fifo.make();
    await using loop = openLoop({ isolation });
    const { handle: first } = await blocked(loop, fifo);
    const second = loop.submit(block, [next.path]);
    assertEquals(second.state, "queued");
    const before = epochNow();
    await fifo.open();
    await next.arrival();
    await until(() => second.state === "running");
    assert(second.snapshot().startedAt! >= before);
    await next.open();
    await Promise.all([first, second]);
  });

  Deno.test(`a cancel of what blocks a ${isolation} is ignored, and said to be`, async () => {
    await using fifo = await Fifo.make();
    await using loop = openLoop({ isolation });
    const { handle: first } = await blocked(loop, fifo);
    assertEquals(await first.cancel("stop", { grace: 0 }), "ignored");
    assert(first.abandoned);
    await fifo.open();
    await until(() => !first.abandoned);
  });
}

Deno.test("a task that blocks a worker shows as running from its first line on", async () => {
  await using fifo = await Fifo.make();
  await using loop = openLoop();
  const handle = loop.submit(block, [fifo.path]);
  await fifo.arrival();
  assertEquals(handle.state, "running");
  await fifo.open();
  await handle;
});

Deno.test("a task that blocks a process shows as running once the process has told it, to a thread that never yields, too", async () => {
  await using fifo = await Fifo.make();
  await using loop = openLoop({ isolation: "process" });
  const handle = loop.submit(block, [fifo.path]);
  await fifo.arrival();
  while (handle.state === "queued") Atomics.wait(CELL, 0, 0, 1);
  assertEquals(handle.state, "running");
  await fifo.open();
  await handle;
});

Deno.test("what the loop in a process returned before it was blocked comes, also while nobody reads it", async () => {
  await using loop = openLoop({ isolation: "process" });
  await loop.submit(() => 1);
  const handles = Array.from(
    { length: 4000 },
    (_, n) => loop.submit((n: number) => ({ n, text: "x".repeat(1000) }), [n]),
  );
  const endless = loop.submit(() => {
    for (;;);
  });
  // The batch goes out; this thread takes nothing in till all wires are full.
  await Promise.resolve();
  Atomics.wait(CELL, 0, 0, 1000);
  const { notDone } = await loop.wait(handles, { timeout: 20_000 });
  assertEquals(notDone.length, 0);
  assertEquals((await handles[3999]!).n, 3999);
  assertEquals(endless.state, "running");
  await loop.kill();
});
