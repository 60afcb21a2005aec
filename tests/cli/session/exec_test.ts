/** Programs as tasks: real processes, in a real loop. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import {
  type LoopController,
  moduleTask,
  type SubmitOptions,
  type TaskHandle,
} from "../../../mod.ts";
import { BUILTIN_MODULE } from "../../../src/cli/session/builtins.ts";
import { IMPORT_MAP, RUN } from "../../command_line.ts";
import { deno, DenoChild, openLoop } from "../../helpers.ts";
import { PATIENCE_MS } from "../../patience.ts";
import { isRunning } from "../../processes.ts";
import { until } from "../../until.ts";

function exec(
  loop: LoopController,
  command: readonly string[],
  options?: SubmitOptions,
): TaskHandle {
  return loop.submit(moduleTask(BUILTIN_MODULE, "exec"), command, options);
}

/** A shell with a program in the background; the ids of both. */
const FAMILY = "sleep 3600 & echo $$ $!; wait";
/** The same, and neither heeds SIGTERM. */
const STUBBORN = `trap "" TERM; ${FAMILY}`;

async function pidsOf(handle: TaskHandle): Promise<number[]> {
  await until(() => handle.done || handle.logs().length > 0);
  const pids = handle.logs()[0]!.text.split(" ").map(Number);
  assertEquals(pids.map(isRunning), [true, true]);
  return pids;
}

/** How many processes stand guard over the programs of this one. */
function guards(): number {
  const { stdout } = new Deno.Command("ps", {
    args: ["-o", "stat=,args=", "--ppid", String(Deno.pid)],
  }).outputSync();
  return new TextDecoder().decode(stdout).split("\n")
    .filter((line) => /^[^Z]/.test(line) && line.includes("read -r group"))
    .length;
}

async function allGone(pids: readonly number[]): Promise<void> {
  await until(() => !pids.some(isRunning));
}

Deno.test("exec has what a program writes line by line in its log, and stdout as its value", async () => {
  await using loop = openLoop();
  const script = "echo one; echo two >&2; printf three; cat";
  const handle = exec(loop, ["sh", "-c", script]);
  assertEquals(await handle, { code: 0, stdout: "one\nthree" });
  const lines = handle.logs().map(({ level, text }) => `${level} ${text}`);
  assertEquals(lines.sort(), ["error two", "log one", "log three"]);
  assertEquals(guards(), 0);
});

Deno.test("exec fails with the exit code and the end of stderr", async () => {
  await using loop = openLoop();
  const handle = exec(loop, ["sh", "-c", "echo why >&2; exit 3"]);
  const outcome = await handle.outcome();
  assert(outcome.state === "failed");
  const { name, message, code, signal, stderr } = outcome.error as Error & {
    code: number;
    signal: string | null;
    stderr: string;
  };
  assertEquals([name, message], ["ExitError", "sh exited with code 3: why"]);
  assertEquals([code, signal, stderr], [3, null, "why\n"]);
});

Deno.test("exec fails with the signal that ended the program", async () => {
  await using loop = openLoop();
  const outcome = await exec(loop, ["sh", "-c", "kill -KILL $$"]).outcome();
  assert(outcome.state === "failed");
  assertEquals(outcome.error.message, "sh was ended by SIGKILL");
});

Deno.test("exec fails if there is no such program, and leaves no guard behind", async () => {
  await using loop = openLoop();
  const outcome = await exec(loop, ["no-such-program"]).outcome();
  assert(outcome.state === "failed");
  assertMatch(outcome.error.message, /no-such-program/);
  await until(() => guards() === 0);
});

Deno.test("exec keeps the end of a long stdout, and says how much it left out", async () => {
  await using loop = openLoop();
  const script = "head -c 1500000 /dev/zero | tr '\\0' x; printf end";
  const value = await exec(loop, ["sh", "-c", script]) as {
    stdout: string;
    omitted: number;
  };
  assertEquals([value.stdout.length, value.omitted], [1_000_000, 500_003]);
  assert(value.stdout.endsWith("xxxend"));
});

