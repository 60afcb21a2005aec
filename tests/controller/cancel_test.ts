import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertMatch,
  assertRejects,
  assertStrictEquals,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import {
  CancelledError,
  type TaskHandle,
  taskModule,
  TimeoutError,
} from "../../mod.ts";
import { Gate } from "../gate.ts";
import { openLoop } from "../helpers.ts";
import { PATIENCE_MS } from "../patience.ts";
import { tasks } from "../tasks.ts";
import { until } from "../until.ts";

const blocking = taskModule<typeof import("../engine/blocking.ts")>(
  import.meta.resolve("../engine/blocking.ts"),
);

declare const task: import("../../src/task_api.ts").Task;

function notes(handle: TaskHandle): string[] {
  return handle.logs().filter(({ level }) => level === "note")
    .map(({ text }) => text);
}

Deno.test("cancel resolves to cancelled once the task has stopped", async () => {
  await using loop = openLoop();
  using gate = new Gate();
  const handle = loop.submit(tasks.waitAt, [gate.key, 1]);
  await gate.arrivals();
  assertEquals(await handle.cancel("enough"), "cancelled");
  const outcome = handle.peek();
  assert(outcome?.state === "cancelled");
  assert(outcome.confirmed);
  assertInstanceOf(outcome.reason, CancelledError);
  assertEquals(outcome.reason.message, "enough");
});

Deno.test("cancel frees a task that sleeps at once", async () => {
  await using loop = openLoop();
  const handle = loop.submit(() => task.sleep(3_600_000));
  await until(() => handle.state === "running");
  assertEquals(
    await handle.cancel("up", { grace: PATIENCE_MS }),
    "cancelled",
  );
});

Deno.test("cancel frees a task from several sleeps at once", async () => {
  await using loop = openLoop();
  const handle = loop.submit(() =>
    Promise.allSettled([task.sleep(3_600_000), task.sleep(Infinity)])
  );
  await until(() => handle.state === "running");
  assertEquals(await handle.cancel(), "finished");
  const settled = await handle;
  assertEquals(settled.map(({ status }) => status), ["rejected", "rejected"]);
});

Deno.test("a task that is asked to stop shows as cancelling while it unwinds", async () => {
  await using loop = openLoop();
  using started = new Gate();
  using gate = new Gate();
  const handle = loop.submit(tasks.cleanUpTill, [started.key, gate.key]);
  await started.arrivals();
  assertEquals(handle.cancelling, false);
  assertEquals(handle.snapshot().stopAskedAt, undefined);
  const cancelled = handle.cancel("stop", { grace: PATIENCE_MS });
  await gate.arrivals();
  const { state, cancelling, startedAt, stopAskedAt, endedAt } = handle
    .snapshot();
  assert(stopAskedAt! >= startedAt!);
  assertEquals([state, cancelling, endedAt], ["running", true, undefined]);
  assertEquals(handle.done, false);
  gate.open();
  assertEquals(await cancelled, "cancelled");
  assertEquals([handle.state, handle.cancelling], ["cancelled", false]);
});

Deno.test("cancel answers after the finally of the task, however long that takes", async () => {
  await using loop = openLoop();
  using started = new Gate();
  const cleaned = new Int32Array(new SharedArrayBuffer(4));
  const handle = loop.submit(
    async (cleaned: Int32Array, started: Int32Array) => {
      try {
        Atomics.store(started, 1, 1);
        Atomics.notify(started, 1);
        await task.sleep(Infinity);
      } finally {
        await new Promise((resolve) => setTimeout(resolve, 100));
        cleaned[0] = 1;
      }
    },
    [cleaned, new Int32Array(started.key)],
  );
  await started.arrivals();
  const result = await handle.cancel("stop", { grace: PATIENCE_MS });
  assertEquals([result, cleaned[0]], ["cancelled", 1]);
});

Deno.test("a value that is returned after the request is kept", async () => {
  await using loop = openLoop();
  const handle = loop.submit(async () => {
    try {
      await task.sleep(Infinity);
    } catch {
      return "saved";
    }
    return "slept";
  });
  await until(() => handle.state === "running");
  assertEquals(await handle.cancel(), "finished");
  assertEquals(handle.result(), "saved");
  assertEquals(handle.state, "succeeded");
});

