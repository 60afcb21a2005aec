import { assertEquals } from "@std/assert";
import { openLoop } from "../../helpers.ts";
import { Prompt } from "../prompt.ts";

Deno.test("a Session notes failures and limits, but not what was cancelled", async () => {
  await using loop = openLoop();
  const prompt = new Prompt(loop);
  await prompt.saysAfter(
    "submit sleep 60",
    "cancel 1",
    "submit sleep 0",
    "wait",
  );
  assertEquals(prompt.session.failed, false);
  const failure = Promise.withResolvers<void>();
  prompt.session.onFailure = failure.resolve;
  await prompt.saysAfter("submit sleep 60 --timeout 1ms", "wait");
  await failure.promise;
  assertEquals(prompt.session.failed, true);
});
