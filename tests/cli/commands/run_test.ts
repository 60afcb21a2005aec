import { assertEquals, assertMatch } from "@std/assert";
import { openLoop } from "../../helpers.ts";
import { relative as relativePath } from "node:path";
import { fileURLToPath } from "node:url";
import { endedReply } from "../../../src/cli/render/outcome.ts";
import { render } from "../../../src/cli/render/reply.ts";
import { Prompt, TASKS } from "../prompt.ts";

Deno.test("run evaluates an expression or statements in the loop", async () => {
  await using loop = openLoop();
  const prompt = new Prompt(loop);
  assertEquals(
    await prompt.saysAfter(
      "run --name sum 1 + 1 // a comment",
      "run {a: await Promise.resolve(task.id)}",
      "run for (let n = 0; n < 3; n++); return typeof task",
      "run nothing.here",
      "wait",
      "collect",
    ),
    `#1 sum (1 + 1 // a comment)  T → 2
#2 {a: await Promise.resolve(task.id)}  T → { a: 2 }
#3 for (let n = 0; n < 3; n++); return typeof task  T → "object"
#4 nothing.here  T failed: ReferenceError: nothing is not defined`,
  );
});

Deno.test("run refuses what is no JavaScript, before it starts a task", async () => {
  await using loop = openLoop();
  const prompt = new Prompt(loop);
  assertEquals(
    await prompt.says("run 1 +"),
    "error: SyntaxError: the input ends too early",
  );
  assertMatch(await prompt.says("run a b"), /^error: SyntaxError: /);
  assertMatch(await prompt.says("run })(("), /^error: SyntaxError: /);
  assertEquals(loop.list(), []);
});

Deno.test("what run declares stays for the next run, and _ is the last result", async () => {
  await using loop = openLoop();
  const prompt = new Prompt(loop);
  const values: string[] = [];
  for (
    const line of [
      "const {a, b: [c]} = {a: 1, b: [2]}; let n = 0; var v = 3",
      "function next() { return n += c }; class Pair { one = a }",
      "next() + next()",
      "_ * 10",
      "n = 100; next()",
      "[n, new Pair().one, v]",
      "let a = await Promise.resolve('again'); a",
      "a + new Pair().one",
      "c = 3",
      "let n = nowhere.x",
      "n",
    ]
  ) {
    await prompt.says(`run ${line}`);
    await prompt.says("wait");
    const said = await prompt.says("collect");
    values.push(said.slice(said.indexOf(" T ") + 3));
  }
  assertEquals(values, [
    "→ undefined",
    "→ undefined",
    "→ 6",
    "→ 60",
    "→ 102",
    "→ [ 102, 1, 3 ]",
    '→ "again"',
    '→ "againagain"',
    "failed: TypeError: Assignment to constant variable.",
    "failed: ReferenceError: nowhere is not defined",
    "→ 102",
  ]);
});

Deno.test("a run sees what another one that is still running has declared", async () => {
  await using loop = openLoop();
  const prompt = new Prompt(loop);
  assertEquals(
    await prompt.saysAfter(
      "run let open; const gate = new Promise((go) => open = go); await gate",
      "run open('through'); 1",
      "wait",
      "collect",
    ),
    "#1 let open; const gate = new Promise((go) => open = go); awai…  T " +
      "→ \"through\"\n#2 open('through'); 1  T → 1",
  );
});

Deno.test("run knows the exports of the modules in use, and imports as use does", async () => {
  await using loop = openLoop();
  const prompt = new Prompt(loop);
  const relative = `./${relativePath(".", fileURLToPath(TASKS))}`;
  assertEquals(
    await prompt.saysAfter(
      `use ${TASKS}`,
      "run [...await echo(1, 2), typeof half, typeof sleep]",
      `run (await import("${relative}")).echo === echo`,
      "run echo = 1",
      "wait",
      "collect",
    ),
    `#1 [...await echo(1, 2), typeof half, typeof sleep]  T ` +
      `→ [ 1, 2, "function", "undefined" ]
#2 (await import("${relative}")).echo === echo  T → true
#3 echo = 1  T failed: TypeError: Cannot assign to echo: it is the export of a module`,
  );
});

Deno.test("run shows what can't leave the loop, and says what helps", async () => {
  await using loop = openLoop();
  const prompt = new Prompt(loop);
  assertEquals(
    await prompt.saysAfter(
      "run function half(n) { return n / 2 }; half",
      "run [Symbol('s')]",
      "run new Response('body').text",
      "wait",
      "run new Response('body')",
      "wait",
      "run await _.text()",
      "wait",
      "result 4",
    ).then((said) => said.slice(-83)),
    '  url: ""\n} (it stays in the loop; await _.json() or await _.text() gives its body)',
  );
  assertEquals(
    await prompt.says("collect 1 2 5"),
    "#1 function half(n) { return n / 2 }; half  T " +
      "→ [Function: half] (it stays in the loop; call it)\n" +
      "#2 [Symbol('s')]  T → [ Symbol(s) ] " +
      "(_[0] (a symbol) stays in the loop; return plain data made of it)\n" +
      '#5 await _.text()  T → "body"',
  );
  const [reply] = await Array.fromAsync(prompt.replies("result 4"));
  const { value } = reply!.json() as { value: Record<string, unknown> };
  assertEquals(
    [value.$type, value.uncollectable],
    [
      "Response",
      "it stays in the loop; await _.json() or await _.text() gives its body",
    ],
  );
});

Deno.test("an error of run tells its place in the text", async () => {
  await using loop = openLoop();
  const prompt = new Prompt(loop);
  await prompt.saysAfter("run 1;\n  null.x", "wait");
  await prompt.saysAfter("run function f() {\n null.x }", "wait");
  await prompt.saysAfter("run 1; f()", "wait");
  const stacks = await Promise.all([1, 3].map(async (id) => {
    const outcome = await loop.get(id)!.outcome();
    return "error" in outcome &&
      outcome.error?.stack?.match(/run-\d+:\d+:\d+/g);
  }));
  assertEquals(stacks, [["run-1:2:8"], ["run-2:2:7", "run-3:1:4"]]);
});

Deno.test("what run wrote is shown under its result by wait, and by a script", async () => {
  await using loop = openLoop();
  const prompt = new Prompt(loop);
  assertEquals(
    await prompt.saysAfter(
      `use ${TASKS}`,
      "run console.log('one\\ntwo'); console.error('three')",
      "wait",
    ).then((said) => said.replaceAll(/^ +/gm, "").replaceAll(/ +$/gm, "")),
    "#1 console.log('one\\ntwo'); console.error('three')  succeeded after T\n" +
      "CLOCK  log    one\ntwo\nCLOCK  error  three",
  );
  const task = loop.get(1)!;
  const ended = { task: task.snapshot(), outcome: task.peek(), hiddenLines: 2 };
  const style = { width: 200, color: false, now: 0 };
  assertMatch(
    render(endedReply(ended), style),
    /succeeded after \S+ {2}wrote 2 lines: logs 1$/m,
  );
});

Deno.test("run says in a new loop what went with the old one", async () => {
  await using loop = openLoop();
  const prompt = new Prompt(loop);
  await prompt.saysAfter("run let a = 1, b = 2", "wait");
  await prompt.saysAfter("run Deno.exit()", "wait", "run typeof a", "wait");
  assertEquals(await prompt.says("result 3"), "undefined");
  assertMatch(
    await prompt.says("logs 3"),
    /warn .*this loop is a new one: a, b went with the old one/,
  );
});
