/** A kill stops for certain, or says that it could not. */
import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertMatch,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import { LoopLostError, type TaskHandle, taskModule } from "../../mod.ts";
import { Gate } from "../gate.ts";
import { RUN } from "../command_line.ts";
import { deno, openLoop } from "../helpers.ts";
import { until } from "../until.ts";
import type { EngineName } from "./contract/suite.ts";
import { Fifo } from "./fifo.ts";
import { isRunning } from "../processes.ts";

declare const task: typeof import("../../src/task_api.ts").task;

const blocking = taskModule<typeof import("./blocking.ts")>(
  import.meta.resolve("./blocking.ts"),
);

const ENGINES: readonly EngineName[] = ["worker", "process"];

const sleep = (): Promise<void> => task.sleep(Infinity);

async function running<H extends TaskHandle>(
  handle: H,
): Promise<{ handle: H }> {
  await until(() => handle.state === "running");
  return { handle };
}

for (const isolation of ENGINES) {
  Deno.test(`kill in a ${isolation} stops a task that ignores its signal`, async () => {
    await using loop = openLoop({ isolation });
    const { handle } = await running(loop.submit(async () => {
      for (;;) await task.sleep(1).catch(() => new Promise(() => {}));
    }));
    const { confirmed, lost, resubmitted } = await handle.kill("no more");
    assertEquals([confirmed, lost, resubmitted], [true, [], []]);
    const outcome = await handle.outcome();
    assert(outcome.state === "cancelled" && outcome.confirmed);
    assertEquals(outcome.reason.message, "no more");
    assertEquals(await loop.submit(() => 1), 1);
  });

  Deno.test(`kill in a ${isolation} takes an Error as the reason`, async () => {
    await using loop = openLoop({ isolation, concurrency: 1 });
    const { handle } = await running(loop.submit(sleep));
    const queued = loop.submit(sleep);
    const why = new RangeError("over budget");
    for (const one of [queued, handle]) {
      await one.kill(why);
      assertStrictEquals(assertThrows(() => one.result()), why);
    }
  });

  Deno.test(`kill in a ${isolation} names the siblings that are lost and those that run again`, async () => {
    await using loop = openLoop({ isolation });
    const { handle } = await running(loop.submit(sleep));
    const { handle: sibling } = await running(loop.submit(sleep));
    const { handle: again } = await running(
      loop.submit(sleep, [], { onLoopLost: "resubmit" }),
    );
    const finished = loop.submit(() => "kept");
    await finished;
    const { lost, resubmitted } = await handle.kill();
    assertEquals([lost, resubmitted], [[sibling], [again]]);
    const outcome = await sibling.outcome();
    assert(outcome.state === "failed");
    assertInstanceOf(outcome.error, LoopLostError);
    assertEquals(outcome.error.taskId, sibling.id);
    assertEquals(
      (outcome.error.cause as Error).message,
      `it was ended to kill task ${handle.id}`,
    );
    assertEquals(finished.result(), "kept");
    assert(!again.done && !again.cancelling);
    await running(again);
    assertEquals(await again.cancel(), "cancelled");
  });

  Deno.test(`a task that is run again after a kill in a ${isolation} begins afresh`, async () => {
    await using loop = openLoop({ isolation });
    const { handle: killed } = await running(loop.submit(sleep));
    const again = loop.submit(
      async () => {
        task.progress(task.attempt, 10);
        if (task.attempt < 2) throw new Error("the first attempt");
        await task.sleep(Infinity);
      },
      [],
      {
        onLoopLost: "resubmit",
        retry: { attempts: 2, backoff: 1 },
        stallTimeout: 600_000,
      },
    );
    await until(() => again.snapshot().progress?.done === 2);
    await killed.kill();
    const { attempt, progress, remainingMs } = again.snapshot();
    assertEquals([attempt, progress, remainingMs], [1, undefined, undefined]);
    await until(() => again.snapshot().progress?.done === 2);
    await again.cancel();
  });

  Deno.test(`a task in a ${isolation} is not run again whose child ends the loop`, async () => {
    await using loop = openLoop({ isolation });
    const options = { onLoopLost: "resubmit" } as const;
    const { handle: again } = await running(loop.submit(sleep, [], options));
    const parent = loop.submit(
      async () => {
        await task.spawn(async () => {
          await task.spawn(() => Deno.exit(3));
        });
      },
      [],
      options,
    );
    const outcome = await parent.outcome();
    assert(outcome.state === "failed");
    assertInstanceOf(outcome.error, LoopLostError);
    assertMatch(
      outcome.error.message,
      /task 2 was running .*: task 2\.1\.1 called Deno\.exit\(3\)/,
    );
    assertEquals(again.done, false);
    await again.cancel();
  });

  Deno.test(`kill in a ${isolation} of a task in the queue cancels it and ends no loop`, async () => {
    await using loop = openLoop({ isolation, concurrency: 1 });
    const { handle: first } = await running(loop.submit(sleep));
    const waiting = loop.submit(() => 1);
    assertEquals(await waiting.kill(), {
      confirmed: true,
      lost: [],
      resubmitted: [],
    });
    assertEquals([waiting.state, first.state], ["cancelled", "running"]);
  });

  Deno.test(`kill in a ${isolation} of a task that has ended harms no other`, async () => {
    await using loop = openLoop({ isolation });
    const { handle: sibling } = await running(loop.submit(sleep));
    const ended = loop.submit(() => 1);
    await ended;
    await ended.kill();
    assertEquals([ended.result(), sibling.state], [1, "running"]);
  });

  Deno.test(`kill in a ${isolation} that has not started yet spares the queue`, async () => {
    await using loop = openLoop({ isolation, concurrency: 1 });
    const first = loop.submit(sleep);
    const second = loop.submit(() => 2);
    await first.kill();
    assertEquals(first.peek()?.state, "cancelled");
    assertEquals(await second, 2);
  });

  Deno.test(`a task in a ${isolation} is run again three times at most`, async () => {
    await using loop = openLoop({ isolation });
    const again = loop.submit(sleep, [], { onLoopLost: "resubmit" });
    for (let loss = 1; loss <= 4; loss++) {
      await running(again);
      const { handle } = await running(loop.submit(sleep));
      const { lost, resubmitted } = await handle.kill();
      assertEquals(loss <= 3 ? resubmitted : lost, [again]);
    }
    assertEquals((await again.outcome()).state, "failed");
  });

  Deno.test(`the children of a task in a ${isolation} that is run again are its new ones`, async () => {
    await using loop = openLoop({ isolation });
    const parent = loop.submit(
      async () => {
        task.spawn(() => task.sleep(Infinity));
        await task.sleep(Infinity);
      },
      [],
      { onLoopLost: "resubmit" },
    );
    await until(() => loop.get("1.1")?.state === "running");
    const before = loop.get("1.1")!;
    await (await running(loop.submit(sleep))).handle.kill();
    assertEquals(before.state, "failed");
    await until(() => loop.get("1.1")?.state === "running");
    loop.collect();
    assertEquals(loop.get("1.1")?.state, "running");
    assertEquals(await parent.cancel(), "cancelled");
    assertEquals(loop.get("1.1")?.state, "cancelled");
  });

  Deno.test(`an isolated task of a ${isolation} loop is killed alone, and its process is gone`, async () => {
    await using loop = openLoop({ isolation });
    const { handle: sibling } = await running(loop.submit(sleep));
    const isolated = loop.submit(
      () => {
        console.log(Deno.pid);
        return task.sleep(Infinity);
      },
      [],
      { isolate: true },
    );
    await until(() => isolated.logs().length > 0);
    const pid = Number(isolated.logs()[0]!.text);
    assert(pid !== Deno.pid && isRunning(pid));
    const { confirmed, lost } = await isolated.kill();
    assertEquals([confirmed, lost, isRunning(pid)], [true, [], false]);
    assertEquals(sibling.state, "running");
  });

  Deno.test(`an isolated task of a ${isolation} loop takes its process along when it ends`, async () => {
    await using loop = openLoop({ isolation });
    const pid = await loop.submit(() => Deno.pid, [], { isolate: true });
    await until(() => !isRunning(pid));
    assertEquals(await loop.submit(() => 1), 1);
  });
}

