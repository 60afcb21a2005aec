import { assertEquals } from "@std/assert";
import { openLoop } from "../../helpers.ts";
import { Prompt } from "../prompt.ts";

Deno.test("pause and resume tell what waits and what runs", async () => {
  await using loop = openLoop({ concurrency: 2 });
  const prompt = new Prompt(loop);
  await prompt.says("submit sleep 60");
  assertEquals(
    await prompt.says("pause"),
    '2 at once, paused: 1 running, 0 queued; "resume" starts the queue again',
  );
  await prompt.says("submit sleep 60");
  assertEquals(
    await prompt.says("poll"),
    "#1  sleep 60  running  T\n#2  sleep 60  paused",
  );
  assertEquals(await prompt.says("resume"), "2 at once: 2 running, 0 queued");
});

Deno.test("concurrency 0 pauses, another number does not resume", async () => {
  await using loop = openLoop();
  const prompt = new Prompt(loop);
  const paused = 'paused: 0 running, 1 queued; "resume" starts the queue again';
  assertEquals(
    await prompt.saysAfter("concurrency 0", "submit sleep 60", "concurrency"),
    `no bound, ${paused}`,
  );
  assertEquals(await prompt.says("concurrency 4"), `4 at once, ${paused}`);
  assertEquals(await prompt.says("resume"), "4 at once: 1 running, 0 queued");
});

Deno.test("pause and resume take a group, and resume all ends every pause", async () => {
  await using loop = openLoop({ concurrency: 1 });
  const prompt = new Prompt(loop);
  await prompt.says("gather --name naps sleep 60 ; sleep 60 ; sleep 60");
  assertEquals(
    await prompt.says("pause naps"),
    "2 tasks paused, 1 already running: #1",
  );
  await prompt.says("pause");
  assertEquals(
    await prompt.says("resume 2"),
    '1 task resumed; the queue is paused, and "resume" starts it',
  );
  assertEquals(
    await prompt.says("resume"),
    "1 at once: 1 running, 2 queued\n" +
      '1 task still paused; "resume all" starts it',
  );
  assertEquals(
    await prompt.says("resume all"),
    "1 at once: 1 running, 2 queued",
  );
});

Deno.test("logs --follow of a paused task does not wait for it", async () => {
  await using loop = openLoop();
  const prompt = new Prompt(loop);
  assertEquals(
    await prompt.saysAfter("pause", "submit sleep 0", "logs 1 --follow"),
    "#1 is paused",
  );
});

Deno.test("wait does not wait for what is paused", async () => {
  await using loop = openLoop();
  const prompt = new Prompt(loop);
  await prompt.says("submit sleep 0");
  await prompt.says("pause");
  await prompt.says("submit sleep 0");
  assertEquals(
    await prompt.says("wait"),
    "#1 sleep 0  succeeded after T\nnot ended: #2\n" +
      '"resume all" starts what is paused',
  );
});
