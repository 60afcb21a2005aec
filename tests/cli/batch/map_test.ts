/** `loopctl map`, as a shell runs it. */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { Folder, outcomesIn, TASKS } from "./folder.ts";

/** What the inputs came to, without the times. */
function values(stdout: string): unknown[] {
  return outcomesIn(stdout).map(({ value }) => value);
}

Deno.test("map runs a task for each line of stdin, and writes each outcome", async () => {
  await using folder = new Folder();
  const { code, stdout, stderr } = await folder.map(
    ["echo", TASKS],
    "b\r\n\na\n",
  );
  const [first] = outcomesIn(stdout) as unknown as Record<string, unknown>[];
  const { start, duration, ...rest } = first!;
  assertEquals(rest, {
    task: "echo",
    key: "a",
    input: "a",
    state: "succeeded",
    value: ["a"],
    attempt: 1,
  });
  assertEquals(new Date(start as string).toISOString(), start);
  assertEquals(typeof duration, "number");
  assertEquals(values(stdout), [["a"], ["b"]]);
  assertMatch(stderr, /^echo: 2 succeeded in /);
  assertEquals(code, 0);
});

Deno.test("map takes inputs after :::, from a range, and from files of three kinds", async () => {
  await using folder = new Folder();
  await folder.write("a.txt", "1\n2\n");
  await folder.write("a.jsonl", '{"n": 1}\n{"n": 2}\n');
  await folder.write("a.csv", 'n,text\n1,"a, ""b"""\n2,"c\nd"\n');
  const given = async (...args: string[]): Promise<unknown[]> => {
    const { stdout } = await folder.map(["echo", TASKS, "--quiet", ...args]);
    return values(stdout).map((value) => (value as unknown[])[0]);
  };
  assertEquals(await given(":::", "a b", "1..2", "--", "--x"), [
    "--x",
    "1..2",
    "a b",
  ]);
  assertEquals(await given("3..1"), [1, 2, 3]);
  assertEquals(await given("--lines", "a.txt"), ["1", "2"]);
  assertEquals(await given("--lines", "a.txt", "--json-input"), [1, 2]);
  assertEquals(await given("--jsonl", "a.jsonl"), [{ n: 1 }, { n: 2 }]);
  assertEquals(await given("--csv", "a.csv"), [
    { n: "1", text: 'a, "b"' },
    { n: "2", text: "c\nd" },
  ]);
});

Deno.test("in the arguments of map, {} stands for the input", async () => {
  await using folder = new Folder();
  const calls = async (...args: string[]): Promise<unknown> => {
    const all = ["echo", TASKS, "--quiet", ...args, ":::", "$&x"];
    return values((await folder.map(all)).stdout)[0];
  };
  assertEquals(await calls("7", "{}.png"), ["$&x", 7, "$&x.png"]);
  assertEquals(await calls("7", "{}"), [7, "$&x"]);
  assertEquals(await calls('{"url": ["<{}>", 1]}'), [
    "$&x",
    { url: ["<$&x>", 1] },
  ]);
});

Deno.test("map takes the arguments of a built-in task as submit does", async () => {
  await using folder = new Folder();
  const { code, stdout } = await folder.map(["sleep", ":::", "1ms", "x"]);
  assertEquals(
    outcomesIn(stdout).map(({ state, error }) => [state, error?.name]),
    [["succeeded", undefined], ["failed", "LineError"]],
  );
  assertEquals(code, 1);
});

Deno.test("map exits with 1 if some fail, counts their errors, and says how to go on", async () => {
  await using folder = new Folder();
  await folder.write("in.txt", "bad 1\nb\nbad 2\n");
  const { code, stdout, stderr } = await folder.map(
    ["note", TASKS, "log", "--lines", "in.txt", "--out", "out.jsonl"],
  );
  assertEquals(
    (await folder.outcomes("out.jsonl")).map(({ state }) => state),
    ["succeeded", "failed", "failed"],
  );
  assertMatch(stderr, /^note: 1 succeeded, 2 failed in /);
  assertStringIncludes(stderr, "2 × RangeError, first bad ");
  assertStringIncludes(
    stderr,
    `loopctl map note ${TASKS} log --lines in.txt --out out.jsonl --resume\n`,
  );
  assertEquals({ code, stdout }, { code: 1, stdout: "" });
});

