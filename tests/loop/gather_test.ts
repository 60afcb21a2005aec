/** Children that are started together, and waiting for children. */
import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import { CancelledError } from "../../mod.ts";
import { openLoop } from "../helpers.ts";
import { until } from "../until.ts";

declare const task: import("../../src/task_api.ts").Task;

Deno.test("task.gather gives the values of its children in their order, without copying them", async () => {
  await using loop = openLoop();
  const handle = loop.submit(async () => {
    const late = async (n: number) => {
      await task.sleep(1);
      return n;
    };
    const call = () => () => "not cloned";
    const group = task.gather([[late, [1]], [call], [late, [3]]]);
    const [one, two, three] = await group;
    const ids = group.members.map(({ id }) => id);
    return [one, two(), three, ids];
  });
  assertEquals(await handle, [1, "not cloned", 3, ["1.1", "1.2", "1.3"]]);
});

Deno.test("task.gather of nothing gives nothing", async () => {
  await using loop = openLoop();
  assertEquals(await loop.submit(async () => await task.gather([])), []);
});

Deno.test("task.gather throws the first failure at once, and the others go on", async () => {
  await using loop = openLoop();
  const handle = loop.submit(async () => {
    const group = task.gather([
      [() => task.sleep(Infinity)],
      [() => Promise.reject(new RangeError("boom"))],
    ]);
    const message = await group.then(() => "no", (error) => error.message);
    return [message, group.members[0].state];
  });
  assertEquals(await handle, ["boom", "running"]);
});

Deno.test("task.gather throws the failure that cancelled the rest, once all have ended", async () => {
  await using loop = openLoop();
  const handle = loop.submit(async () => {
    const order: string[] = [];
    const group = task.gather([
      [async () => {
        try {
          await task.sleep(Infinity);
        } finally {
          await new Promise((resolve) => setTimeout(resolve, 5));
          order.push("cleaned up");
        }
      }],
      [() => task.sleep(Infinity), [], { timeout: 1 }],
    ], { onFailure: "cancel-rest" });
    await group.then(null, ({ name }) => order.push(name));
    return [...order, ...group.members.map(({ state }) => state)];
  });
  assertEquals(await handle, [
    "cleaned up",
    "TimeoutError",
    "cancelled",
    "cancelled",
  ]);
});

Deno.test("task.gather leaves the rest alone when one is only cancelled", async () => {
  await using loop = openLoop();
  const handle = loop.submit(async () => {
    const group = task.gather(
      [[() => task.sleep(Infinity)], [() => task.sleep(5)]],
      { onFailure: "cancel-rest" },
    );
    group.members[0].cancel("not needed");
    const message = await group.then(() => "no", (error) => error.message);
    return [message, group.members[1].state];
  });
  assertEquals(await handle, ["not needed", "succeeded"]);
});

Deno.test("a child that throws while it is cancelled has failed, and one that is only cancelled has not", async () => {
  await using loop = openLoop();
  const handle = loop.submit(async () => {
    const fails = async () => {
      await task.sleep(Infinity).catch(() => {});
      throw new RangeError("rollback");
    };
    const group = task.gather(
      [[fails], [() => task.sleep(Infinity)], [() => task.sleep(Infinity)]],
      { onFailure: "cancel-rest" },
    );
    group.members[1].cancel();
    await Promise.resolve();
    const before = group.members.map(({ failed }) => failed);
    group.members[0].cancel();
    const thrown = await group.then(null, ({ cause }) => cause.message);
    const after = group.members.map(({ failed }) => failed);
    return [before, thrown, after];
  });
  assertEquals(await handle, [
    [false, false, false],
    "rollback",
    [true, false, false],
  ]);
});

Deno.test("a task waits for its children in its shield, though it is asked to stop", async () => {
  await using loop = openLoop();
  const handle = loop.submit(async () => {
    await task.sleep(Infinity).catch(() => {});
    return await task.shielded(async () => {
      const child = task.spawn(() => task.sleep(1));
      const { done } = await task.wait([child]);
      return done.length + (await task.gather([[() => 1]]))[0];
    });
  });
  await until(() => handle.state === "running");
  assertEquals(await handle.cancel(), "finished");
  assertEquals(handle.result(), 2);
});

