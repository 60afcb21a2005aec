/** Tasks that end their loop: no handle hangs. */
import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { LoopLostError, type TaskHandle } from "../../mod.ts";
import { Gate } from "../gate.ts";
import { deno, openLoop } from "../helpers.ts";
import { tasks } from "../tasks.ts";

declare const task: import("../../src/task_api.ts").Task;
declare const process: { exit(code: number): never };

/** For tests that leave a failure unread. */
const QUIET = { onWarning: () => {} };

async function lost(handle: TaskHandle): Promise<LoopLostError> {
  const outcome = await handle.outcome();
  assert(outcome.state === "failed", outcome.state);
  assertInstanceOf(outcome.error, LoopLostError);
  assertEquals(outcome.error.taskId, handle.id);
  return outcome.error;
}

const EXITS: Readonly<Record<string, () => unknown>> = {
  "Deno.exit(3)": () => Deno.exit(3),
  "Deno.exit()": () => Deno.exit(),
  "process.exit(3)": () => process.exit(3),
  "self.close()": () => self.close(),
};

for (const [call, exit] of Object.entries(EXITS)) {
  Deno.test(`${call} in a task fails what its loop ran, says who called it, and no more`, async () => {
    await using loop = openLoop();
    using gate = new Gate();
    const bystander = loop.submit(tasks.waitAt, [gate.key, 1]);
    await gate.arrivals();
    const culprit = loop.submit(exit);
    for (const handle of [culprit, bystander]) {
      const { cause } = await lost(handle);
      assertInstanceOf(cause, Error);
      assertMatch(
        cause.message,
        /^task 2 called (Deno\.exit\(3?\)|self\.close\(\))$/,
      );
    }
    assertEquals(await loop.submit(tasks.echo, [1]), 1);
    assertEquals(loop.health().state, "responsive");
  });
}

Deno.test("an exit in a child, or in a timer that a task left, is told as well", async () => {
  await using loop = openLoop();
  const parent = loop.submit(async () => {
    await task.spawn(() => Deno.exit(1));
  });
  assertMatch((await lost(parent)).message, /task 1\.1 called Deno\.exit\(1\)/);
  using gate = new Gate();
  const bystander = loop.submit(tasks.waitAt, [gate.key, 1]);
  const leaves = loop.submit(() => {
    setTimeout(() => Deno.exit(2), 1);
  });
  await leaves;
  assertMatch((await lost(bystander)).message, /task 3 called Deno\.exit\(2\)/);
});

Deno.test("what is queued when a task exits runs in the loop that comes after", async () => {
  await using loop = openLoop({ concurrency: 1, ...QUIET });
  const culprit = loop.submit(() => Deno.exit(1));
  const queued = [1, 2, 3].map((n) => loop.submit(tasks.echo, [n]));
  await lost(culprit);
  assertEquals(await Promise.all(queued), [1, 2, 3]);
});

Deno.test("what gets its place in the turn in which another task exits is not forgotten", async () => {
  await using loop = openLoop({ concurrency: 2, ...QUIET });
  using gate = new Gate();
  const ends = loop.submit(tasks.waitAt, [gate.key, 1]);
  const exits = loop.submit(async (key: SharedArrayBuffer, url: string) => {
    const { Gate } = await import(url);
    await new Gate(key).pass();
    Deno.exit(1);
  }, [gate.key, import.meta.resolve("../gate.ts")]);
  const next = [3, 4, 5].map((n) => loop.submit(tasks.echo, [n]));
  await gate.arrivals(2);
  gate.open();
  const outcomes = await Promise.all(next.map((handle) => handle.outcome()));
  // The first may have been on its way to the loop that ended.
  assertEquals(outcomes.slice(1).map(({ state }) => state), [
    "succeeded",
    "succeeded",
  ]);
  assertEquals([ends, exits].every(({ done }) => done), true);
  assertEquals(loop.health().running, 0);
});

Deno.test("close comes to an end though a task exits while others are queued", async () => {
  await using loop = openLoop({ concurrency: 1, ...QUIET });
  const culprit = loop.submit(() => Deno.exit(1));
  const queued = loop.submit(tasks.echo, [1]);
  await loop.close();
  await lost(culprit);
  assertEquals(queued.done, true);
  assertEquals(loop.health().state, "closed");
});

Deno.test("what a task has returned before another exits is kept", async () => {
  await using loop = openLoop(QUIET);
  const returns = loop.submit(() => "kept");
  const exits = loop.submit(() => Deno.exit(1));
  assertEquals(await returns, "kept");
  await lost(exits);
});

Deno.test("an exit that comes with many results loses none of them", async () => {
  await using loop = openLoop(QUIET);
  const returns = Array.from({ length: 500 }, () => loop.submit(() => 1));
  const exits = loop.submit(() => Deno.exit(1));
  const after = loop.submit(() => 2);
  await loop.wait();
  assertEquals(returns.every(({ state }) => state === "succeeded"), true);
  await lost(exits);
  assertEquals(after.done, true);
});

Deno.test("an exit again and again is a loss again and again", async () => {
  await using loop = openLoop();
  for (let n = 1; n <= 5; n++) {
    const { message } = await lost(loop.submit(() => Deno.exit(1)));
    assertStringIncludes(message, `task ${n} called Deno.exit(1)`);
  }
});

Deno.test("waiting, by await or blocked, ends with the loop", async () => {
  await using loop = openLoop(QUIET);
  using gate = new Gate();
  const handles = [
    loop.submit(tasks.waitAt, [gate.key, 1]),
    loop.submit(() => Deno.exit(1)),
  ];
  const asynchronous = loop.wait(handles);
  const blocked = loop.waitSync(handles);
  assertEquals(blocked.notDone, []);
  assertEquals((await asynchronous).notDone, []);
});

Deno.test("exportsOf rejects when the loop ends before it has answered", async () => {
  await using loop = openLoop(QUIET);
  const never = "data:text/javascript,await new Promise(() => {})";
  const names = loop.exportsOf(never).then(
    () => "names",
    (error: Error) => error.message,
  );
  const exits = loop.submit(() => Deno.exit(1));
  assertMatch(await names, /Deno\.exit\(1\)/);
  await lost(exits);
});

Deno.test("a loop that does not load fails its tasks, and is not tried for ever", async () => {
  const source = `
    import { LoopController } from ${
    JSON.stringify(import.meta.resolve("../../mod.ts"))
  };
    const loop = new LoopController({ concurrency: 1 });
    const handles = [1, 2].map((n) => loop.submit((n) => n, [n]));
    for (const handle of handles) {
      const { state, error } = await handle.outcome();
      console.log(state, error.name);
    }
    await loop.close();
    console.log("closed");
  `;
  const script = await Deno.makeTempFile({ suffix: ".js" });
  try {
    await Deno.writeTextFile(script, source);
    const { code, stdout, stderr } = await deno([
      "run",
      "--no-prompt",
      "--deny-read",
      script,
    ]);
    assertEquals(
      [code, stdout],
      [0, "failed LoopLostError\nfailed LoopLostError\nclosed\n"],
      stderr,
    );
  } finally {
    await Deno.remove(script);
  }
});
