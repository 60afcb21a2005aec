import { assert, assertEquals, assertMatch } from "@std/assert";
import { openLoop } from "../../helpers.ts";
import { Prompt, TASKS } from "../prompt.ts";

/** A prompt with the tasks of the tests. */
async function withTasks(loop: ReturnType<typeof openLoop>): Promise<Prompt> {
  const prompt = new Prompt(loop);
  await prompt.says(`use ${TASKS}`);
  return prompt;
}

Deno.test("retry starts a task again with its arguments and options, and says whose retry it is", async () => {
  await using loop = openLoop();
  const prompt = await withTasks(loop);
  await prompt.says(
    'submit echo 1 {"a": 2} --name e --timeout 1h --priority 3',
  );
  await loop.wait();
  assertEquals(
    await prompt.says("retry e"),
    "#2 e (echo 1 { a: 2 }) (retry of #1)",
  );
  await loop.wait();
  assertEquals(
    await prompt.says("retry 2"),
    "#3 e (echo 1 { a: 2 }) (retry of #2)",
  );
  const { name, args, timeoutMs, priority, retryOf } = loop.get(3)!.snapshot();
  assertEquals({ name, args, timeoutMs, priority, retryOf }, {
    name: "e",
    args: [1, { a: 2 }],
    timeoutMs: 3_600_000,
    priority: 3,
    retryOf: 2,
  });
  await loop.wait();
  assertMatch(await prompt.says("poll 3"), /#3 .*\(retry of #2\)/);
});

Deno.test("retry failed takes each failure once", async () => {
  await using loop = openLoop({ onWarning: () => {} });
  const prompt = await withTasks(loop);
  await prompt.says("gather boom a ; echo 1 ; boom b");
  await loop.wait();
  assertEquals(
    await prompt.says("retry failed"),
    "#4 boom a (retry of #1), #5 boom b (retry of #3)",
  );
  await loop.wait();
  assertEquals(
    await prompt.says("retry failed"),
    "#6 boom a (retry of #4), #7 boom b (retry of #5)",
  );
  await loop.wait();
  await prompt.says("retry 1");
  await loop.wait();
  assertEquals(loop.get(8)!.snapshot().retryOf, 1);
});

Deno.test("retry GROUP --failed joins the group", async () => {
  await using loop = openLoop({ onWarning: () => {} });
  const prompt = await withTasks(loop);
  await prompt.says("gather --name g --on-failure keep-going boom a ; echo 1");
  await prompt.says("submit boom c");
  await loop.wait();
  assertEquals(
    await prompt.says("retry g --failed"),
    "#4 boom a (retry of #1)",
  );
  assertEquals(loop.get(4)!.group, "g");
  await loop.wait();
  assertMatch(await prompt.says("poll g"), /^g {2}3 of 3 done/);
});

Deno.test("retry takes only what has ended, and says what to do", async () => {
  await using loop = openLoop();
  const prompt = await withTasks(loop);
  await prompt.says("gather --name g sleep 60 ; sleep 60 ; sleep 0");
  await loop.wait([loop.get(3)!]);
  assertEquals(
    await prompt.says("retry 1"),
    'error: #1 has not ended; "cancel" or "wait" first, or add --failed',
  );
  assertEquals(
    await prompt.says("retry g"),
    'error: #1, #2 have not ended; "cancel" or "wait" first, or add --failed',
  );
  assertEquals(await prompt.says("retry g --failed"), "nothing to retry");
  assertEquals(await prompt.says("retry all"), "#4 sleep 0 (retry of #3)");
});

Deno.test("retry of a child names its parent", async () => {
  await using loop = openLoop();
  const prompt = await withTasks(loop);
  await prompt.says("submit parent");
  const { promise: child, resolve } = Promise.withResolvers<void>();
  const timer = setInterval(() => loop.get("1.1") && resolve(), 5);
  await child;
  clearInterval(timer);
  await loop.get("1.1")!.cancel();
  assertMatch(
    await prompt.says("retry 1.1"),
    /^error: no command has started #1\.1, but another task; retry #1$/,
  );
});

Deno.test("retry gives a deadline as much time as it had at first", async () => {
  await using loop = openLoop();
  const prompt = new Prompt(loop);
  await prompt.says("submit sleep 60 --deadline 1h");
  const first = loop.get(1)!;
  await first.cancel();
  await prompt.says("retry 1");
  const left = loop.get(2)!.snapshot().remainingMs!;
  assert(left > 3_500_000 && left <= 3_600_000, `${left}`);
  assert(loop.get(2)!.snapshot().deadlineAt! >= first.snapshot().deadlineAt!);
});

Deno.test("again repeats the last submit, run or gather, and no retry", async () => {
  await using loop = openLoop();
  const prompt = new Prompt(loop);
  assertEquals(await prompt.says("again"), "nothing was started yet");
  await prompt.says("submit sleep 0 a");
  assertEquals(await prompt.says("again"), "#2 sleep 0 a");
  await loop.wait();
  await prompt.says("retry 1");
  assertEquals(await prompt.says("again"), "#4 sleep 0 a");
  await prompt.says("run 6 * 7");
  await prompt.says("again");
  assertEquals(await loop.get(6)!, 42);
  await prompt.says("gather sleep 0 ; sleep 0");
  assertEquals(await prompt.says("again"), "group-2: #9 sleep 0, #10 sleep 0");
});