for (const isolation of ENGINES) {
  Deno.test(`a kill of what blocks a ${isolation} says of those behind it what is known of their start`, async () => {
    await using fifo = await Fifo.make();
    await using loop = openLoop({ isolation });
    const blocker = loop.submit(blocking.blockOn, [fifo.path]);
    await fifo.arrival();
    const behind = loop.submit(() => 1);
    const again = loop.submit(() => 2, [], { onLoopLost: "resubmit" });
    await until(() => loop.health().state === "blocked");
    assertEquals(behind.state, "queued");
    await blocker.kill();
    await fifo.open();
    const outcome = await behind.outcome();
    assert(outcome.state === "failed");
    assertInstanceOf(outcome.error, LoopLostError);
    const { begun, message, running } = outcome.error;
    // What the shared state tells of a worker goes with the memory of a process.
    assertEquals(begun, isolation === "worker" ? false : undefined);
    const known = begun === false ? "had not begun" : "may have begun";
    assertMatch(message, new RegExp(`^task 2 ${known} when its loop ended: `));
    assertEquals(running, [1]);
    assertEquals(await again, 2);
    await until(() => !blocker.abandoned);
  });

  Deno.test(`a group in a ${isolation} that cancels the rest comes to its end when the loop is lost that it waits for`, async () => {
    await using fifo = await Fifo.make();
    await using loop = openLoop({ isolation });
    const blocker = loop.submit(blocking.blockOn, [fifo.path]);
    await fifo.arrival();
    const group = loop.gather([[() => 1], [() => 2], [() => 3]], {
      onFailure: "cancel-rest",
    });
    await until(() => loop.health().state === "blocked");
    await blocker.kill();
    await fifo.open();
    const states = (await group.outcomes()).map(({ state }) => state);
    assertEquals(states, ["failed", "cancelled", "cancelled"]);
    assertEquals(await loop.submit(() => 1), 1);
    await until(() => !blocker.abandoned);
  });
}