Deno.test("task.gather that can't start one of its children cancels those before it", async () => {
  await using loop = openLoop();
  const handle = loop.submit(async () => {
    const sleep = () => task.sleep(Infinity);
    try {
      await task.gather([[sleep], [sleep, [], { timeout: -1 }]]);
    } catch (error) {
      return error instanceof TypeError;
    }
  });
  assertEquals(await handle, true);
  const outcome = await loop.get("1.1")!.outcome();
  assert(outcome.state === "cancelled");
  assertEquals(outcome.reason.message, "its group could not be started");
  assertEquals(loop.list().length, 2);
});

Deno.test("a group that fails and that nobody awaits harms nothing", async () => {
  const warnings: string[] = [];
  await using loop = openLoop({
    onWarning: (warning) => warnings.push(warning),
  });
  const handle = loop.submit(async () => {
    const fail = () => Promise.reject(new Error("unseen"));
    task.gather([[fail]]);
    task.gather([[fail]], { onFailure: "cancel-rest" });
    await task.sleep(1);
    return "unharmed";
  });
  assertEquals(await handle, "unharmed");
  await loop.close();
  assertEquals([warnings, handle.logs()], [[], []]);
});

Deno.test("a task that awaits its gathered children is cancelled with them", async () => {
  await using loop = openLoop();
  const handle = loop.submit(async () => {
    await task.gather([[() => task.sleep(Infinity)]]);
  });
  await until(() => loop.get("1.1")?.state === "running");
  assertEquals(await handle.cancel("enough"), "cancelled");
  assertEquals(loop.get("1.1")!.state, "cancelled");
});

Deno.test("task.wait tells those that have ended till all, any or the first failure has", async () => {
  await using loop = openLoop();
  const handle = loop.submit(async () => {
    const gate = Promise.withResolvers<void>();
    const [slow, quick, failing] = [
      task.spawn(() => task.sleep(Infinity)),
      task.spawn(() => 1),
      task.spawn(async () => {
        await gate.promise;
        throw new Error("boom");
      }),
    ];
    const all = [slow, quick, failing];
    const name = (child: unknown) =>
      ["slow", "quick", "failing"][all.indexOf(child as typeof slow)];
    const said: unknown[] = [];
    const say = ({ done, notDone }: Record<string, readonly unknown[]>) =>
      said.push([done!.map(name), notDone!.map(name)]);
    say({ ...await task.wait([slow, quick, slow], { until: "any" }) });
    say({ ...await task.wait(all, { timeout: 0 }) });
    gate.resolve();
    say({ ...await task.wait(all, { until: "first-failure" }) });
    slow.setTimeout(0);
    say({ ...await task.wait([slow, quick], { until: "first-failure" }) });
    say({ ...await task.wait(all) });
    say({ ...await task.wait([]) });
    return said;
  });
  assertEquals(await handle, [
    [["quick"], ["slow"]],
    [["quick"], ["slow", "failing"]],
    [["quick", "failing"], ["slow"]],
    [["slow", "quick"], []],
    [["slow", "quick", "failing"], []],
    [[], []],
  ]);
});

Deno.test("task.wait throws when its task is asked to stop, or its signal aborts", async () => {
  await using loop = openLoop();
  const handle = loop.submit(async () => {
    const kids = [task.spawn(() => task.sleep(Infinity))];
    const own = new AbortController();
    const waits = task.wait(kids, { signal: own.signal });
    own.abort(new RangeError("left"));
    const first = await waits.catch((error) => error.name);
    console.log("waits");
    const second = await task.wait(kids).catch((error) => error.message);
    return [first, second];
  });
  await until(() => handle.logs().length > 0);
  assertEquals(await handle.cancel("enough"), "finished");
  assertEquals(await handle, ["RangeError", "enough"]);
});

Deno.test("a task that waits again whenever it is asked to stop keeps no other from running", async () => {
  await using loop = openLoop({ grace: 60_000 });
  const handle = loop.submit(async () => {
    const kid = task.spawn(async () => {
      const global = globalThis as { letGo?: boolean };
      while (!global.letGo) await new Promise((go) => setTimeout(go, 1));
    });
    while (kid.state === "running") await task.wait([kid]).catch(() => {});
    return "over";
  });
  await until(() => loop.get("1.1")?.state === "running");
  const cancelled = handle.cancel();
  await loop.submit(() => Object.assign(globalThis, { letGo: true }) && 0);
  assertEquals(await cancelled, "finished");
  assertEquals(handle.result(), "over");
});

