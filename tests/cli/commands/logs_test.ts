import { assertEquals } from "@std/assert";
import { openLoop } from "../../helpers.ts";
import { until } from "../../until.ts";
import { Prompt, TASKS } from "../prompt.ts";

Deno.test("logs shows what a task wrote, harmless for the terminal", async () => {
  await using loop = openLoop();
  const prompt = new Prompt(loop);
  assertEquals(
    await prompt.saysAfter(
      `use ${TASKS}`,
      "submit flaky 2 --retry 2 --backoff 0",
      "logs flaky --follow",
    ),
    "CLOCK  warn   attempt 1\nCLOCK  warn   attempt 2",
  );
  await prompt.says("submit half");
  for await (const reply of prompt.replies("logs half --follow")) {
    const [entry] = [reply.json()].flat();
    assertEquals(
      [entry?.type, entry?.text],
      ["log", "half way\x1b[2J"],
    );
    break;
  }
  assertEquals(
    await prompt.says("logs half"),
    "CLOCK  log    half way\\x1b[2J",
  );
  assertEquals(
    await prompt.saysAfter("submit sleep 60", "logs 3"),
    "#3 has written nothing",
  );
});

Deno.test("logs without ID shows what was written outside of any task", async () => {
  await using loop = openLoop();
  const prompt = new Prompt(loop);
  assertEquals(await prompt.says("logs"), "the loop has written nothing");
  await prompt.says(
    "use 'data:text/javascript,console.log(%27at%20load%27);export%20const%20f=()=>1'",
  );
  await until(() => loop.logs().length > 0);
  assertEquals(await prompt.says("logs"), "CLOCK  log    at load");
  assertEquals(await prompt.says("logs loop"), "CLOCK  log    at load");
  assertEquals(
    await prompt.says("logs --follow"),
    "error: --follow needs IDS",
  );
  assertEquals(
    await prompt.saysAfter("submit sleep 60 --name loop", "logs loop"),
    "#1 has written nothing",
  );
});

Deno.test("logs of several tasks says of each line whose it is", async () => {
  await using loop = openLoop();
  const prompt = new Prompt(loop);
  await prompt.saysAfter(
    `use ${TASKS}`,
    "submit flaky 9 --retry 2 --backoff 0",
    "submit sleep 0",
    "submit flaky 9 --name other",
    "wait",
  );
  const lines = (await prompt.says("logs all")).split("\n").sort();
  const expected = [
    "#1 flaky 9  CLOCK  warn   attempt 1",
    "#1 flaky 9  CLOCK  warn   attempt 2",
    "#3 other (flaky 9)  CLOCK  warn   attempt 1",
  ];
  assertEquals(lines, expected);
  assertEquals(
    (await prompt.says("logs failed --follow")).split("\n").sort(),
    expected,
  );
  assertEquals(
    (await prompt.says("follow 1,3")).split("\n").sort(),
    expected,
  );
  assertEquals(
    await prompt.saysAfter("submit sleep 0", "wait", "logs succeeded"),
    "none of 2 tasks has written anything",
  );
  assertEquals(
    await prompt.says("logs cancelled"),
    "no such task has written anything",
  );
});
