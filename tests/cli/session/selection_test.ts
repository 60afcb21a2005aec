import { assertEquals } from "@std/assert";
import { openLoop } from "../../helpers.ts";
import { Prompt } from "../prompt.ts";

Deno.test("ids that speak of no task, or of several, are refused", async () => {
  await using loop = openLoop();
  const prompt = new Prompt(loop);
  await prompt.saysAfter(
    "submit sleep 60 --name nap",
    "submit sleep 60",
    "submit sleep 60",
  );
  const faults = {
    "cancel 7": "error: no task #7 here",
    "cancel 7-9": "error: no task from #7 to #9 here",
    "cancel npa": `error: no task is called "npa"; did you mean nap?`,
    "cancel 3d":
      `error: no task is called "3d"; ids are 3, #3, 1-4, 1,3, all, or a name`,
    "result sleep": "error: several tasks go by that name: say #2 or #3",
    "timeout sleep 1": "error: several tasks go by that name: say #2 or #3",
  };
  for (const [line, message] of Object.entries(faults)) {
    assertEquals(await prompt.says(line), message, line);
  }
});