Deno.test("a task that ignores its signal ends as cancelled, not confirmed, and is abandoned", async () => {
  await using loop = openLoop();
  using gate = new Gate();
  const handle = loop.submit(tasks.ignoreTill, [gate.key, 1]);
  await gate.arrivals();
  assertEquals(await handle.cancel("stop", { grace: 1 }), "ignored");
  const outcome = handle.peek();
  assert(outcome?.state === "cancelled");
  assertEquals(outcome.confirmed, false);
  assertEquals([handle.done, handle.abandoned], [true, true]);
  assertEquals(handle.snapshot().abandoned, true);
});

Deno.test("an abandoned task stays listed while it really runs, even when it was collected", async () => {
  await using loop = openLoop();
  using gate = new Gate();
  const handle = loop.submit(tasks.ignoreTill, [gate.key, 1]);
  await gate.arrivals();
  await handle.cancel("stop", { grace: 0 });
  assertEquals(loop.collect(), [handle]);
  assertEquals(loop.collect(), [], "once is once");
  assertEquals(loop.list(), [handle]);
  gate.open();
  await until(() => !handle.abandoned);
  assertEquals(loop.list(), []);
});

Deno.test("an abandoned task that was not collected waits for that after it has stopped", async () => {
  await using loop = openLoop();
  using gate = new Gate();
  const handle = loop.submit(tasks.ignoreTill, [gate.key, 1]);
  await gate.arrivals();
  await handle.cancel("stop", { grace: 0 });
  gate.open();
  await until(() => !handle.abandoned);
  assertEquals(loop.collect(), [handle]);
  assertEquals(loop.list(), []);
});

Deno.test("the late result of an abandoned task is dropped, and its log says so", async () => {
  await using loop = openLoop();
  using gate = new Gate();
  const returns = loop.submit(tasks.ignoreTill, [gate.key, 1]);
  const fails = loop.submit(async (key: SharedArrayBuffer, url: string) => {
    const { Gate } = await import(url);
    await new Gate(key).pass();
    throw new Error("too late");
  }, [gate.key, import.meta.resolve("../gate.ts")]);
  await gate.arrivals(2);
  for (const handle of [returns, fails]) {
    await handle.cancel("stop", { grace: 0 });
  }
  gate.open();
  await until(() => !returns.abandoned && !fails.abandoned);
  assertEquals([returns.state, fails.state], ["cancelled", "cancelled"]);
  assertMatch(notes(returns).join(), /returned a value after .*; dropped/);
  assertMatch(notes(fails).join(), /threw Error: too late after .*; dropped/);
});

Deno.test("the note on a late result is in the log also when the task was collected before", async () => {
  await using loop = openLoop();
  using gate = new Gate();
  const handle = loop.submit(tasks.ignoreTill, [gate.key, 1]);
  await gate.arrivals();
  await handle.cancel("stop", { grace: 0 });
  loop.collect();
  gate.open();
  await until(() => !handle.abandoned);
  assertMatch(notes(handle).join(), /dropped/);
});

/** Throws while it is being cancelled. */
async function failsCleanup(): Promise<void> {
  try {
    await task.sleep(Infinity);
  } finally {
    // deno-lint-ignore no-unsafe-finally
    throw new RangeError("cleanup failed");
  }
}

Deno.test("what a task throws while it is being cancelled is the error of its outcome", async () => {
  await using loop = openLoop();
  const handle = loop.submit(failsCleanup);
  await until(() => handle.state === "running");
  assertEquals(await handle.cancel("enough"), "cancelled");
  const outcome = await handle.outcome();
  assert(outcome.state === "cancelled" && outcome.confirmed);
  assertInstanceOf(outcome.reason, CancelledError);
  assertEquals(outcome.reason.message, "enough");
  assertInstanceOf(outcome.error, RangeError);
  assertMatch(outcome.error.stack!, /cleanup failed[^]*submitted as task 1/);
});

