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

Deno.test("a name that IDS would read as something else is refused", async () => {
  await using loop = openLoop();
  const prompt = new Prompt(loop);
  const reasons = {
    "3": "as IDS it is an id",
    "#3.1": "as IDS it is an id",
    "1-4": "as IDS it is a range of ids",
    "all": "as IDS it means every task",
    "a,b": "as IDS it means several tasks",
  };
  for (const [name, reason] of Object.entries(reasons)) {
    const refused = `error: "${name}" can't be a name: ${reason}`;
    const quoted = `'${name}'`;
    assertEquals(await prompt.says(`submit sleep 1 --name ${quoted}`), refused);
    assertEquals(await prompt.says(`gather --name=${quoted} sleep 1`), refused);
  }
  assertEquals(loop.list(), []);
});
