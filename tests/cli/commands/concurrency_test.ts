import { assertEquals } from "@std/assert";
import { openLoop } from "../../helpers.ts";
import { Prompt } from "../prompt.ts";

Deno.test("concurrency tells the bound, moves it and lifts it", async () => {
  await using loop = openLoop();
  const prompt = new Prompt(loop);
  assertEquals(
    await prompt.saysAfter("submit sleep 60", "submit sleep 60", "concurrency"),
    "no bound: 2 running, 0 queued",
  );
  assertEquals(
    await prompt.saysAfter("concurrency 2", "submit sleep 60", "concurrency"),
    "2 at once: 2 running, 1 queued",
  );
  assertEquals(
    await prompt.says("concurrency none"),
    "no bound: 3 running, 0 queued",
  );
});