Deno.test("map runs equal inputs once, unless --duplicates", async () => {
  await using folder = new Folder();
  const run = async (...args: string[]): Promise<unknown[]> => {
    const { stdout } = await folder.map(["echo", TASKS, ...args]);
    return values(stdout);
  };
  assertEquals(await run(":::", "a", "b", "a"), [["a"], ["b"]]);
  assertEquals(
    await run("--duplicates", ":::", "a", "b", "a"),
    [["a"], ["a"], ["b"]],
  );
  await folder.write("a.csv", "id,n\nx,1\nx,2\n");
  assertEquals(await run("--csv", "a.csv", "--key", "id"), [
    [{ id: "x", n: "1" }],
  ]);
});

Deno.test("map stops as --halt says", async () => {
  await using folder = new Folder();
  const { code, stderr } = await folder.map(
    ["note", TASKS, "log", "--halt", "2", "--concurrency", "1", ":::"]
      .concat(["bad 1", "a", "bad 2", "b"]),
  );
  assertStringIncludes(stderr, "ended early: note was stopped: 2 of 3 failed");
  assertEquals(await folder.read("log"), '"bad 1"\n"a"\n"bad 2"\n');
  assertEquals(code, 1);
});

Deno.test("map --dry-run shows the first five calls, and starts none", async () => {
  await using folder = new Folder();
  const { code, stdout } = await folder.map(
    ["note", TASKS, "log", "1..9", "--dry-run", "--out", "out.jsonl"],
  );
  assertEquals(
    stdout,
    [1, 2, 3, 4, 5].map((n) => `note(${n}, "log")\n`).join(""),
  );
  assertEquals(code, 0);
  assertEquals([...Deno.readDirSync(folder.path)], []);
});

Deno.test("map says what is wrong with its use, and exits with 2", async () => {
  await using folder = new Folder();
  await folder.write("other.jsonl", '{"some": "thing"}\n');
  const wrong = async (...args: string[]): Promise<string> => {
    const { code, stdout, stderr } = await folder.map(args);
    assertEquals({ code, stdout }, { code: 2, stdout: "" });
    return stderr.trim();
  };
  assertStringIncludes(
    await wrong("nope", TASKS, ":::", "a"),
    'loopctl: unknown task "nope"',
  );
  assertStringIncludes(
    await wrong("echo", "none.ts", ":::", "a"),
    "can't load none.ts",
  );
  assertStringIncludes(
    await wrong("echo", TASKS, "1..2", ":::", "a"),
    '"map" takes inputs once',
  );
  assertStringIncludes(
    await wrong("echo", TASKS, "--lines", "none.txt"),
    "none.txt",
  );
  assertEquals(
    await wrong("echo", TASKS, "1..2", "--resume"),
    "loopctl: --resume needs --out FILE",
  );
  assertEquals(
    await wrong("echo", TASKS, "1..2", "--out", "other.jsonl"),
    "loopctl: other.jsonl is not empty; --resume goes on with what it holds",
  );
  assertEquals(
    await wrong("echo", TASKS, "1..2", "--out", "other.jsonl", "--resume"),
    "loopctl: other.jsonl is no output of echo: line 1 is no outcome",
  );
  assertStringIncludes(
    await wrong("echo", TASKS, "1..2", "--halt", "some"),
    '"some" is neither first-failure',
  );
});

Deno.test("map reports what is wrong with an input, and what had run", async () => {
  await using folder = new Folder();
  await folder.write("in.jsonl", '1\n{"a"\n');
  const { code, stdout, stderr } = await folder.map(
    ["echo", TASKS, "--jsonl", "in.jsonl"],
  );
  assertEquals(values(stdout), [[1]]);
  assertMatch(stderr, /ended early: in\.jsonl, line 2: .*JSON/);
  assertEquals(code, 1);
});

Deno.test("map writes CSV to a file that is named so", async () => {
  await using folder = new Folder();
  await folder.map(
    ["echo", TASKS, "{}", "--out", "out.csv", "--concurrency", "1", ":::"]
      .concat(['a,"b', "c"]),
  );
  const [header, first, second, end] = (await folder.read("out.csv"))
    .split("\r\n");
  assertEquals(
    header,
    "task,key,state,input,value,error,attempt,start,duration",
  );
  assertMatch(
    first!,
    /^echo,"a,""b",succeeded,"a,""b","\[""a,\\""b""\]",,1,\S+Z,[\d.]+$/,
  );
  assertMatch(second!, /^echo,c,succeeded,c,"\[""c""\]",,1,/);
  assertEquals(end, "");
});

Deno.test("loopctl map --help explains map", async () => {
  await using folder = new Folder();
  const { code, stdout } = await folder.map(["--help"]);
  assertStringIncludes(stdout, "--concurrency N");
  assertEquals(code, 0);
});
