/** The prompt with pipes at its ends: a real child process. */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import config from "../../deno.json" with { type: "json" };
import { IMPORT_MAP, RUN } from "../command_line.ts";
import {
  deno,
  DenoChild,
  type Finished,
  killedInTime,
  ROOT,
} from "../helpers.ts";

const CLI = [...RUN, "cli.ts"];
const TASKS = "tests/cli/tasks.ts";

async function loopctl(
  stdin: string,
  ...options: string[]
): Promise<Finished> {
  return await deno([...CLI, ...options], { stdin });
}

/** The output with its times left out. */
function untimed(text: string): string {
  return text.replaceAll(/\d+(\.\d+)?(ms|s)\b/g, "T");
}

Deno.test("a script runs each line, then shows each outcome as its task ends; --ordered in order of the ids", async () => {
  const lines = `
# a comment, and a blank line

submit sleep 0.4 slow
gather sleep 0.2 a; sleep 0 b`;
  const [started, slow, a, b] = [
    "#1 sleep 0.4 slow\ngroup-1: #2 sleep 0.2 a, #3 sleep 0 b\n",
    '#1 sleep 0.4 slow  T → "slow"\n',
    '#2 sleep 0.2 a  T → "a"\n',
    '#3 sleep 0 b  T → "b"\n',
  ];
  const { code, stdout, stderr } = await loopctl(lines);
  assertEquals(untimed(stdout), started + b + a + slow);
  assertEquals({ code, stderr }, { code: 0, stderr: "" });
  const ordered = await loopctl(lines, "--ordered");
  assertEquals(untimed(ordered.stdout), started + slow + a + b);
});