Deno.test("awaiting a task that threw while it was being cancelled throws the reason, with the error as its cause", async () => {
  await using loop = openLoop();
  const handle = loop.submit(failsCleanup);
  const limited = loop.submit(failsCleanup, [], { timeout: 1 });
  await until(() => handle.state === "running");
  await handle.cancel("enough");
  const thrown = await assertRejects(() => handle.then(), CancelledError);
  assertEquals(thrown.message, "enough");
  assertInstanceOf(thrown.cause, RangeError);
  assertStrictEquals(assertThrows(() => handle.result()), thrown);
  const timedOut = await assertRejects(() => limited.then(), TimeoutError);
  assertEquals([timedOut.limit, timedOut.ms], ["timeout", 1]);
  assertInstanceOf(timedOut.cause, RangeError);
});

Deno.test("an Error as the reason is left as it is when the task throws another", async () => {
  await using loop = openLoop();
  const handles = [loop.submit(failsCleanup), loop.submit(failsCleanup)];
  await until(() => handles.every(({ state }) => state === "running"));
  const reason = new TypeError("shutdown");
  await loop.cancel(handles, reason);
  for (const handle of handles) {
    const thrown = await assertRejects(() => handle.then(), CancelledError);
    assertEquals(thrown.message, "TypeError: shutdown");
    assertInstanceOf(thrown.cause, RangeError);
    const outcome = handle.peek();
    assert(outcome?.state === "cancelled");
    assertStrictEquals(outcome.reason, reason);
  }
  assertEquals(reason.cause, undefined);
});

Deno.test("an error that was thrown while a task was being cancelled is a failure to gather and wait", async () => {
  await using loop = openLoop();
  const sleeps = loop.submit(() => task.sleep(Infinity));
  const group = loop.gather([[failsCleanup], [() => task.sleep(Infinity)]], {
    onFailure: "cancel-rest",
  });
  const [fails] = group.members;
  await until(() => fails.state === "running");
  const waited = loop.wait([fails, sleeps], { until: "first-failure" });
  await fails.cancel("enough");
  assertEquals((await waited).notDone, [sleeps]);
  const [, other] = await group.outcomes();
  assertEquals(other.state, "cancelled");
  await sleeps.cancel();
});

/** Each stops because of the signal, in its own way. */
const STOPS: Readonly<Record<string, () => Promise<unknown>>> = {
  "an error with the reason as its cause": async () => {
    try {
      await task.sleep(Infinity);
    } catch (cause) {
      throw new Error("could not finish", { cause });
    }
  },
  "an AbortError": () =>
    new Promise((_, reject) =>
      task.signal.addEventListener(
        "abort",
        () => reject(new DOMException("aborted", "AbortError")),
      )
    ),
  "the AggregateError of Promise.any": () =>
    Promise.any([task.sleep(Infinity), task.sleep(Infinity)]),
  "the SuppressedError of a disposal that stops as well": async () => {
    await using _ = { [Symbol.asyncDispose]: () => task.sleep(1) };
    await task.sleep(Infinity);
  },
};

for (const [what, stops] of Object.entries(STOPS)) {
  Deno.test(`a task that is being cancelled and throws ${what} has no error`, async () => {
    await using loop = openLoop();
    const handle = loop.submit(stops);
    await until(() => handle.state === "running");
    assertEquals(await handle.cancel(), "cancelled");
    const outcome = handle.peek();
    assert(outcome?.state === "cancelled");
    assertEquals(outcome.error, undefined);
    assertStrictEquals(assertThrows(() => handle.result()), outcome.reason);
  });
}

const HOSTILE: Readonly<Record<string, () => Promise<void>>> = {
  "a circle of causes": async () => {
    await task.sleep(Infinity).catch(() => {});
    const a: Error & { cause?: unknown } = new Error("a");
    a.cause = new Error("b", { cause: a });
    throw a;
  },
  "an error with a name that throws": async () => {
    await task.sleep(Infinity).catch(() => {});
    throw Object.defineProperty(new Error("a"), "name", {
      get: () => {
        throw new Error("hostile");
      },
    });
  },
  "a Proxy that throws at everything": async () => {
    await task.sleep(Infinity).catch(() => {});
    const trap = () => {
      throw new Error("hostile");
    };
    throw new Proxy(new Error("a"), { get: trap, getPrototypeOf: trap });
  },
};

