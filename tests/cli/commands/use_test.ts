import { assertEquals, assertMatch } from "@std/assert";
import { openLoop } from "../../helpers.ts";
import { Prompt, TASKS } from "../prompt.ts";

Deno.test("use lists the functions of a module, and submit passes them JSON", async () => {
  await using loop = openLoop();
  const prompt = new Prompt(loop);
  assertEquals(
    await prompt.says(`use ${TASKS}`),
    "tasks: big, boom, echo, failsCleanup, flaky, half, parent, pid, spin, stubborn, " +
      "throwValue, uncloneable",
  );
  assertEquals(
    await prompt.saysAfter(
      `submit echo 1 "a b" {"c": [true]} null`,
      "wait",
      "result 1",
    ),
    `[ 1, "a b", { c: [ true ] }, null ]`,
  );
});

Deno.test("use says why a module can't be loaded or has no task", async () => {
  await using loop = openLoop();
  const prompt = new Prompt(loop);
  assertMatch(
    await prompt.says("use ./nowhere.ts"),
    /^error: can't load \.\/nowhere\.ts: Module not found/,
  );
  const broken = "data:text/javascript,export%20function%20(";
  assertMatch(await prompt.says(`use ${broken}`), /^error: can't load data:/);
  const empty = "data:text/javascript,export%20const%20a=1";
  assertMatch(await prompt.says(`use ${empty}`), /exports no function$/);
  const throwing = "data:text/javascript,throw%20new%20Error(42)";
  assertMatch(await prompt.says(`use ${throwing}`), /: 42$/);
  const reaching = "data:text/javascript,nowhere.x";
  assertMatch(
    await prompt.says(`use ${reaching}`),
    /: ReferenceError: nowhere is not defined$/,
  );
});
