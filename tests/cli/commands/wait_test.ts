import { assertEquals, assertMatch } from "@std/assert";
import { openLoop } from "../../helpers.ts";
import { Prompt } from "../prompt.ts";

Deno.test("wait --any is over with the first, and --timeout with none", async () => {
  await using loop = openLoop();
  const prompt = new Prompt(loop);
  await prompt.saysAfter("submit sleep 60", "submit sleep 0 --name quick");
  assertEquals(
    await prompt.says("wait --any"),
    "#2 quick (sleep 0)  succeeded after T",
  );
  assertEquals(await prompt.says("wait --timeout 10ms"), "not ended: #1");
  assertEquals(
    await prompt.says("wait quick"),
    "#2 quick (sleep 0)  succeeded after T",
  );
});

Deno.test("wait --timeout waits, however long it is", async () => {
  await using loop = openLoop();
  const prompt = new Prompt(loop);
  assertEquals(
    await prompt.saysAfter("submit sleep 0.1", "wait --timeout 1000h"),
    "#1 sleep 0.1  succeeded after T",
  );
});

Deno.test("wait --first-failure is over with the first failure", async () => {
  await using loop = openLoop();
  const prompt = new Prompt(loop);
  assertMatch(
    await prompt.saysAfter(
      "submit sleep 60",
      "submit sleep 0 --name quick",
      "submit sleep 60 --timeout 300ms --name late",
      "wait --first-failure",
    ),
    /^#2 quick.*succeeded after T\n#3 late \(sleep 60\) {2}timed out after T/,
  );
});

Deno.test("wait that is left leaves the tasks as they are", async () => {
  await using loop = openLoop();
  const prompt = new Prompt(loop);
  await prompt.says("submit sleep 60");
  const waiting = Array.fromAsync(prompt.replies("wait"));
  prompt.leave();
  assertEquals(await waiting, []);
  assertEquals(loop.list()[0]?.done, false);
});
