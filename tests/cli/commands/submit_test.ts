import { assertEquals } from "@std/assert";
import { openLoop } from "../../helpers.ts";
import { Prompt } from "../prompt.ts";

Deno.test("submit starts a built-in, and collect tells its outcome once", async () => {
  await using loop = openLoop();
  const prompt = new Prompt(loop);
  assertEquals(
    await prompt.says("submit sleep 0 hi --name nap"),
    "#1 nap (sleep 0 hi)",
  );
  assertEquals(
    await prompt.says("wait"),
    "#1 nap (sleep 0 hi)  succeeded after T",
  );
  assertEquals(await prompt.says("collect"), `#1 nap (sleep 0 hi)  T → "hi"`);
  assertEquals(await prompt.says("collect"), "nothing to collect");
  assertEquals(await prompt.says("poll"), "no tasks");
  assertEquals(await prompt.says("result 1"), "hi");
  assertEquals(await prompt.says("forget 1"), "forgot #1 nap (sleep 0 hi)");
  assertEquals(await prompt.says("result 1"), "error: no task #1 here");
});

Deno.test("submit checks the arguments of a built-in before it starts", async () => {
  await using loop = openLoop();
  const prompt = new Prompt(loop);
  const faults = {
    "submit sleep":
      `error: "sleep" needs SECONDS, as in: sleep SECONDS [VALUE]`,
    "submit sleep soon":
      `error: "soon" is not a duration; durations are 500ms, 3s, 2m, 1h, or seconds`,
    "submit sleep 1 2 3":
      `error: "3" is one argument too many for: sleep SECONDS [VALUE]`,
    "submit fetch nowhere":
      `error: "nowhere" is not a URL, such as http://127.0.0.1:8000/`,
    "submit fetch 127.0.0.1:1 -H bad":
      `error: "bad" is not a header, such as 'Accept: text/html'`,
    "submit fetch 127.0.0.1:1 --max-bytes 1 --max-bytes 2":
      "error: --max-bytes is given twice",
    "submit sleep 1 -X PUT":
      `error: "PUT" is one argument too many for: sleep SECONDS [VALUE]`,
    "submit exec": `error: "exec" needs COMMAND, as in: exec COMMAND [ARGS …]`,
    "submit exec --timeout 3s sleep 5":
      `error: "--timeout" is not a program; the options of submit come before exec`,
    "submit slep 1": `error: unknown task "slep"; did you mean sleep?`,
    "submit xyzzy": `error: unknown task "xyzzy"; there are sleep, fetch, exec`,
    "submit sleep 1 --backoff 1s": "error: --backoff needs --retry",
  };
  for (const [line, message] of Object.entries(faults)) {
    const said = await prompt.says(line);
    assertEquals(said, message.replaceAll(/\d+m?s\b/g, "T"), line);
  }
  assertEquals(loop.list(), []);
});

Deno.test("submit takes the options of a built-in mixed with its own", async () => {
  await using loop = openLoop();
  const prompt = new Prompt(loop);
  await prompt.says("pause");
  await prompt.says(
    `submit --name page fetch localhost:80/x -H 'A: b' --retry 3 -H "C: d" -d 1`,
  );
  const { name, attempts, args } = loop.get(1)!.snapshot();
  assertEquals([name, attempts, args], ["page", 3, [
    "http://localhost:80/x",
    { header: ["A: b", "C: d"], data: "1" },
  ]]);
});

Deno.test("submit hands on all that follows exec", async () => {
  await using loop = openLoop();
  const prompt = new Prompt(loop);
  await prompt.says("pause");
  await prompt.says("submit --timeout 5s exec curl -s --retry 3 -- 1");
  const { args, timeoutMs, attempts } = loop.get(1)!.snapshot();
  assertEquals([args, timeoutMs, attempts], [
    ["curl", "-s", "--retry", "3", "--", "1"],
    5000,
    1,
  ]);
});

Deno.test("submit asks which is meant where two modules export the name", async () => {
  await using loop = openLoop();
  const prompt = new Prompt(loop);
  const module = "data:text/javascript,export%20const%20sleep=(a)=%3Ea";
  await prompt.says(`use ${module}`);
  const label = prompt.session.modules.names()
    .find((name) => name.endsWith(".sleep") && name !== "builtin.sleep")
    ?.replace(".sleep", "");
  assertEquals(
    await prompt.says("submit sleep 1"),
    `error: "sleep" is in several modules: say builtin.sleep or ${label}.sleep`,
  );
  assertEquals(
    await prompt.saysAfter(
      `submit '${label}.sleep' 7`,
      "submit builtin.sleep 0 8",
      "wait",
      "collect",
    ),
    "#1 sleep 7  T → 7\n#2 sleep 0 8  T → 8",
  );
});
