/** Tasks that tasks start. */
import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertMatch,
  assertThrows,
} from "@std/assert";
import {
  CancelledError,
  type LoopController,
  TimeoutError,
} from "../../mod.ts";
import { openLoop } from "../helpers.ts";
import { PATIENCE_MS } from "../patience.ts";
import { until } from "../until.ts";

declare const task: import("../../src/task_api.ts").Task;

function ids(loop: LoopController): unknown[] {
  return loop.list().map(({ id }) => id);
}

Deno.test("task.spawn gives its value to its parent, whatever it is", async () => {
  await using loop = openLoop();
  const handle = loop.submit(async () => {
    const shared = { n: 1 };
    const child = task.spawn(async (to: number) => {
      await task.sleep(1);
      shared.n += to;
      return { shared, call: () => "not cloned" };
    }, [41]);
    const value = await child;
    return [child.id, child.state, value.shared === shared, value.call()];
  });
  assertEquals(await handle, ["1.1", "succeeded", true, "not cloned"]);
  const child = loop.get("1.1")!;
  assertEquals(child.state, "succeeded");
  assertMatch(child.logs()[0]!.text, /its result stays in the loop/);
});

Deno.test("a child shows under its parent, with a name, an id and limits of its own", async () => {
  await using loop = openLoop();
  const handle = loop.submit(async () => {
    const leaf = () => task.sleep(Infinity);
    task.spawn(leaf, [], { name: "first", timeout: 60_000 });
    task.spawn(
      async () => {
        console.log(task.id, task.name);
        await task.spawn(leaf);
      },
      [],
      { name: "second" },
    );
    await task.sleep(Infinity);
  });
  const other = loop.submit(() => task.sleep(Infinity));
  await until(() => loop.list().length === 5);
  assertEquals(new Set(ids(loop)), new Set([1, 2, "1.1", "1.2", "1.2.1"]));
  const [first, second, grandchild] = ["1.1", "1.2", "1.2.1"].map((id) =>
    loop.get(id as `${number}.${number}`)!
  );
  assertEquals([first!.parent, second!.parent], [handle, handle]);
  assertEquals(grandchild!.parent, second);
  const { name, parent, timeoutMs, state } = first!.snapshot();
  assertEquals([name, parent, timeoutMs, state], [
    "first",
    1,
    60_000,
    "running",
  ]);
  assertEquals(grandchild!.name, "leaf");
  assertEquals(second!.logs()[0]?.text, "1.2 second");
  assertEquals(other.parent, undefined);
});

/** How a parent can end while its child sleeps, and its state then. */
const ENDS: Readonly<Record<string, [() => unknown, string]>> = {
  "returns": [() => {
    task.spawn(() => task.sleep(Infinity));
  }, "succeeded"],
  "fails": [() => {
    task.spawn(() => task.sleep(Infinity));
    throw new Error("boom");
  }, "failed"],
  "returns later": [async () => {
    task.spawn(() => task.sleep(Infinity));
    await task.sleep(1);
  }, "succeeded"],
};

for (const [how, [parent, state]] of Object.entries(ENDS)) {
  Deno.test(`a child ends with a parent that ${how}`, async () => {
    await using loop = openLoop();
    const handle = loop.submit(parent);
    assertEquals((await handle.outcome()).state, state);
    await until(() => loop.get("1.1")?.done === true);
    const outcome = loop.get("1.1")!.peek();
    assert(outcome?.state === "cancelled" && outcome.confirmed);
    assertInstanceOf(outcome.reason, CancelledError);
    assertEquals(outcome.reason.message, "its parent, task 1, ended");
  });
}

/** A parent whose child sleeps; both stop when they are asked to. */
async function family(): Promise<void> {
  await task.spawn(() => task.sleep(Infinity));
}