Deno.test("task.wait refuses what is no child, and options that can't be used", async () => {
  await using loop = openLoop();
  const said = await loop.submit(async () => {
    const wait = task.wait as (...args: unknown[]) => Promise<unknown>;
    const tries = [
      wait([5]),
      wait([Promise.resolve()]),
      wait([], {
        timeout: -1,
      }),
    ];
    const settled = await Promise.allSettled(tries);
    return settled.map((one) => one.status === "rejected" && one.reason.name);
  });
  assertEquals(said, ["TypeError", "TypeError", "TypeError"]);
});

Deno.test("child.cancel says what came of it, to who awaits it", async () => {
  await using loop = openLoop();
  const handle = loop.submit(async () => {
    const sleeper = task.spawn(() => task.sleep(Infinity));
    const stubborn = task.spawn(() => new Promise(() => {}), [], { grace: 1 });
    const keeper = task.spawn(async () => {
      await task.sleep(Infinity).catch(() => {});
      return "kept";
    });
    const kids = [sleeper, stubborn, keeper, sleeper];
    const said = await Promise.all(kids.map((kid) => kid.cancel()));
    return [...said, await keeper.cancel(), await keeper];
  });
  assertEquals(await handle, [
    "cancelled",
    "ignored",
    "finished",
    "cancelled",
    "finished",
    "kept",
  ]);
});

Deno.test("a child refuses limits that can't be used, as a handle does", async () => {
  await using loop = openLoop();
  const said = await loop.submit(() => {
    const child = task.spawn(() => task.sleep(Infinity));
    const tries = [
      () => child.setTimeout(-1),
      () => child.setDeadline(new Date(NaN)),
    ];
    return tries.map((attempt) => {
      try {
        attempt();
      } catch (error) {
        return (error as Error).message;
      }
    });
  });
  assertEquals(said, [
    "Cannot use -1 as timeout: it must be a number of milliseconds, 0 or more",
    "Cannot use Invalid Date as deadline: it must be a valid Date or " +
    "milliseconds since the epoch",
  ]);
});

Deno.test("a failure of a detached task is its own, and reported if nobody reads it", async () => {
  const warnings: string[] = [];
  await using loop = openLoop({
    onWarning: (warning) => warnings.push(warning),
  });
  const handle = loop.submit(async () => {
    await task.detach(
      () => {
        throw new Error("boom");
      },
      [],
      { name: "lonely" },
    );
    return "unharmed";
  });
  assertEquals(await handle, "unharmed");
  await loop.wait();
  await loop.close();
  assertEquals(warnings, [
    "Task 2, lonely, failed, and nobody read it: Error: boom",
  ]);
});

Deno.test("task.detach in a task that has ended is refused", async () => {
  await using loop = openLoop();
  await loop.submit(() => {
    const said = Promise.withResolvers<string>();
    setTimeout(() => {
      task.detach(() => 1).catch(({ message }) => said.resolve(message));
    }, 1);
    Object.assign(globalThis, { said: said.promise });
  });
  const said = () => (globalThis as { said?: Promise<string> }).said;
  assertEquals(
    await loop.submit(said),
    "Cannot detach a task: task 1 is not running",
  );
});

const otherVersion = `${import.meta.resolve("../../src/errors.ts")}?other`;

Deno.test("a task module with another copy of this package throws and catches the same errors", async () => {
  await using loop = openLoop();
  const copied = loop.submit(async (url: string) => {
    const other = await import(url);
    await task.sleep(1);
    throw new other.CancelledError("by the copy");
  }, [otherVersion]);
  const outcome = await copied.outcome();
  assert(outcome.state === "cancelled");
  assertInstanceOf(outcome.reason, CancelledError);
  assertEquals(outcome.reason.message, "by the copy");
  const caught = loop.submit(async (url: string) => {
    const other = await import(url);
    const child = task.spawn(() => task.sleep(Infinity), [], { timeout: 1 });
    const timeout = await child.then(null, (error) => error);
    task.cancel();
    const cancelled = await task.sleep(1).then(null, (error) => error);
    class Own extends other.CancelledError {}
    return [timeout, cancelled].map((error) => [
      error instanceof other.TimeoutError,
      error instanceof other.CancelledError,
      error instanceof Own,
      new Own() instanceof other.CancelledError,
    ]);
  }, [otherVersion]);
  assertEquals(await caught, [
    [true, false, false, true],
    [false, true, false, true],
  ]);
});
