import { assertEquals, assertMatch } from "@std/assert";
import { openLoop } from "../../helpers.ts";
import { Prompt, TASKS } from "../prompt.ts";

Deno.test("collect says what a task threw, or why its value can't be sent", async () => {
  await using loop = openLoop();
  const prompt = new Prompt(loop);
  const said = await prompt.saysAfter(
    `use ${TASKS}`,
    "submit boom 'no good'",
    "submit uncloneable",
    "wait",
    "collect",
  );
  const [headline, place, cause, other] = said.split("\n");
  assertEquals(headline, `#1 boom "no good"  T failed: TypeError: no good`);
  assertMatch(place ?? "", /^ {3}at boom \(.*tests\/cli\/tasks\.ts:/);
  assertEquals(cause, "   cause: Error: why");
  assertMatch(other ?? "", /^#2 uncloneable {2}T failed: .*can't be sent/);
});

Deno.test("collect leaves what runs, and says so of what was named", async () => {
  await using loop = openLoop();
  const prompt = new Prompt(loop);
  await prompt.saysAfter("submit sleep 60", "submit sleep 0 b", "wait 2");
  assertEquals(
    await prompt.says("collect 1-2"),
    `#2 sleep 0 b  T → "b"\nnot ended: #1`,
  );
  assertEquals(
    await prompt.says("collect"),
    "nothing has ended; 1 running or queued",
  );
});