Deno.test("a child is asked to stop with its parent, and says for whom", async () => {
  await using loop = openLoop();
  const handle = loop.submit(family);
  await until(() => loop.get("1.1")?.state === "running");
  assertEquals(await handle.cancel("enough"), "cancelled");
  const outcome = await loop.get("1.1")!.outcome();
  assert(outcome.state === "cancelled" && outcome.confirmed);
  assertInstanceOf(outcome.reason, CancelledError);
  assertEquals(
    outcome.reason.message,
    "its parent, task 1, was asked to stop",
  );
  assertInstanceOf(outcome.reason.cause, CancelledError);
  assertEquals(outcome.reason.cause.message, "enough");
});

Deno.test("a child shows as cancelling while its parent is being stopped", async () => {
  await using loop = openLoop();
  const handle = loop.submit(async () => {
    await task.spawn(async () => {
      try {
        await task.sleep(Infinity);
      } finally {
        const global = globalThis as { letGo?: boolean };
        while (!global.letGo) await new Promise((go) => setTimeout(go, 1));
      }
    });
  });
  await until(() => loop.get("1.1")?.state === "running");
  const cancelled = handle.cancel("stop", { grace: PATIENCE_MS });
  const child = loop.get("1.1")!;
  await until(() => child.cancelling);
  assertEquals([handle.cancelling, child.state], [true, "running"]);
  await loop.submit(() => Object.assign(globalThis, { letGo: true }) && 0);
  assertEquals(await cancelled, "cancelled");
  assertEquals(child.state, "cancelled");
});

Deno.test("a child ends with the timeout of its parent", async () => {
  await using loop = openLoop();
  const handle = loop.submit(family, [], { timeout: 20 });
  const outcome = await handle.outcome();
  assert(outcome.state === "cancelled" && outcome.confirmed);
  assertInstanceOf(outcome.reason, TimeoutError);
  const child = loop.get("1.1")!.peek();
  assert(child?.state === "cancelled" && child.confirmed);
  assertInstanceOf(child.reason, CancelledError);
});

Deno.test("a child can be cancelled by its parent, which goes on", async () => {
  await using loop = openLoop();
  const handle = loop.submit(async () => {
    const child = task.spawn(() => task.sleep(Infinity));
    child.cancel("not needed");
    child.cancel("again");
    const thrown = await child.then(() => "no", (error) => error.message);
    child.cancel("after the end");
    return [thrown, child.state, task.signal.aborted];
  });
  assertEquals(await handle, ["not needed", "cancelled", false]);
  const outcome = loop.get("1.1")!.peek();
  assert(outcome?.state === "cancelled");
  assertEquals(outcome.reason.message, "not needed");
});

Deno.test("a child can be cancelled and limited by its handle, and its parent goes on", async () => {
  await using loop = openLoop();
  const handle = loop.submit(async () => {
    const settled = await Promise.allSettled([
      task.spawn(() => task.sleep(Infinity)),
      task.spawn(() => task.sleep(Infinity)),
    ]);
    return settled.map((one) =>
      one.status === "rejected" ? one.reason.name : "fulfilled"
    );
  });
  await until(() => loop.get("1.2")?.state === "running");
  assertEquals(await loop.get("1.1")!.cancel(), "cancelled");
  loop.get("1.2")!.setTimeout(0);
  assertEquals(await handle, ["CancelledError", "TimeoutError"]);
});

Deno.test("a child that was cancelled cancels its parent with it, if that awaits it and lets the error pass", async () => {
  await using loop = openLoop();
  const handle = loop.submit(async () => {
    await Promise.all([
      task.spawn(async () => void await task.spawn(() => task.sleep(1e9))),
      task.spawn(() => task.sleep(Infinity)),
    ]);
  });
  await until(() => loop.get("1.1.1")?.state === "running");
  await until(() => loop.get("1.2")?.state === "running");
  assertEquals(await loop.get("1.1.1")!.cancel("enough"), "cancelled");
  const outcome = await handle.outcome();
  assert(outcome.state === "cancelled" && outcome.confirmed);
  assertInstanceOf(outcome.reason, CancelledError);
  assertEquals(outcome.reason.message, "enough");
  await until(() => loop.list().every(({ done }) => done));
  const reasons = loop.list().map(({ id, state }) => `${id} ${state}`);
  assertEquals(
    new Set(reasons),
    new Set(["1", "1.1", "1.1.1", "1.2"].map(
      (id) => `${id} cancelled`,
    )),
  );
});

