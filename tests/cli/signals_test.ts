/** What ends the prompt from outside: signals, and the end of its reader. */
import { assertEquals, assertMatch } from "@std/assert";
import { deadline } from "@std/async/deadline";
import { delay } from "@std/async/delay";
import { RUN } from "../command_line.ts";
import { ROOT } from "../helpers.ts";
import { PATIENCE_MS } from "../patience.ts";
import { isRunning } from "../processes.ts";
import { until } from "../until.ts";

const TASKS = "tests/cli/tasks.ts";
const POSIX = Deno.build.os !== "windows";

function commandLine(options: readonly string[]): string[] {
  return [...RUN, "cli.ts", ...options, TASKS];
}

/** A script that goes on to run while its output is read. */
class Script implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>>;
  readonly #output: ReadableStreamDefaultReader<string>;
  readonly #errors: ReadableStreamDefaultReader<string>;
  stdout = "";
  stderr = "";

  private constructor(command: string, args: readonly string[]) {
    this.#child = new Deno.Command(command, {
      args: [...args],
      cwd: ROOT,
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const text = (stream: ReadableStream<Uint8Array<ArrayBuffer>>) =>
      stream.pipeThrough(new TextDecoderStream()).getReader();
    this.#input = this.#child.stdin.getWriter();
    this.#output = text(this.#child.stdout);
    this.#errors = text(this.#child.stderr);
  }

  static run(...options: string[]): Script {
    return new Script(Deno.execPath(), commandLine(options));
  }

  /** Started to outlive its terminal. */
  static runUnderNohup(...options: string[]): Script {
    const args = [Deno.execPath(), ...commandLine(options)];
    return new Script("nohup", args);
  }

  async write(lines: string): Promise<void> {
    await this.#input.write(new TextEncoder().encode(lines));
  }

  async endInput(): Promise<void> {
    await this.#input.close();
  }

  /** Reads stdout till it matches. */
  async says(expected: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const match = expected.exec(this.stdout);
      if (match !== null) return match;
      const { done, value } = await deadline(this.#output.read(), PATIENCE_MS);
      if (done) throw new Error(`ended without ${expected}:\n${this.stdout}`);
      this.stdout += value;
    }
  }

  /** Reads stderr till it matches. */
  async complains(expected: RegExp): Promise<void> {
    while (!expected.test(this.stderr)) {
      const { done, value } = await deadline(this.#errors.read(), PATIENCE_MS);
      if (done) throw new Error(`ended without ${expected}:\n${this.stderr}`);
      this.stderr += value;
    }
  }

  signal(signal: Deno.Signal): void {
    this.#child.kill(signal);
  }

  async closeOutput(): Promise<void> {
    await this.#output.cancel();
  }

  /** Reads to the end, and answers with the exit code. */
  async ends(): Promise<number> {
    for (;;) {
      const { done, value } = await deadline(this.#output.read(), PATIENCE_MS);
      if (done) break;
      this.stdout += value;
    }
    const { code } = await deadline(this.#child.status, PATIENCE_MS);
    return code;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#child.kill("SIGKILL");
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
    }
    await this.#child.status;
    await this.#input.abort().catch(() => {});
    await this.#output.cancel();
    await this.#errors.cancel();
  }
}

function test(name: string, fn: () => Promise<void>): void {
  Deno.test({ name, ignore: !POSIX, fn });
}

const CODES = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;

for (const signal of ["SIGHUP", "SIGINT", "SIGTERM"] as const) {
  test(`${signal} ends a script whose loop is blocked for good, with ${CODES[signal]}`, async () => {
    await using script = Script.run("--grace=50ms");
    await script.write("submit sleep 60\nsubmit spin 1e9\n");
    await script.says(/#2 spin \d+\n/);
    script.signal(signal);
    assertEquals(await script.ends(), CODES[signal]);
    await script.complains(/^stopping 2 tasks\n/);
    assertMatch(
      script.stdout,
      /#2 spin \d+ {2}\S+ cancelled: the loop was closed/,
    );
  });

  test(`${signal} leaves no process of a loop behind, blocked or not`, async () => {
    await using script = Script.run("--isolation=process", "--grace=50ms");
    await script.write("submit pid\nwait\nresult 1\n");
    const shared = Number((await script.says(/^(\d+)\n/m))[1]);
    await script.write("submit pid --isolate\nwait 2\nresult 2\n");
    await script.write("submit spin 1e9\nsubmit sleep 60 --isolate\n");
    await script.says(/#4 sleep 60\n/);
    script.signal(signal);
    assertEquals(await script.ends(), CODES[signal]);
    await until(() => !isRunning(shared));
  });
}

test("SIGHUP does nothing to a script that nohup has started, and SIGTERM ends it", async () => {
  await using script = Script.runUnderNohup("--grace=50ms");
  await script.write("submit sleep 60\n");
  await script.says(/#1 sleep 60\n/);
  script.signal("SIGHUP");
  // One that is acted on takes no more lines.
  for (let id = 2; id < 12; id++) {
    await script.write(`submit sleep 0 later\nwait ${id}\n`);
    await script.says(new RegExp(`#${id} sleep 0 later {2}succeeded`));
  }
  script.signal("SIGTERM");
  assertEquals(await script.ends(), 143);
});

test("SIGKILL of a script leaves no process of a loop or a task behind, blocked or not", async () => {
  await using script = Script.run("--isolation=process");
  await script.write("submit pid\nwait\nresult 1\nsubmit spin 1e9\n");
  const shared = Number((await script.says(/^(\d+)\n/m))[1]);
  await script.write("submit spin 1e9 --isolate\n");
  const source = "console.log(Deno.pid), await task.sleep(1e9)";
  await script.write(`run --isolate ${source}\nlogs 4 --follow\n`);
  const isolated = Number((await script.says(/ {2}log {4}(\d+)\n/))[1]);
  script.signal("SIGKILL");
  await script.ends();
  await until(() => !isRunning(shared));
  await until(() => !isRunning(isolated));
});

test("a signal lets tasks clean up, and a second one does not wait for that", async () => {
  await using script = Script.run("--grace=1h");
  await script.write("submit stubborn 3600000\nsubmit sleep 60\n");
  await script.says(/#2 sleep 60\n/);
  script.signal("SIGTERM");
  await script.complains(/stopping 2 tasks/);
  // One that comes at once is the first, passed on.
  await delay(600);
  script.signal("SIGTERM");
  assertEquals(await script.ends(), 143);
  assertMatch(script.stdout, /#2 sleep 60 {2}\S+ cancelled/);
});

test("a script whose reader has gone ends, though its loop is blocked", async () => {
  await using script = Script.run("--grace=50ms");
  await script.write("submit spin 1e9\n");
  await script.says(/#1 spin \d+\n/);
  await script.closeOutput();
  // The pipe is closed some time after its reader was cancelled.
  const polls = setInterval(() => script.write("poll\n").catch(() => {}), 20);
  await script.complains(/stopping 1 task/).finally(() => clearInterval(polls));
  assertEquals(await script.ends(), 0);
});

test("a script that waits for a blocked loop says why, and what to do", async () => {
  await using script = Script.run();
  await script.write("submit sleep 0\nsubmit spin 0\nwait\nsubmit spin 1e9\n");
  await script.endInput();
  await script.complains(
    /^loop blocked \d\.\d s, last started: #3 spin \d+; .*"kill 3" or Ctrl-C.*--timeout/,
  );
  script.signal("SIGINT");
  assertEquals(await script.ends(), 130);
});

test("a script ends whose task never yields, once its timeout is over", async () => {
  await using script = Script.run("--grace=50ms");
  await script.write("submit spin 1e9 --timeout 500ms\n");
  await script.endInput();
  assertEquals(await script.ends(), 1);
  assertMatch(
    script.stdout,
    /#1 spin \d+ {2}\S+ timed out: .*may still be running\n/,
  );
});

test("quit leaves at once, though a thread could not be stopped", async () => {
  await using script = Script.run();
  await script.write(
    "submit spin 1e9\nwait --timeout 1s\npoll\nkill 1\nquit\n",
  );
  assertEquals(await script.ends(), 0);
  assertMatch(
    script.stdout,
    /\nloop blocked .*\n#1 spin \d+ {2}given up: its thread could not be stopped/,
  );
});
