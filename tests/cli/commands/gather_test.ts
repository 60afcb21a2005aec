import { assertEquals } from "@std/assert";
import { openLoop } from "../../helpers.ts";
import { Prompt } from "../prompt.ts";

Deno.test("gather starts a group whose members stay controllable alone", async () => {
  await using loop = openLoop();
  const prompt = new Prompt(loop);
  assertEquals(
    await prompt.says("gather sleep 60 ; sleep 0 b --name quick"),
    "group-1: #1 sleep 60, #2 quick (sleep 0 b)",
  );
  await prompt.says("wait quick");
  assertEquals(
    await prompt.says("poll"),
    `
group-1  1 of 2 done
├ #1  sleep 60           running  T
└ #2  quick (sleep 0 b)  succeeded  T`.slice(1),
  );
  assertEquals(await prompt.says("cancel #1"), "#1 sleep 60  cancelled");
  assertEquals(
    await prompt.says("collect group-1"),
    `#1 sleep 60  T cancelled\n#2 quick (sleep 0 b)  T → "b"`,
  );
});

Deno.test("gather starts nothing if one of its calls is wrong", async () => {
  await using loop = openLoop();
  const prompt = new Prompt(loop);
  assertEquals(
    await prompt.says("gather sleep 1 ; slep 2"),
    `error: unknown task "slep"; did you mean sleep?`,
  );
  assertEquals(loop.list(), []);
});

Deno.test("gather --on-failure cancel-rest cancels the others", async () => {
  await using loop = openLoop();
  const prompt = new Prompt(loop);
  assertEquals(
    await prompt.saysAfter(
      "gather --name g --on-failure cancel-rest sleep 60 ; sleep 60 --timeout 1ms",
      "wait",
      "collect 1",
    ),
    "#1 sleep 60  T cancelled: task 2 of its group failed",
  );
});