Deno.test("a child that ran into its timeout fails the parent that awaits it", async () => {
  await using loop = openLoop();
  const outcome = await loop.submit(async () => {
    await task.spawn(() => task.sleep(Infinity), [], { timeout: 1 });
  }).outcome();
  assert(outcome.state === "failed");
  assertInstanceOf(outcome.error, TimeoutError);
});

Deno.test("a child that fails fails its parent only if that awaits it", async () => {
  const notices: string[] = [];
  await using loop = openLoop({ onWarning: (notice) => notices.push(notice) });
  const spawns = async (awaits: boolean) => {
    const child = task.spawn(() => {
      throw new RangeError("of the child");
    });
    if (awaits) await child;
    return "unharmed";
  };
  const outcome = await loop.submit(spawns, [true]).outcome();
  assert(outcome.state === "failed");
  assertInstanceOf(outcome.error, RangeError);
  assertEquals(await loop.submit(spawns, [false]), "unharmed");
  await loop.close();
  assertEquals(notices, [], "its parent is the one to read it");
});

Deno.test("a child takes no place, and waits for none", async () => {
  await using loop = openLoop({ concurrency: 1 });
  const handle = loop.submit(async () => {
    const children = [1, 2, 3].map((n) => task.spawn(() => n));
    return await Promise.all(children);
  });
  assertEquals(await handle, [1, 2, 3]);
});

Deno.test("a child that ignores its parent's end is abandoned after its grace", async () => {
  await using loop = openLoop({ grace: 1 });
  const handle = loop.submit(() => {
    task.spawn(() => new Promise(() => {}));
  });
  await handle;
  await until(() => loop.get("1.1")?.done === true);
  const child = loop.get("1.1")!;
  const outcome = child.peek();
  assert(outcome?.state === "cancelled" && !outcome.confirmed);
  assertEquals(outcome.reason.message, "its parent, task 1, ended");
  assertEquals(child.abandoned, true);
});

Deno.test("task.spawn throws in a task that is asked to stop", async () => {
  await using loop = openLoop();
  const handle = loop.submit(async () => {
    await task.sleep(Infinity).catch(() => {});
    try {
      task.spawn(() => 1);
    } catch (error) {
      return (error as Error).message;
    }
  });
  await until(() => handle.state === "running");
  await handle.cancel("no more");
  assertEquals(handle.result(), "no more");
  assertEquals(ids(loop), [1]);
});

Deno.test("task.spawn throws in a task that has ended", async () => {
  await using loop = openLoop();
  const thrown = await loop.submit(() => {
    const told = Promise.withResolvers<string>();
    setTimeout(() => {
      try {
        task.spawn(() => 1);
        told.resolve("nothing");
      } catch (error) {
        told.resolve((error as Error).message);
      }
    }, 1);
    Object.assign(globalThis, { told: told.promise });
  });
  assertEquals(thrown, undefined);
  const told = () => (globalThis as { told?: Promise<string> }).told;
  assertEquals(await loop.submit(told), "its parent, task 1, has ended");
});

Deno.test("task.spawn with options that can't be sent throws, and harms no other task", async () => {
  await using loop = openLoop();
  const handle = loop.submit(() => {
    task.spawn(() => 1, [], { name: Symbol("s") as never });
  });
  const other = loop.submit(() => "unharmed");
  assertEquals((await handle.outcome()).state, "failed");
  assertEquals(await other, "unharmed");
});

/** Options that are wrong, and what is said of each. */
const WRONG: readonly [options: object, error: string][] = [
  [{ timeout: "5s" }, 'TypeError: Cannot use "5s" as timeout'],
  [{ timeout: NaN }, "TypeError: Cannot use NaN as timeout"],
  [{ stallTimeout: -1 }, "TypeError: Cannot use -1 as stallTimeout"],
  [{ grace: "long" }, 'TypeError: Cannot use "long" as grace'],
  [{ deadline: "noon" }, 'TypeError: Cannot use "noon" as deadline'],
  [{ name: 7 }, "TypeError: Cannot use 7 as name"],
  [{ retry: { attempts: 0 } }, "RangeError: Cannot use 0 as retry.attempts"],
];

