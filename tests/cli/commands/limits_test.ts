import { assertEquals, assertMatch } from "@std/assert";
import { openLoop } from "../../helpers.ts";
import { Prompt } from "../prompt.ts";

Deno.test("timeout and deadline move the limits of a task that runs", async () => {
  await using loop = openLoop();
  const prompt = new Prompt(loop);
  await prompt.says("submit sleep 60 --timeout 1h");
  assertEquals(
    await prompt.says("timeout 1 20"),
    "#1 sleep 60  timeout T · T left",
  );
  assertEquals(
    await prompt.says("deadline 1 30s"),
    "#1 sleep 60  timeout T · deadline CLOCK · T left",
  );
  await prompt.says("deadline sleep none");
  assertEquals(await prompt.says("timeout 1 none"), "#1 sleep 60  no limit");
  assertMatch(
    await prompt.saysAfter("timeout 1 0", "wait", "collect"),
    /^#1 sleep 60 {2}T timed out: task 1 ran for \d+ ms, its timeout is 0 ms$/,
  );
});