Deno.test("the process of an isolated task that was given up goes when the task really ends", async () => {
  await using loop = openLoop();
  const isolated = loop.submit(
    async () => {
      console.log(Deno.pid);
      await task.sleep(Infinity).catch(() => {});
      await new Promise((resolve) => setTimeout(resolve, 50));
    },
    [],
    { isolate: true },
  );
  await until(() => isolated.logs().length > 0);
  const pid = Number(isolated.logs()[0]!.text);
  assertEquals(await isolated.cancel("now", { grace: 0 }), "ignored");
  await until(() => !isolated.abandoned);
  await until(() => !isRunning(pid));
  assertMatch(isolated.logs().at(-1)!.text, /after it had been given up/);
});

Deno.test("kill of a process stops what never yields, and what it has started", async () => {
  await using loop = openLoop({ isolation: "process" });
  const handle = loop.submit(() => {
    const { pid } = new Deno.Command("sleep", { args: ["600"] }).spawn();
    console.log(`${Deno.pid} ${pid}`);
    setTimeout(() => {
      for (;;);
    }, 1);
    return task.sleep(Infinity);
  });
  await until(() => handle.logs().length > 0);
  const pids = handle.logs()[0]!.text.split(" ").map(Number);
  assertEquals(pids.map(isRunning), [true, true]);
  await until(() => loop.health().state === "blocked");
  const { confirmed } = await handle.kill();
  assertEquals([confirmed, isRunning(pids[0]!)], [true, false]);
  await until(() => !isRunning(pids[1]!));
});

Deno.test("kill of a process is confirmed also where this thread blocks until then", async () => {
  await using loop = openLoop({ isolation: "process" });
  const { handle } = await running(loop.submit(sleep));
  const killed = handle.kill("no more");
  loop.waitSync([handle]);
  assertEquals(handle.abandoned, false);
  assertEquals((await killed).confirmed, true);
});

Deno.test("kill of a worker that is blocked says so, and what blocks it stays listed till it yields", async () => {
  const gate = new Gate();
  await using loop = openLoop();
  const { handle: sibling } = await running(loop.submit(sleep));
  const handle = loop.submit(blocking.blockTill, [gate.key]);
  await gate.arrivals();
  const { confirmed, lost } = await handle.kill();
  assertEquals([confirmed, lost], [false, [sibling]]);
  const outcome = await handle.outcome();
  assert(outcome.state === "cancelled" && !outcome.confirmed);
  assert(handle.abandoned);
  assertEquals(
    loop.collect(),
    [handle, sibling].sort((a, b) => Number(a.id) - Number(b.id)),
  );
  assertEquals(loop.list(), [handle]);
  assertEquals(await loop.submit(() => 1), 1);
  gate.open();
  await until(() => !handle.abandoned);
  loop.collect();
  assertEquals(loop.list(), []);
});

Deno.test("kill of a task that never yields says so, and the program goes on and exits", async () => {
  const { code, stdout } = await deno([...RUN, "tests/engine/burning.ts"]);
  assertEquals(stdout.trim().split("\n"), [
    "ignored",
    "false [ 1 ]",
    "the next loop works",
    "responsive cancelled true failed",
    '[ "1 false", "2 true", "3 false" ]',
  ]);
  assertEquals(code, 3);
});

Deno.test("a controller that was killed starts nothing any more", async () => {
  await using loop = openLoop();
  const { handle } = await running(loop.submit(sleep));
  await handle.kill();
  loop.kill();
  assertEquals(loop.health().state, "closed");
  assertEquals([loop.logs(), loop.list()], [[], [handle]]);
});