Deno.test("task.spawn refuses an option that can't be used, as submit does, and starts nothing", async () => {
  await using loop = openLoop();
  const spawn = (options: object) => {
    try {
      task.spawn(() => 1, [], options);
      return "started";
    } catch (error) {
      return String(error);
    }
  };
  for (const [options, error] of WRONG) {
    const said = await loop.submit(spawn, [options]);
    assert(said.startsWith(error), said);
    const submit = () => loop.submit(spawn, [options], options);
    assertEquals(String(assertThrows(submit)), said);
  }
  assertEquals(ids(loop), WRONG.map((_, n) => n + 1));
});

Deno.test("children are collected with their parent", async () => {
  await using loop = openLoop();
  const handle = loop.submit(async () => {
    await task.spawn(() => task.spawn(() => 1));
  });
  await handle;
  assertEquals(ids(loop), [1, "1.1", "1.1.1"]);
  assertEquals(loop.collect(), [handle]);
  assertEquals(ids(loop), []);
});

/** Starts a child that cleans up till `letGo` is called. */
async function startsSlowChild(sleepsMs: number): Promise<void> {
  task.spawn(async () => {
    try {
      await task.sleep(Infinity);
    } finally {
      const global = globalThis as { letGo?: boolean };
      while (!global.letGo) await new Promise((go) => setTimeout(go, 1));
    }
  });
  await task.sleep(sleepsMs);
}

function letGo(): void {
  Object.assign(globalThis, { letGo: true });
}

Deno.test("a parent that has returned is settled when its children have stopped", async () => {
  await using loop = openLoop({ grace: PATIENCE_MS });
  const handle = loop.submit(startsSlowChild, [1]);
  await until(() => loop.get("1.1")?.cancelling === true);
  assertEquals(await loop.submit(() => "turns"), "turns");
  assertEquals([handle.state, handle.cancelling], ["running", false]);
  assertEquals(handle.snapshot().endedAt, undefined);
  await loop.submit(letGo);
  await handle;
  assertEquals(loop.get("1.1")!.state, "cancelled");
});

Deno.test("a parent that was cancelled is settled when its children have stopped, which have the grace of its cancel", async () => {
  await using loop = openLoop({ grace: 1 });
  const handle = loop.submit(startsSlowChild, [Infinity]);
  await until(() => loop.get("1.1")?.state === "running");
  const answer = handle.cancel("stop", { grace: PATIENCE_MS });
  await until(() => loop.get("1.1")?.cancelling === true);
  assertEquals(await loop.submit(() => "turns"), "turns");
  assertEquals([handle.state, handle.cancelling], ["running", true]);
  await loop.submit(letGo);
  assertEquals(await answer, "cancelled");
  const child = loop.get("1.1")!.peek();
  assert(child?.state === "cancelled" && child.confirmed);
});

Deno.test("a parent is settled when its children were abandoned, with its grace at the latest", async () => {
  await using loop = openLoop();
  const handle = loop.submit(startsSlowChild, [Infinity]);
  await until(() => loop.get("1.1")?.state === "running");
  assertEquals(await handle.cancel("stop", { grace: 1 }), "cancelled");
  const child = loop.get("1.1")!;
  assertEquals([child.state, child.abandoned], ["cancelled", true]);
  await loop.submit(letGo);
  await until(() => !child.abandoned);
});

Deno.test("a parent that has returned and is cancelled keeps its value, and its children have no more than that grace", async () => {
  await using loop = openLoop({ grace: PATIENCE_MS });
  const handle = loop.submit(async () => {
    task.spawn(() => task.spawn(() => new Promise(() => {})));
    await task.sleep(1);
    return "kept";
  });
  await until(() => loop.get("1.1.1")?.cancelling === true);
  assertEquals(await handle.cancel("hurry", { grace: 1 }), "finished");
  assertEquals(handle.result(), "kept");
  for (const id of ["1.1", "1.1.1"] as const) {
    const outcome = loop.get(id)!.peek();
    assert(outcome?.state === "cancelled" && !outcome.confirmed, id);
  }
});

