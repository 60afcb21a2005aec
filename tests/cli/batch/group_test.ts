/** A batch at the prompt: a group that goes by its name. */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { pathToFileURL } from "node:url";
import { Door } from "../../door.ts";
import { openLoop } from "../../helpers.ts";
import { until } from "../../until.ts";
import { Prompt } from "../prompt.ts";
import { Folder, TASKS } from "./folder.ts";

const USE = `use ${pathToFileURL(TASKS).href}`;

Deno.test("a batch at the prompt is polled, paused, resumed, given slots and cancelled by its name", async () => {
  await using folder = new Folder();
  await using loop = openLoop();
  await using door = new Door();
  const prompt = new Prompt(loop);
  const out = folder.file("out.jsonl");
  await prompt.says(USE);
  assertEquals(
    await prompt.says(
      `map wait 1..40 ${door.key} --concurrency 2 --name pages --out ${out}`,
    ),
    "pages: a batch of 40 inputs, 2 at once",
  );
  await door.arrivals(2);
  const sums = "pages: 0 of 40 done · 0/s";
  assertEquals(
    await prompt.says("pause pages"),
    `${sums} · 2 at once · paused`,
  );
  assertEquals(
    await prompt.says("concurrency pages 3"),
    `${sums} · 3 at once · paused`,
  );
  assertEquals(await prompt.says("resume pages"), `${sums} · 3 at once`);
  await door.arrivals(3);
  const [group, ...members] = (await prompt.says("poll pages")).split("\n");
  assertEquals(group, "pages  0 of 40 done · 0/s · 3 at once");
  assertEquals(members.length, 3);
  const [reply] = await Array.fromAsync(prompt.replies("poll pages"));
  const narrow = reply!.text({ width: 30, color: false, now: 0 })!;
  assertMatch(narrow, /^pages {2}0 of 40 done · 0\/s · 3…\n/);
  assertMatch(
    await prompt.says("cancel pages --grace 0"),
    /^pages: 3 of 40 done · 3 cancelled · /,
  );
  assertEquals(
    (await folder.outcomes("out.jsonl")).map(({ state }) => state),
    ["cancelled", "cancelled", "cancelled"],
  );
  assertMatch(await prompt.says("collect"), /^pages: 3 of 40 done/);
});

Deno.test("a batch that ends says what it came to, and wait waits for the batch", async () => {
  await using folder = new Folder();
  await using loop = openLoop();
  const prompt = new Prompt(loop);
  const told: string[] = [];
  prompt.session.tell = (reply) =>
    told.push(reply.text({ width: Infinity, color: false, now: 0 })!);
  await folder.write("in.txt", "a\nbad\nb\n");
  await prompt.says(USE);
  await prompt.says(
    `map note ${folder.file("log")} < ${folder.file("in.txt")} --name notes ` +
      `--out ${folder.file("out.csv")}`,
  );
  assertMatch(
    await prompt.says("wait notes"),
    /^notes: 3 of 3 done · 1 failed · /,
  );
  await until(() => told.length > 0);
  assertStringIncludes(told[0]!, "notes: 2 succeeded, 1 failed in ");
  assertEquals(prompt.session.failed, true);
  assertStringIncludes(told[0]!, "to run the rest: retry notes --failed");
  assertEquals(
    await prompt.says("retry notes"),
    "error: notes is a batch: add --failed",
  );
  assertMatch(
    await prompt.says("retry notes --failed"),
    /^notes: 0 of 1 done · /,
  );
  await prompt.says("wait notes");
  const lines = (await folder.read("out.csv")).split("\n").slice(1, -1);
  assertEquals(
    lines.map((line) => line.split(",")[1]).sort(),
    ["a", "b", "bad", "bad"],
  );
  // The tasks are forgotten: their outcomes are in the file.
  assertEquals(loop.list(), []);
});

Deno.test("without --out the outcomes of a batch are there to collect", async () => {
  await using loop = openLoop();
  const prompt = new Prompt(loop);
  await prompt.says(USE);
  await prompt.says("map echo ::: a b --name two --quiet");
  await prompt.says("wait two");
  const lines = (await prompt.says("collect two")).split("\n");
  assertEquals(lines.slice(1).sort(), [
    '#1 echo a  T → [ "a" ]',
    '#2 echo b  T → [ "b" ]',
  ]);
});

Deno.test("the prompt refuses a batch that it can't run", async () => {
  await using loop = openLoop();
  await using door = new Door();
  const prompt = new Prompt(loop);
  await prompt.says(USE);
  await prompt.says(`map wait ::: a --name one ${door.key}`);
  assertEquals(
    await prompt.says("map echo ::: a --name one"),
    "error: a batch one runs already",
  );
  assertEquals(
    await prompt.says("map echo --lines -"),
    "error: stdin is what the prompt reads",
  );
  assertMatch(await prompt.says("map echo"), /^error: "map" needs inputs: /);
  assertEquals(await prompt.says("poll < a"), 'error: "poll" reads no file');
  assertMatch(
    await prompt.says("concurrency two 3"),
    /^error: "two" is neither a number nor a batch/,
  );
  await prompt.session.endBatches();
});
