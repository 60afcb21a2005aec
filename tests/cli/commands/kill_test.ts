import { assertEquals, assertMatch } from "@std/assert";
import { killReply, siblingsReply } from "../../../src/cli/commands/kill.ts";
import { Fifo } from "../../engine/fifo.ts";
import { openLoop } from "../../helpers.ts";
import { until } from "../../until.ts";
import { Prompt, TASKS } from "../prompt.ts";
import { json, snapshot, text } from "../render/samples.ts";

Deno.test("kill ends a task by force, and names those that went with it", async () => {
  await using loop = openLoop();
  const prompt = new Prompt(loop);
  await prompt.saysAfter(
    `use ${TASKS}`,
    "submit stubborn 60000",
    "submit sleep 60",
    "submit sleep 60 --resubmit",
    "submit sleep 0",
    "wait 4",
  );
  assertEquals(
    await prompt.says("kill 4,1 --reason 'no more'"),
    `
#4 sleep 0  had ended: succeeded
#1 stubborn 60000  killed
lost with it: #2 sleep 60
run again from the start: #3 sleep 60`.slice(1),
  );
  assertEquals(
    await prompt.says("collect"),
    `
#1 stubborn 60000  T cancelled: no more
#2 sleep 60  T failed: LoopLostError: task 2 was running when its loop ended: it was ended to kill task 1
#4 sleep 0  T → undefined`.slice(1),
  );
  assertEquals(await prompt.says("kill all"), "#3 sleep 60  killed");
  assertEquals(await prompt.says("kill all"), "nothing is running");
  assertEquals(await prompt.says("kill 9"), "error: no task #9 here");
});

Deno.test("kill of a task that never yields says that its thread goes on, and poll does so long", async () => {
  await using fifo = await Fifo.make();
  await using loop = openLoop();
  const prompt = new Prompt(loop);
  await prompt.saysAfter("submit sleep 0", "wait");
  const block = `Deno.readTextFileSync(${JSON.stringify(fifo.path)})`;
  await prompt.says(`run --name stuck ${block}`);
  // "run" loads a module first, during which another task could begin.
  await fifo.arrival();
  await prompt.says("submit sleep 60");
  await until(() => loop.health().state === "blocked");
  assertMatch(
    await prompt.says("ps 3"),
    /^#3 {2}sleep 60 {2}queued\nloop blocked \d\.\d s, last started: #2 stuck .* or "kill 2"$/,
  );
  assertMatch(
    await prompt.says("kill 2"),
    /^#2 stuck .* {2}given up: its thread could not be stopped, and will use a core till it yields or loopctl exits\nlost with it: #3 sleep 60$/,
  );
  assertEquals(
    await prompt.saysAfter("submit sleep 0 b", "wait 4", "collect 4"),
    `#4 sleep 0 b  T → "b"`,
  );
  const threads = /^1 thread could not be stopped, .*: #2 stuck .*$/m;
  assertMatch(await prompt.says("ps"), /^#2 {2}stuck .* abandoned +T/m);
  assertMatch(await prompt.saysAfter("collect", "ps"), threads);
  await fifo.open();
  await until(() => loop.list().every(({ abandoned }) => !abandoned));
  assertEquals(await prompt.saysAfter("collect", "ps"), "no tasks");
});

Deno.test("kill of an isolated task that never yields is certain, and harms no other", async () => {
  await using loop = openLoop();
  const prompt = new Prompt(loop);
  await prompt.saysAfter(
    `use ${TASKS}`,
    "submit sleep 60",
    "submit spin 1e9 --isolate",
  );
  await until(() => loop.get(2)?.state === "running");
  assertEquals(await prompt.says("kill spin"), "#2 spin 1000000000  killed");
  assertEquals(loop.get(1)?.done, false);
  assertEquals(loop.health().state, "responsive");
});

Deno.test("render says what came of a kill, and what went with it", () => {
  const task = snapshot({ state: "cancelled" });
  assertEquals(
    text(killReply(task, "killed")),
    "#1 sleep  killed\n",
  );
  assertEquals(
    text(siblingsReply(
      [snapshot({ id: 2 })],
      [snapshot({ id: 3, name: "a\x1b[2J" })],
    )),
    "lost with it: #2 sleep\nrun again from the start: #3 a\\x1b[2J (sleep)\n",
  );
  assertEquals(
    json(siblingsReply([snapshot({ id: 2 })], [])),
    [{ type: "siblings", lost: [2], resubmitted: [] }],
  );
  assertEquals(
    json(killReply(task, "unstoppable")),
    [{
      type: "kill",
      id: 1,
      task: "sleep",
      args: [],
      name: "sleep",
      state: "cancelled",
      elapsedMs: 1234,
      answer: "unstoppable",
    }],
  );
});