Deno.test("a second cancel with a shorter grace shortens that of the children", async () => {
  await using loop = openLoop();
  const handle = loop.submit(() => task.spawn(() => new Promise(() => {})));
  await until(() => loop.get("1.1")?.state === "running");
  const first = handle.cancel("first", { grace: PATIENCE_MS });
  assertEquals(await handle.cancel("second", { grace: 1 }), "ignored");
  assertEquals(await first, "ignored");
  assertEquals(loop.get("1.1")!.abandoned, true);
});

Deno.test("a child is settled for its parent when its own children have stopped", async () => {
  await using loop = openLoop();
  const states = await loop.submit(async () => {
    let grandchild: { state: string } | undefined;
    await task.spawn(() => {
      grandchild = task.spawn(async () => {
        try {
          await task.sleep(Infinity);
        } finally {
          await new Promise((resolve) => setTimeout(resolve, 20));
        }
      });
    });
    return grandchild!.state;
  });
  assertEquals(states, "cancelled");
});

Deno.test("a parent is given the error that a child threw while it was being cancelled", async () => {
  await using loop = openLoop();
  const handle = loop.submit(async () => {
    const child = task.spawn(async () => {
      await task.sleep(Infinity).catch(() => {});
      throw new RangeError("cleanup failed");
    });
    child.cancel("not needed");
    const thrown = await child.then(() => undefined, (error) => error);
    return `${thrown}, because of ${thrown.cause}`;
  });
  assertEquals(
    await handle,
    "CancelledError: not needed, because of RangeError: cleanup failed",
  );
});

Deno.test("the error that a child threw while its parent was being cancelled is its parent's too, if that awaits it", async () => {
  await using loop = openLoop();
  const handle = loop.submit(async () => {
    await task.spawn(async () => {
      await task.sleep(Infinity).catch(() => {});
      throw new RangeError("cleanup failed");
    });
  });
  await until(() => loop.get("1.1")?.state === "running");
  await handle.cancel("enough");
  const outcome = await handle.outcome();
  assert(outcome.state === "cancelled");
  assertEquals(outcome.reason.message, "enough");
  assertInstanceOf(outcome.error, RangeError);
});

Deno.test("the error of a child that was cancelled alone is its parent's too, if that lets it pass", async () => {
  await using loop = openLoop();
  const handle = loop.submit(async () => {
    await task.spawn(async () => {
      await task.sleep(Infinity).catch(() => {});
      throw new RangeError("cleanup failed");
    });
  });
  await until(() => loop.get("1.1")?.state === "running");
  await loop.get("1.1")!.cancel("enough");
  const outcome = await handle.outcome();
  assert(outcome.state === "cancelled");
  assertEquals(outcome.reason.message, "enough");
  assertInstanceOf(outcome.error, RangeError);
});

Deno.test("a parent that is cancelled with a child that it had cancelled has no error", async () => {
  await using loop = openLoop();
  const handle = loop.submit(async () => {
    const child = task.spawn(() => task.sleep(Infinity));
    await task.sleep(Infinity).catch(() => {});
    child.cancel("not needed");
    await child;
  });
  await until(() => handle.state === "running");
  await handle.cancel("enough");
  const outcome = handle.peek();
  assert(outcome?.state === "cancelled");
  assertEquals(outcome.error, undefined);
});

Deno.test("close waits for children as well", async () => {
  await using loop = openLoop();
  const handle = loop.submit(() => {
    task.spawn(async () => {
      try {
        await task.sleep(Infinity);
      } finally {
        await new Promise((resolve) => setTimeout(resolve, 20));
        console.log("cleaned up");
      }
    });
  });
  await handle;
  await until(() => loop.get("1.1") !== undefined);
  const child = loop.get("1.1")!;
  await loop.close();
  assertEquals(child.logs().map(({ text }) => text), ["cleaned up"]);
});
