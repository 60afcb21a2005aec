import { assertEquals, assertMatch } from "@std/assert";
import { openLoop } from "../../helpers.ts";
import { until } from "../../until.ts";
import { Prompt, TASKS } from "../prompt.ts";

Deno.test("poll shows progress, attempts, and children under their parent", async () => {
  await using loop = openLoop();
  const prompt = new Prompt(loop);
  await prompt.saysAfter(
    `use ${TASKS}`,
    "submit flaky 3 --retry 5 --backoff 1ms",
    "submit parent",
    "wait flaky",
  );
  await until(() => loop.get("2.1")?.snapshot().progress !== undefined);
  assertMatch(
    await prompt.says("poll"),
    new RegExp(
      "^#1 +flaky 3 +succeeded +T +attempt 3 of 5\n" +
        "#2 +parent +running +T\n" +
        "└ #2.1 +half +running +T +50% 5 of 10 pages",
    ),
  );
  assertEquals(await prompt.says("cancel 2.1"), "#2.1 half  cancelled");
  assertMatch(
    await prompt.saysAfter("wait 2", "collect 2"),
    /^#2 parent {2}T cancelled/,
  );
});