for (const [what, throws] of Object.entries(HOSTILE)) {
  Deno.test(`a task that is stopping and throws ${what} is cancelled`, async () => {
    await using loop = openLoop();
    const handle = loop.submit(throws);
    await until(() => handle.state === "running");
    assertEquals(
      await handle.cancel("stop", { grace: PATIENCE_MS }),
      "cancelled",
    );
    const outcome = await handle.outcome();
    assert(outcome.state === "cancelled");
    assertInstanceOf(outcome.error, Error);
  });
}

Deno.test("the grace is the call's, else the task's, else the controller's", async () => {
  await using loop = openLoop({ grace: 0 });
  using gate = new Gate();
  const own = { grace: PATIENCE_MS };
  const byController = loop.submit(tasks.ignoreTill, [gate.key, 1]);
  const byTask = loop.submit(tasks.ignoreTill, [gate.key, 1], own);
  const byCall = loop.submit(tasks.ignoreTill, [gate.key, 1], own);
  await gate.arrivals(3);
  const slow = byTask.cancel();
  assertEquals(await byController.cancel(), "ignored");
  assertEquals(await byCall.cancel("stop", { grace: 0 }), "ignored");
  assertEquals(byTask.done, false);
  gate.open();
  assertEquals(await slow, "finished");
});

Deno.test("a second cancel with a shorter grace shortens the first", async () => {
  await using loop = openLoop();
  using gate = new Gate();
  const handle = loop.submit(tasks.ignoreTill, [gate.key, 1]);
  await gate.arrivals();
  const first = handle.cancel("first", { grace: PATIENCE_MS });
  assertEquals(await handle.cancel("second", { grace: 0 }), "ignored");
  assertEquals(await first, "ignored");
  assertThrows(() => handle.result(), CancelledError, "first");
});

Deno.test("an Error as the reason is the task's signal's, and the caller gets it back itself", async () => {
  await using loop = openLoop();
  const handle = loop.submit(async () => {
    try {
      await task.sleep(Infinity);
    } catch (error) {
      const { name, message, port } = error as Error & { port?: number };
      console.log(name, message, port, task.signal.reason === error);
      throw error;
    }
  });
  await until(() => handle.state === "running");
  const reason = Object.assign(new TypeError("shutdown"), { port: 80 });
  await handle.cancel(reason);
  assertEquals(handle.logs()[0]?.text, "TypeError shutdown 80 true");
  assertStrictEquals(assertThrows(() => handle.result()), reason);
});

Deno.test("cancel of a task whose module is still loading keeps it from starting", async () => {
  await using loop = openLoop();
  using gate = new Gate();
  using called = new Gate();
  const url = import.meta.resolve("../slow_module.ts");
  const load = loop.submit(async (key: SharedArrayBuffer, url: string) => {
    (globalThis as { slowModule?: SharedArrayBuffer }).slowModule = key;
    await import(url);
  }, [gate.key, url]);
  await gate.arrivals();
  const handle = loop.submit(
    { module: url, export: "arriveAt" },
    [called.key],
  );
  await until(() => handle.state === "running");
  const cancelled = handle.cancel("stop", { grace: PATIENCE_MS });
  // Past the request to stop.
  await loop.exportsOf("node:path");
  gate.open();
  assertEquals(await cancelled, "cancelled");
  await load;
  assertEquals(called.arrived, 0);
});

