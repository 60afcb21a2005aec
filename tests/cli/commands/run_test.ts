import { assertEquals, assertMatch } from "@std/assert";
import { openLoop } from "../../helpers.ts";
import { Prompt } from "../prompt.ts";

Deno.test("run evaluates an expression or statements in the loop", async () => {
  await using loop = openLoop();
  const prompt = new Prompt(loop);
  assertEquals(
    await prompt.saysAfter(
      "run --name sum 1 + 1 // a comment",
      "run {a: await Promise.resolve(task.id)}",
      "run for (let n = 0; n < 3; n++); return typeof task",
      "run nothing.here",
      "wait",
      "collect",
    ),
    `#1 sum (1 + 1 // a comment) T → 2
#2 {a: await Promise.resolve(task.id)} T → { a: 2 }
#3 for (let n = 0; n < 3; n++); return typeof task T → "object"
#4 nothing.here T failed: ReferenceError: nothing is not defined in the loop: ` +
      "an inline task sees only its arguments, the loop's globals and `task`; " +
      "pass nothing as an argument, or put the task into a module",
  );
});

Deno.test("run refuses what is no JavaScript, before it starts a task", async () => {
  await using loop = openLoop();
  const prompt = new Prompt(loop);
  assertEquals(
    await prompt.says("run 1 +"),
    "error: SyntaxError: Unexpected end of the expression",
  );
  assertMatch(await prompt.says("run a b"), /^error: SyntaxError: /);
  assertMatch(await prompt.says("run })(("), /^error: SyntaxError: /);
  assertEquals(loop.list(), []);
});
