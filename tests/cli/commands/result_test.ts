import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { resultReply } from "../../../src/cli/commands/result.ts";
import { openLoop } from "../../helpers.ts";
import { Prompt, TASKS } from "../prompt.ts";
import { json, NARROW, snapshot, text } from "../render/samples.ts";

Deno.test("result says of a task without a value what it has instead", async () => {
  await using loop = openLoop();
  const prompt = new Prompt(loop);
  await prompt.saysAfter(
    `use ${TASKS}`,
    "submit sleep 60",
    "submit throwValue 7",
    "wait 2",
  );
  assertEquals(
    await prompt.says("result 1"),
    "error: #1 is running, and has no result yet",
  );
  assertMatch(
    await prompt.says("result 2"),
    /^#2 throwValue 7 {2}T failed: .*\n {3}cause: 7\nerror: #2 has no result: failed$/,
  );
});

Deno.test("render gives the value of a result whole through a pipe", () => {
  const value = "a\r\n\x1b".repeat(10_000);
  const reply = resultReply(snapshot(), value);
  assertEquals(text(reply), "a\r\n\\x1b".repeat(10_000) + "\n");
  assertStringIncludes(text(reply, NARROW), "… 40,000 characters in all");
  assertEquals(json(reply), [{
    type: "result",
    id: 1,
    task: "sleep",
    args: [],
    name: "sleep",
    state: "running",
    elapsedMs: 1234,
    value,
  }]);
});