Deno.test("--quiet prints the values and nothing else, errors on stderr", async () => {
  const { code, stdout, stderr } = await loopctl(
    "run 6 * 7\nwait\npoll\nresult 1\nrun 'a text'\nrun ({ a: [1] })\n" +
      "submit sleep 0\nrun null.x\nxyzzy\n",
    "--quiet",
    "--ordered",
  );
  assertEquals({ code, stdout }, {
    code: 1,
    stdout: '42\na text\n{"a":[1]}\n',
  });
  assertMatch(stderr, /^line 9, column 1: error: unknown command "xyzzy"/m);
  assertMatch(stderr, /^#5 null\.x {2}\S+ failed: TypeError: /m);
  const json = await loopctl("run 'a text'", "--quiet", "--json");
  assertEquals(json.stdout, '"a text"\n');
});

Deno.test("a script prints what it collects whole", async () => {
  const { stdout } = await loopctl(
    "run Array.from({ length: 3000 }, (_, n) => [[[[[[n]]]]]])\n" +
      "run 'x'.repeat(20000)\n" +
      "run throw new Error('y'.repeat(5000))",
  );
  assertMatch(stdout, /\[\s+\[\s+\[\s+\[\s+\[\s+\[ 2999 \]/);
  assertEquals(stdout.includes("more"), false);
  assertStringIncludes(stdout, `→ "${"x".repeat(20_000)}"\n`);
  assertStringIncludes(stdout, `Error: ${"y".repeat(5000)}\n`);
});

Deno.test("a script that ends while tasks are paused says so, and resumes them", async () => {
  const { code, stdout, stderr } = await loopctl(`pause
submit sleep 0 a
pause 1`);
  assertEquals(untimed(stdout).split("\n").slice(-2), [
    '#1 sleep 0 a  T → "a"',
    "",
  ]);
  assertEquals({ code, stderr }, {
    code: 0,
    stderr: "the script has ended; resuming 1 paused task\n",
  });
});

Deno.test("a script of no lines does nothing, and that went well", async () => {
  assertEquals(await loopctl(""), { code: 0, stdout: "", stderr: "" });
});

Deno.test("a prompt that is to give its tasks what it has not itself says so, and exits with 2", async () => {
  const own = ["--no-prompt", "--allow-read", "--allow-run", "--allow-env"];
  const options = ["--isolation=process", "--task-allow-net"];
  const { code, stdout, stderr } = await deno(
    ["run", ...own, ...IMPORT_MAP, "cli.ts", ...options],
  );
  assertEquals({ code, stdout, stderr }, {
    code: 2,
    stdout: "",
    stderr: "loopctl: Cannot give the permission net: this program itself " +
      "does not have it, or not all of it\n",
  });
});

Deno.test("a script with a wrong command goes on, and exits with 1", async () => {
  const { code, stdout, stderr } = await loopctl(
    "sumbit sleep 0\r\nsubmit slep 0\r\nsubmit sleep 0 ok\r\ncancel 9",
  );
  assertEquals(code, 1);
  assertEquals(untimed(stdout), '#1 sleep 0 ok\n#1 sleep 0 ok  T → "ok"\n');
  assertEquals(
    stderr,
    `
line 1, column 1: error: unknown command "sumbit"; did you mean submit?
line 2, column 8: error: unknown task "slep"; did you mean sleep?
line 4, column 8: error: no task #9 here
`.slice(1),
  );
});

Deno.test("a script that ends within a line is told what is wrong with that line", async () => {
  const { code, stderr } = await loopctl('submit sleep 0 "a');
  assertEquals(code, 1);
  assertEquals(stderr, 'line 1, column 16: error: the quote " is not closed\n');
});

Deno.test("a script with bytes that are no UTF-8 skips that line alone", async () => {
  const input = new Uint8Array([
    ...new TextEncoder().encode("submit sleep 0 "),
    0xff,
    ...new TextEncoder().encode("\nsubmit sleep 0 ok\n"),
  ]);
  const child = new Deno.Command(Deno.execPath(), {
    args: CLI,
    cwd: ROOT,
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  using _ = killedInTime(child);
  await ReadableStream.from([input]).pipeTo(child.stdin);
  const { code, stdout, stderr } = await child.output();
  const decoder = new TextDecoder();
  assertEquals(code, 1);
  assertStringIncludes(decoder.decode(stdout), '→ "ok"');
  assertEquals(
    decoder.decode(stderr),
    "line 1, column 16: error: not UTF-8\n",
  );
});

Deno.test("a script exits with 1 if a task fails or hits a limit, and with 0 if a command cancelled it", async () => {
  const failed = await loopctl("run null.x");
  assertEquals(failed.code, 1);
  assertMatch(
    failed.stdout,
    /failed: TypeError: Cannot read properties of null/,
  );
  assertEquals(failed.stdout.includes("src/"), false, "a stack trace of ours");
  const late = await loopctl("submit sleep 60 --timeout 1ms");
  assertEquals(late.code, 1);
  assertMatch(late.stdout, /timed out: .*its timeout is 1 ms/);
  const cancelled = await loopctl("submit sleep 60\ncancel 1");
  assertEquals(cancelled.code, 0);
});

Deno.test("a script exits with 1 if a task that a command cancelled throws, and says what", async () => {
  const { code, stdout } = await loopctl(
    "submit failsCleanup\ncancel 1\npoll\n",
    TASKS,
  );
  assertEquals(code, 1);
  assertMatch(stdout, /cancelled · it threw RangeError: cleanup failed\n/);
  assertMatch(stdout, /cancelled; it threw RangeError: cleanup failed\n/);
});

Deno.test("a script waits for what a task has detached, and exits with 1 if that fails", async () => {
  const detach = (name: string) => {
    const module = new URL(TASKS, ROOT).href;
    return `run task.detach({ module: "${module}", export: "${name}" })`;
  };
  const good = await loopctl(detach("echo"));
  assertEquals([good.code, good.stderr], [0, ""]);
  assertMatch(good.stdout, /^#2 echo {2}\S+ → \[\]$/m);
  const bad = await loopctl(detach("boom"));
  assertEquals([bad.code, bad.stderr], [1, ""]);
  assertMatch(bad.stdout, /^#2 boom {2}\S+ failed: TypeError: boom/m);
});

Deno.test("--stop-on-error ends a script at a wrong command, and what runs with it", async () => {
  const { code, stdout, stderr } = await loopctl(
    "submit sleep 60\nxyzzy\nsubmit sleep 0\n",
    "--stop-on-error",
  );
  assertEquals(code, 1);
  assertEquals(
    untimed(stdout),
    "#1 sleep 60\n#1 sleep 60  T cancelled: the loop was closed\n",
  );
  assertMatch(stderr, /unknown command "xyzzy".*\nstopping 1 task\n/);
});

Deno.test("--stop-on-error ends a script while it waits, when a task fails", async () => {
  const { code, stdout } = await loopctl(
    "submit sleep 60\nsubmit boom\nwait\nsubmit sleep 0 never\n",
    "--stop-on-error",
    TASKS,
  );
  assertEquals(code, 1);
  assertMatch(stdout, /#2 boom {2}\S+ failed: TypeError: boom/);
  assertEquals(stdout.includes("#3"), false);
});

Deno.test("quit ends a script at once, and says which tasks it ends", async () => {
  const { code, stdout } = await loopctl(
    "submit sleep 60 --name a\nsubmit sleep 60\nquit\nsubmit sleep 0\n",
  );
  assertEquals(code, 0);
  assertMatch(stdout, /^2 tasks are running: #1 a \(sleep 60\), #2 sleep 60$/m);
  assertEquals(stdout.includes("#3"), false);
});

Deno.test("a module on the command line is loaded before the first line", async () => {
  const good = await loopctl("submit echo 1\n", TASKS);
  assertEquals(good.code, 0);
  assertMatch(
    good.stdout,
    /^tasks: big\(length\), .*\n#1 echo 1\n#1 echo 1 {2}\S+ → \[ 1 \]\n$/,
  );
  const bad = await loopctl("submit sleep 0\n", "nowhere.ts");
  assertEquals(bad.code, 1);
  assertMatch(bad.stderr, /^error: can't load nowhere\.ts: Module not found/);
  assertMatch(bad.stdout, /^#1 sleep 0$/m);
});

Deno.test("a value of 50 MB is said at once and cut, and whole as JSON", async () => {
  const commands = "submit big 52428800\nwait";
  const text = await loopctl(commands, TASKS);
  assertEquals(text.code, 0);
  assertStringIncludes(text.stdout, '" … 52,428,800 characters in all\n');
  const json = await loopctl(commands, "--json", TASKS);
  const last = json.stdout.trimEnd().split("\n").at(-1) ?? "";
  assertEquals(JSON.parse(last).value.length, 52_428_800);
});

Deno.test("--json answers each command in lines of JSON, errors too", async () => {
  const { code, stdout, stderr } = await loopctl(
    "submit throwValue 7\nsubmit sleep 60\nwait 1\ncancel 2\nxyzzy\npoll 2\n" +
      "run 10n",
    "--json",
    TASKS,
  );
  assertEquals({ code, stderr }, { code: 1, stderr: "" });
  const replies = stdout.trimEnd().split("\n").map((line) => JSON.parse(line));
  assertEquals(
    replies.slice(3).map(({ type, id, state }) =>
      type === "submitted" ? { type, id } : { type, id, state }
    ),
    [
      { type: "task", id: 1, state: "failed" },
      { type: "cancel", id: 2, state: "cancelled" },
      { type: "error", id: undefined, state: undefined },
      { type: "task", id: 2, state: "cancelled" },
      { type: "submitted", id: 3 },
      { type: "outcome", id: 1, state: "failed" },
      { type: "outcome", id: 2, state: "cancelled" },
      { type: "outcome", id: 3, state: "succeeded" },
    ],
  );
  const [first, second, third] = replies.slice(-3);
  assertEquals(first.error.cause, 7);
  const { stack, ...reason } = second.reason;
  assertMatch(stack, /^CancelledError: cancelled/);
  assertEquals(reason, { name: "CancelledError", message: "cancelled" });
  assertEquals(third.value, { $type: "bigint", value: "10" });
});

Deno.test("--eval runs its commands in place of stdin", async () => {
  const { code, stdout } = await loopctl(
    "xyzzy\n",
    "--eval",
    "submit sleep 0 a\nwait",
    "--eval=result 1",
  );
  assertEquals(code, 0);
  assertMatch(
    stdout,
    /^#1 sleep 0 a\n#1 sleep 0 a {2}succeeded after .*\na\n$/,
  );
});

Deno.test("a wrong option exits with 2, and nothing runs", async () => {
  assertEquals(await loopctl("submit sleep 0\n", "--jsn"), {
    code: 2,
    stdout: "",
    stderr: "loopctl: unknown option --jsn; did you mean --json?\n",
  });
});

Deno.test("--help and --version answer, and exit with 0", async () => {
  const help = await loopctl("", "--help");
  assertEquals({ code: help.code, stderr: help.stderr }, {
    code: 0,
    stderr: "",
  });
  assertMatch(help.stdout, /^loopctl \[OPTIONS\] \[MODULE …\]\n/);
  assertEquals(await loopctl("", "--version"), {
    code: 0,
    stdout: `loopctl ${config.version}\n`,
    stderr: "",
  });
});

Deno.test("--concurrency and --history reach the controller", async () => {
  const { stdout, stderr } = await loopctl(
    "gather sleep 0.3 ; sleep 0.3 ; sleep 0.3\nconcurrency\nwait\n",
    "--concurrency=1",
    "--history=1",
  );
  assertStringIncludes(stdout, "1 at once: 1 running, 2 queued");
  assertMatch(stderr, /history of 1 task/);
});

Deno.test("--grace reaches the controller", async () => {
  await using child = new DenoChild([...CLI, "--grace=10ms", TASKS]);
  await child.readLine();
  await child.write("submit stubborn 60000\n");
  assertEquals(await child.readLine(), "#1 stubborn 60000");
  for (let line = ""; !line.includes("running");) {
    await child.write("poll 1\n");
    line = await child.readLine();
  }
  await child.write("cancel 1\n");
  assertMatch(await child.readLine(), /^#1 stubborn 60000 {2}abandoned/);
  assertEquals((await child.finish()).code, 0);
});

/** Runs the child to its end without reading all of its stdout. */
async function readingOneLine(
  stdin: string,
): Promise<{ code: number; line: string; stderr: string }> {
  const child = new Deno.Command(Deno.execPath(), {
    args: CLI,
    cwd: ROOT,
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  using _ = killedInTime(child);
  const stderr = new Response(child.stderr).text();
  const input = child.stdin.getWriter();
  const output = child.stdout.getReader();
  const [first = "", rest = ""] = stdin.split("---\n");
  await input.write(new TextEncoder().encode(first));
  const { value } = await output.read();
  await output.cancel();
  // The child may have ended by itself before it reads these.
  await input.write(new TextEncoder().encode(rest)).catch(() => {});
  await input.close().catch(() => {});
  const { code } = await child.status;
  return { code, line: new TextDecoder().decode(value), stderr: await stderr };
}

Deno.test("a script whose reader has gone ends quietly, with its tasks", async () => {
  assertEquals(
    await readingOneLine("submit sleep 60\n---\npoll\npoll\npoll\n"),
    { code: 0, line: "#1 sleep 60\n", stderr: "stopping 1 task\n" },
  );
});

Deno.test("a script whose reader has gone exits with 1 if something had failed", async () => {
  const { code } = await readingOneLine("xyzzy\nhelp\n---\npoll\npoll\n");
  assertEquals(code, 1);
});

const POSIX = Deno.build.os !== "windows";

async function signalled(signal: "SIGINT" | "SIGTERM"): Promise<Finished> {
  const child = new Deno.Command(Deno.execPath(), {
    args: CLI,
    cwd: ROOT,
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  using _ = killedInTime(child);
  const input = child.stdin.getWriter();
  const stderr = new Response(child.stderr).text();
  await input.write(
    new TextEncoder().encode("submit sleep 60\nsubmit sleep 0\nwait 2\n"),
  );
  let stdout = "";
  let sent = false;
  for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
    stdout += text;
    if (!sent && stdout.includes("succeeded")) {
      sent = true;
      child.kill(signal);
    }
  }
  const { code } = await child.status;
  await input.abort().catch(() => {});
  return { code, stdout, stderr: await stderr };
}

for (const [signal, code] of [["SIGINT", 130], ["SIGTERM", 143]] as const) {
  Deno.test({
    name: `${signal} cancels the tasks of a script, which exits with ${code}`,
    ignore: !POSIX,
    fn: async () => {
      const finished = await signalled(signal);
      assertEquals(finished.code, code);
      assertEquals(finished.stderr, "stopping 1 task\n");
      assertMatch(finished.stdout, /#1 sleep 60 {2}\S+ cancelled/);
    },
  });
}

Deno.test("what a task writes is in its log, not in the output", async () => {
  const { stdout, stderr } = await loopctl(
    "run console.log('out'), console.error('err')\nwait\nlogs 1\n",
  );
  assertEquals(stderr, "");
  assertMatch(
    stdout,
    /^#1 .*\n#1 .* succeeded.*(\n\S+ {2}log {4}out\n\S+ {2}error {2}err){2}\n#1 .*$/m,
  );
});

Deno.test("lines are answered as they come, not at the end of the script", async () => {
  await using child = new DenoChild(CLI);
  await child.write("submit sleep 60\n");
  assertEquals(await child.readLine(), "#1 sleep 60");
  await child.write("cancel 1\n");
  assertEquals(await child.readLine(), "#1 sleep 60  cancelled");
  assertEquals((await child.finish()).code, 0);
});

/** What needs each kind of access. */
const DENIED: Readonly<Record<string, string>> = {
  read: 'Deno.readTextFileSync("/etc/hostname")',
  write: 'Deno.writeTextFileSync("/tmp/file", "")',
  net: 'await fetch("http://127.0.0.1:8000/")',
  env: 'Deno.env.get("HOME")',
  run: 'new Deno.Command("true").outputSync()',
  ffi: 'Deno.dlopen("/lib.so", {})',
  sys: "Deno.hostname()",
  import: 'await import("https://127.0.0.1:8000/module.ts")',
};

Deno.test("a task that was denied something is told the option of the prompt that gives it", async () => {
  const lines = Object.values(DENIED).map((source) => `run ${source}`);
  const { stdout, stderr } = await loopctl(
    [...lines, "wait", `use ${TASKS}`].join("\n"),
    "--isolation=process",
    "--task-allow-none",
  );
  const collected = stdout.split("\n").slice(-lines.length - 2).join("\n");
  for (const kind of Object.keys(DENIED)) {
    const said = `Requires ${kind} access to .* the --task-allow-${kind} flag`;
    assertMatch(stdout, new RegExp(`^#\\d .* failed after .*${said}`, "m"));
    assertMatch(collected, new RegExp(said));
  }
  assertMatch(stderr, /can't load .* Requires read .* --task-allow-read flag/);
});

Deno.test("a task that lacks what the prompt lacks is told of Deno's own flag", async () => {
  const { stdout } = await deno([
    "run",
    "--no-prompt",
    "--allow-read=.",
    ...IMPORT_MAP,
    "cli.ts",
    "--eval",
    "run Deno.env.get('HOME')",
  ]);
  assertMatch(stdout, /Requires env access .* the --allow-env flag/);
});

Deno.test("without permissions the prompt says which one is missing", async () => {
  const { code, stdout } = await deno(
    [
      ...["run", "--no-prompt", ...IMPORT_MAP],
      ...["cli.ts", "--eval", "submit sleep 0"],
    ],
  );
  assertEquals(code, 1);
  assertMatch(stdout, /LoopLostError: .*Requires read access to/);
});
