import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { parseXml } from "@rgrove/parse-xml";
import { openLoop } from "../../helpers.ts";
import { Prompt } from "../prompt.ts";

Deno.test("timeline draws what ran, and writes it as an SVG or a trace", async () => {
  const folder = await Deno.makeTempDir();
  await using loop = openLoop();
  const prompt = new Prompt(loop);
  assertEquals(await prompt.says("timeline"), "no tasks");
  await prompt.saysAfter(
    "gather --name teas sleep 0.01 tea ; sleep 3600",
    "wait 1",
    "cancel 2",
  );
  const drawn = await prompt.says("timeline");
  assertStringIncludes(drawn, "teas · 2 tasks · 2 slots\n");
  assertMatch(drawn, /#1 sleep 0\.01 tea +█/);
  assertMatch(drawn, /#2 sleep 3600 +[▒╌]/);

  const svg = `${folder}/teas.svg`;
  assertEquals(await prompt.says(`timeline teas ${svg}`), `${svg}: 2 tasks`);
  const { root } = parseXml(await Deno.readTextFile(svg));
  assertEquals(root?.name, "svg");

  const json = `${folder}/trace.json`;
  assertEquals(await prompt.says(`timeline 1 ${json}`), `${json}: 1 task`);
  const { traceEvents } = JSON.parse(await Deno.readTextFile(json));
  assertEquals(
    traceEvents.some(({ name }: { name: string }) => name === "succeeded"),
    true,
  );
  await Deno.remove(folder, { recursive: true });
});

Deno.test("timeline says what is wrong with its file", async () => {
  await using loop = openLoop();
  const prompt = new Prompt(loop);
  await prompt.saysAfter("submit sleep 0", "wait");
  assertMatch(
    await prompt.says("timeline /nowhere/at/all.svg"),
    /^error: No such file or directory/,
  );
  assertEquals(
    await prompt.says("timeline a.svg b.json"),
    "error: a timeline goes into one file",
  );
});
