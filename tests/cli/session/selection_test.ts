import { assertEquals } from "@std/assert";
import { COMMANDS } from "../../../src/cli/commands/execute.ts";
import type { IdItem } from "../../../src/cli/language/ids.ts";
import { parseLine } from "../../../src/cli/language/parser.ts";
import { selectTasks } from "../../../src/cli/session/selection.ts";
import { openLoop } from "../../helpers.ts";
import { Prompt, TASKS } from "../prompt.ts";

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
      `error: no task is called "3d"; ids are 3, #3, 1-4, 1,3, all, failed, a name, or na*`,
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
    "na*": "as IDS its * stands for any text",
    "failed": "as IDS it means the tasks in this state",
  };
  for (const [name, reason] of Object.entries(reasons)) {
    const refused = `error: "${name}" can't be a name: ${reason}`;
    const quoted = `'${name}'`;
    assertEquals(await prompt.says(`submit sleep 1 --name ${quoted}`), refused);
    assertEquals(await prompt.says(`gather --name=${quoted} sleep 1`), refused);
  }
  assertEquals(loop.list(), []);
});

Deno.test("IDS can be a state, or the beginning of a name or of a group's", async () => {
  await using loop = openLoop({ concurrency: 4 });
  const prompt = new Prompt(loop);
  await prompt.saysAfter(
    `use ${TASKS}`,
    "submit sleep 0 --name nap",
    "submit boom --name bad",
    "submit stubborn 60000 --timeout 0 --name late",
    "submit sleep 60 --name nap-2",
    "gather --name naps sleep 60 ; sleep 60 ; sleep 60 ; sleep 60",
    "wait 1-3",
  );
  await prompt.session.settleStarts();
  const ids = async (words: string): Promise<unknown> => {
    const line = await parseLine(`poll ${words}`, COMMANDS);
    return selectTasks(line!.args["ids"] as IdItem[], loop)
      .map(({ id }) => id);
  };
  assertEquals(await ids("succeeded"), [1]);
  assertEquals(await ids("failed"), [2, 3]);
  assertEquals(await ids("cancelled"), [3]);
  assertEquals(await ids("done"), [1, 2, 3]);
  assertEquals(await ids("running"), [4, 5, 6, 7]);
  assertEquals(await ids("queued 2"), [8, 2]);
  assertEquals(await ids("nap*"), [1, 4, 5, 6, 7, 8]);
  assertEquals(
    await prompt.says("wait x*"),
    `error: no task's name begins with "x"`,
  );
});

Deno.test("a name means the tasks that are not collected, if there are any", async () => {
  await using loop = openLoop();
  const prompt = new Prompt(loop);
  await prompt.saysAfter("submit sleep 0 old --name nap", "wait", "collect");
  assertEquals(await prompt.says("result nap"), "old");
  await prompt.saysAfter("submit sleep 0 new --name nap", "wait");
  assertEquals(await prompt.says("result nap"), "new");
  await prompt.says("collect");
  assertEquals(await prompt.says("result nap"), "old\nnew");
});
