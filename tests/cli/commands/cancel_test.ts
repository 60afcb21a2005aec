import { assertEquals, assertMatch } from "@std/assert";
import { openLoop } from "../../helpers.ts";
import { Prompt, TASKS } from "../prompt.ts";

Deno.test("cancel answers for each task what came of it", async () => {
  await using loop = openLoop();
  const prompt = new Prompt(loop);
  await prompt.saysAfter(
    `use ${TASKS}`,
    "submit sleep 60",
    "submit sleep 0",
    "submit stubborn 500",
    "wait 2",
  );
  assertEquals(
    await prompt.says("cancel 1-3 --grace 10ms --reason 'no more'"),
    `
#1 sleep 60  cancelled
#2 sleep 0  had ended: succeeded
#3 stubborn 500  abandoned: it ignored its signal, and is still running`.slice(
      1,
    ),
  );
  assertMatch(
    await prompt.says("poll 3"),
    /^#3 {2}stubborn 500 {2}abandoned +T {2}ignored its signal, still running$/,
  );
  assertEquals(await prompt.says("cancel all"), "nothing is running");
  assertEquals(
    await prompt.says("cancel"),
    `error: "cancel" needs IDS, or --queued`,
  );
});

Deno.test("cancel --queued spares what runs", async () => {
  await using loop = openLoop();
  const prompt = new Prompt(loop);
  assertEquals(
    await prompt.saysAfter(
      "concurrency 1",
      "submit sleep 60",
      "submit sleep 60 --priority 2",
      "submit sleep 60",
      "cancel --queued",
    ),
    "#2 sleep 60  cancelled\n#3 sleep 60  cancelled",
  );
  assertEquals(loop.list().map(({ done }) => done), [false, true, true]);
});