Deno.test("exec of a program that writes without end starves no other task", async () => {
  await using loop = openLoop();
  const handle = exec(loop, ["yes"]);
  await until(() => handle.droppedLogs > 0);
  assertEquals(guards(), 1);
  for (let n = 0; n < 10; n++) assertEquals(await loop.submit(() => 1), 1);
  assertEquals(await handle.cancel(), "cancelled");
});

for (const isolation of ["worker", "process"] as const) {
  const open = () => openLoop({ isolation, onWarning: () => {} });

  Deno.test(`exec ends all of a program that is cancelled: ${isolation}`, async () => {
    await using loop = open();
    const handle = exec(loop, ["sh", "-c", FAMILY]);
    const pids = await pidsOf(handle);
    const grace = PATIENCE_MS;
    assertEquals(await handle.cancel("enough", { grace }), "cancelled");
    await allGone(pids);
  });

  Deno.test(`exec kills at the end of the grace what does not heed SIGTERM: ${isolation}`, async () => {
    await using loop = open();
    const handle = exec(loop, ["sh", "-c", STUBBORN]);
    const pids = await pidsOf(handle);
    const first = handle.cancel("enough", { grace: 3_600_000 });
    assertEquals(pids.map(isRunning), [true, true]);
    assertEquals(await handle.cancel("now", { grace: 1 }), "cancelled");
    assertEquals(await first, "cancelled");
    await allGone(pids);
  });

  Deno.test(`exec ends all of a program whose timeout fires: ${isolation}`, async () => {
    await using loop = open();
    const handle = exec(loop, ["sh", "-c", FAMILY]);
    const pids = await pidsOf(handle);
    handle.setTimeout(0);
    const outcome = await handle.outcome();
    assert(outcome.state === "cancelled" && outcome.confirmed);
    await allGone(pids);
  });

  Deno.test(`exec ends what a program leaves behind in its group: ${isolation}`, async () => {
    await using loop = open();
    const handle = exec(loop, ["sh", "-c", "sleep 3600 & echo $!"]);
    const { stdout } = await handle as { stdout: string };
    await allGone([Number(stdout)]);
  });

  Deno.test(`exec ends all of a program whose loop is killed: ${isolation}`, async () => {
    await using loop = open();
    const handle = exec(loop, ["sh", "-c", STUBBORN]);
    const pids = await pidsOf(handle);
    await handle.kill();
    await allGone(pids);
  });
}

Deno.test("exec ends all of a program whose own process is killed", async () => {
  await using loop = openLoop();
  const handle = exec(loop, ["sh", "-c", STUBBORN], { isolate: true });
  const pids = await pidsOf(handle);
  await handle.kill();
  await allGone(pids);
});

Deno.test("exec ends all of a program when loopctl is killed with SIGKILL", async () => {
  let pids: number[];
  {
    await using prompt = new DenoChild([...RUN, "cli.ts"]);
    await prompt.write(`submit exec sh -c '${STUBBORN}'\nlogs 1 --follow\n`);
    await prompt.readLine();
    const line = await prompt.readLine();
    pids = /(\d+) (\d+)$/.exec(line)!.slice(1).map(Number);
    assertEquals(pids.map(isRunning), [true, true]);
  }
  await allGone(pids);
});

Deno.test("exec without the permission to run programs says which option gives it", async () => {
  const own = ["--no-prompt", "--allow-read", "--allow-env"];
  for (const allowed of [[], ["--allow-run=echo"]]) {
    const flags = ["run", ...own, ...allowed, ...IMPORT_MAP, "cli.ts"];
    const { code, stdout } = await deno([
      ...flags,
      "--eval=submit exec echo hi",
    ]);
    assertEquals(code, 1);
    assertMatch(stdout, /NotCapable: Requires run access .* --allow-run flag/);
  }
});