Deno.test("cancel of a controller asks all that it knows, and answers for each in their order", async () => {
  await using loop = openLoop({ concurrency: 3 });
  using gate = new Gate();
  const ended = loop.submit(tasks.echo, [1]);
  await loop.wait([ended]);
  const ignores = loop.submit(tasks.ignoreTill, [gate.key, 1]);
  const follows = loop.submit(tasks.waitAt, [gate.key, 1]);
  await gate.arrivals(2);
  assertEquals(
    await loop.cancel(undefined, "all of you", { grace: 0 }),
    ["finished", "ignored", "cancelled"],
  );
  const outcome = await follows.outcome();
  assert(outcome.state === "cancelled");
  assertEquals(outcome.reason.message, "all of you");
  gate.open();
  await until(() => !ignores.abandoned);
  assertThrows(() => loop.cancel([], "x", { grace: NaN }), TypeError, "NaN");
});

Deno.test("cancel of a controller begins with those that wait, so that none takes a place that another leaves", async () => {
  await using loop = openLoop({ concurrency: 2 });
  using gate = new Gate();
  const blocks = loop.submit(blocking.blockTill, [gate.key]);
  await gate.arrivals();
  // It has a place, and gives it back at once, since it has not begun.
  const sent = loop.submit(tasks.echo, [1]);
  const waiting = [loop.submit(tasks.echo, [2]), loop.submit(tasks.echo, [3])];
  assertEquals(loop.health().queued, 2);
  const ends: unknown[] = [];
  const watch = (async () => {
    const all = loop.asCompleted([sent, ...waiting]);
    for await (const { id } of all) ends.push(id);
  })();
  const answers = loop.cancel([sent, ...waiting]);
  assertEquals(await answers, ["cancelled", "cancelled", "cancelled"]);
  await watch;
  assertEquals(ends, [...waiting, sent].map(({ id }) => id));
  gate.open();
  await blocks;
});

Deno.test("cancel refuses a grace that is no number of milliseconds, at once", async () => {
  await using loop = openLoop();
  const handle = loop.submit(() => task.sleep(Infinity));
  for (const grace of [-1, NaN, "2s" as never]) {
    assertThrows(() => handle.cancel("stop", { grace }), TypeError, "as grace");
  }
  assertEquals(handle.cancelling, false);
});

function refuse(): never {
  throw new Error("not to be looked at");
}

/** What a signal can be aborted with, and what the reason then says. */
const REASONS: readonly [what: string, reason: unknown, says?: string][] = [
  ["a text", "stop", "stop"],
  ["an Error", new RangeError("stop"), "stop"],
  ["null", null, "null"],
  ["a symbol", Symbol("stop"), "Symbol(stop)"],
  ["an object", { code: 5 }, "{ code: 5 }"],
  ["one without a prototype", Object.create(null), "[Object: null prototype]"],
  ["one with a class that throws", new Proxy({}, { getPrototypeOf: refuse })],
  ["an Error that throws", new Proxy(new Error(), { get: refuse })],
];

for (const isolation of ["worker", "process"] as const) {
  Deno.test(`a signal stops a task in a ${isolation} whatever it is aborted with`, async (t) => {
    await using loop = openLoop({ isolation });
    for (const [what, reason, says] of REASONS) {
      await t.step(what, async () => {
        const stop = new AbortController();
        const { signal } = stop;
        const sleep = () => task.sleep(Infinity);
        const handle = loop.submit(sleep, [], { signal });
        await until(() => handle.state === "running");
        stop.abort(reason);
        const outcome = await handle.outcome();
        assert(outcome.state === "cancelled" && outcome.confirmed);
        if (says !== undefined) {
          assertStringIncludes(outcome.reason.message, says);
        }
      });
    }
  });

  Deno.test(`a task in a ${isolation} whose signal has aborted before has a handle, and never begins`, async () => {
    await using loop = openLoop({ isolation });
    const wanted = (_: unknown) => console.log("it began");
    const handles = REASONS.flatMap(([, reason]) =>
      [1, { an: "object" }].map((argument) =>
        loop.submit(wanted, [argument], { signal: AbortSignal.abort(reason) })
      )
    );
    for (const handle of handles) {
      const outcome = handle.peek();
      assert(outcome?.state === "cancelled" && outcome.confirmed);
    }
    assertEquals(await loop.submit(() => 1), 1);
    for (const handle of handles) assertEquals(handle.logs(), []);
  });
}
