/** What stops a batch from outside: signals, a full disk, a reader that goes. */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { delay } from "@std/async/delay";
import { Door } from "../../door.ts";
import { killedInTime } from "../../helpers.ts";
import { Folder, outcomesIn, TASKS } from "./folder.ts";

const POSIX = Deno.build.os !== "windows";

/** Two signals within half a second count as one. */
const APART_MS = 600;

interface Running {
  readonly child: Deno.ChildProcess;
  readonly end: Promise<{ code: number; stdout: string; stderr: string }>;
}

function run(folder: Folder, args: readonly string[]): Running {
  const child = new Deno.Command(Deno.execPath(), {
    args: Folder.command(...args),
    cwd: folder.path,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const timer = killedInTime(child);
  const end = child.output().then(({ code, stdout, stderr }) => {
    timer[Symbol.dispose]();
    const decoder = new TextDecoder();
    return {
      code,
      stdout: decoder.decode(stdout),
      stderr: decoder.decode(stderr),
    };
  });
  return { child, end };
}

Deno.test({
  name: "Ctrl-C starts no more tasks of a batch, and lets those end that run",
  ignore: !POSIX,
  async fn() {
    await using folder = new Folder();
    await using door = new Door();
    const { child, end } = run(folder, [
      ...["wait", TASKS, `${door.key}`, "1..9", "--concurrency", "2"],
      ...["--out", "out.jsonl"],
    ]);
    await door.arrivals(2);
    child.kill("SIGINT");
    await delay(APART_MS);
    door.open();
    const { code, stderr } = await end;
    assertEquals(
      (await folder.outcomes("out.jsonl")).map((
        { key, state },
      ) => [key, state]),
      [["1", "succeeded"], ["2", "succeeded"]],
    );
    assertStringIncludes(stderr, "ended early: interrupted\n");
    assertMatch(stderr, /to run the rest: loopctl map wait .* --resume\n$/);
    assertEquals(code, 130);
  },
});

Deno.test({
  name:
    "a second Ctrl-C cancels the tasks of a batch, and their outcomes are written",
  ignore: !POSIX,
  async fn() {
    await using folder = new Folder();
    await using door = new Door();
    const { child, end } = run(folder, [
      ...["wait", TASKS, `${door.key}`, "1..9", "--concurrency", "2"],
      ...["--out", "out.jsonl", "--grace", "1ms"],
    ]);
    await door.arrivals(2);
    child.kill("SIGINT");
    await delay(APART_MS);
    child.kill("SIGINT");
    assertEquals((await end).code, 130);
    assertEquals(
      (await folder.outcomes("out.jsonl")).map((
        { key, state },
      ) => [key, state]),
      [["1", "cancelled"], ["2", "cancelled"]],
    );
  },
});

Deno.test({
  name: "SIGTERM cancels the tasks of a batch at once",
  ignore: !POSIX,
  async fn() {
    await using folder = new Folder();
    await using door = new Door();
    const { child, end } = run(folder, [
      ...["wait", TASKS, `${door.key}`, "1..9", "--concurrency", "1"],
      ...["--grace", "1ms"],
    ]);
    await door.arrivals(1);
    child.kill("SIGTERM");
    const { code, stdout } = await end;
    assertEquals(outcomesIn(stdout).map(({ state }) => state), ["cancelled"]);
    assertEquals(code, 143);
  },
});

Deno.test({
  name:
    "a full disk ends a batch; what is written is whole, and the rest can be resumed",
  // A file of a limited size: the shell's limit ends the writing as a full disk does.
  ignore: Deno.build.os !== "linux",
  async fn() {
    await using folder = new Folder();
    const inputs = Array.from({ length: 300 }, (_, n) => `${n}`.padEnd(100));
    await folder.write("in.txt", inputs.join("\n"));
    const args = ["echo", TASKS, "--lines", "in.txt", "--out", "out.jsonl"];
    const limited = new Deno.Command("sh", {
      args: [
        "-c",
        // In blocks of 512 bytes. Without the trap the signal would end deno.
        `trap '' XFSZ; ulimit -f 40; exec "$@"`,
        "sh",
        Deno.execPath(),
        ...Folder.command(...args),
      ],
      cwd: folder.path,
      env: { DENO_NO_UPDATE_CHECK: "1" },
      stdin: "null",
    });
    const { code, stderr } = await limited.output();
    assertMatch(
      new TextDecoder().decode(stderr),
      /ended early: can't write out\.jsonl: File too large/,
    );
    assertEquals(code, 1);
    const text = await folder.read("out.jsonl");
    assertEquals(text.at(-1), "\n");
    const before = outcomesIn(text).map(({ key }) => key);
    assertEquals(before.length > 0 && before.length < 300, true);
    const resumed = await folder.map([...args, "--resume"]);
    assertStringIncludes(
      resumed.stderr,
      `${before.length} succeeded before, 0 failed before (to run again), ` +
        `${300 - before.length} new\n`,
    );
    const after = (await folder.outcomes("out.jsonl")).map(({ key }) => key);
    assertEquals(after, inputs.sort());
  },
});

Deno.test({
  name: "a device that takes nothing ends a batch with the reason",
  ignore: Deno.build.os !== "linux",
  async fn() {
    await using folder = new Folder();
    const { code, stderr } = await folder.map(
      ["echo", TASKS, "1..9", "--out", "/dev/full"],
    );
    assertStringIncludes(
      stderr,
      "ended early: can't write /dev/full: No space",
    );
    assertEquals(code, 1);
  },
});

Deno.test({
  name: "a reader that goes ends a batch which never would",
  ignore: !POSIX,
  async fn() {
    await using folder = new Folder();
    const child = new Deno.Command(Deno.execPath(), {
      args: Folder.command("echo", TASKS, "1..999999999999", "--quiet"),
      cwd: folder.path,
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    using _ = killedInTime(child);
    const reader = child.stdout.getReader();
    await reader.read();
    await reader.cancel();
    const stderr = await new Response(child.stderr).text();
    assertStringIncludes(
      stderr,
      "ended early: can't write stdout: Broken pipe",
    );
    assertEquals((await child.status).code, 1);
  },
});
