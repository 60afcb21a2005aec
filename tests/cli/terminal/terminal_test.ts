/** The prompt on a real terminal, made by Python's `pty`. */
import { assertEquals, assertMatch } from "@std/assert";
import { deadline } from "@std/async/deadline";
import { RUN } from "../../command_line.ts";
import { Fifo } from "../../engine/fifo.ts";
import { ROOT } from "../../helpers.ts";
import { PATIENCE_MS } from "../../patience.ts";

const SPAWN = `
import os, pty, sys
script = """
stty rows 24 cols 80
before=$(stty -g)
"$@"
code=$?
[ "$before" = "$(stty -g)" ] || echo terminal changed
exit $code
"""
status = pty.spawn(["sh", "-c", script, "sh"] + sys.argv[1:])
sys.exit(os.waitstatus_to_exitcode(status) % 256)
`;

/**
 * Types a line at a prompt on a terminal that goes away once the task has
 * written its file; prints what the prompt exits with.
 */
const HANG_UP = `
import os, pty, sys, time
line, file = sys.argv[1:3]
pid, terminal = pty.fork()
if pid == 0:
    os.execv(sys.argv[3], sys.argv[3:])
screen = b""
while b"> " not in screen:
    screen += os.read(terminal, 4096)
os.write(terminal, line.encode() + b"\\r")
while not os.path.exists(file):
    time.sleep(0.01)
os.close(terminal)
print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
`;

async function hasPty(): Promise<boolean> {
  if (Deno.build.os === "windows") return false;
  try {
    const { success } = await new Deno.Command("python3", {
      args: ["-c", "import pty"],
    }).output();
    return success;
  } catch {
    return false;
  }
}

/** A person at a terminal. */
class Terminal implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #keys: WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>>;
  readonly #screen: ReadableStreamDefaultReader<string>;
  #all = "";
  /** How much of it, without its codes, has been seen. */
  #read = 0;

  constructor(...args: string[]) {
    this.#child = new Deno.Command("python3", {
      args: ["-c", SPAWN, Deno.execPath(), ...RUN, "cli.ts", ...args],
      cwd: ROOT,
      stdin: "piped",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    this.#keys = this.#child.stdin.getWriter();
    this.#screen = this.#child.stdout
      .pipeThrough(new TextDecoderStream()).getReader();
  }

  async type(text: string): Promise<void> {
    await this.#keys.write(new TextEncoder().encode(text));
  }

  /**
   * Reads till the text is on the screen, and answers with what came since the
   * last time, without the codes that move the cursor and paint.
   */
  async sees(expected: string): Promise<string> {
    for (;;) {
      const plain = plainOf(this.#all);
      const at = plain.indexOf(expected, this.#read);
      if (at >= 0) {
        const end = at + expected.length;
        const since = plain.slice(this.#read, end);
        this.#read = end;
        return since;
      }
      const { done, value } = await deadline(this.#screen.read(), PATIENCE_MS)
        .catch((cause) => {
          throw new Error(`never saw "${expected}" in:\n${plain}`, { cause });
        });
      if (done) throw new Error(`ended before "${expected}" in:\n${plain}`);
      this.#all += value;
    }
  }

  /** Types a line, and reads till its answer is on the screen. */
  async ask(line: string, expected: string): Promise<string> {
    await this.type(`${line}\r`);
    return await this.sees(expected);
  }

  /** Reads to the end; answers with all that was written, and how it ended. */
  async ends(): Promise<{ code: number; raw: string }> {
    for (;;) {
      const { done, value } = await deadline(this.#screen.read(), PATIENCE_MS);
      if (done) break;
      this.#all += value;
    }
    const { code } = await deadline(this.#child.status, PATIENCE_MS);
    assertEquals(this.#all.includes("terminal changed"), false);
    return { code, raw: this.#all };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#child.kill("SIGKILL");
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
    }
    await this.#child.status;
    await this.#screen.cancel();
    await this.#keys.abort().catch(() => {});
  }
}

function plainOf(text: string): string {
  // deno-lint-ignore no-control-regex
  return text.replaceAll(/\x1b\[[0-9;]*[A-Za-z]/g, "").replaceAll("\r", "");
}

/** JavaScript that waits till the door is open. */
function reading({ path }: Fifo): string {
  return `await Deno.readTextFile("${path}") || "read"`;
}

const CTRL_C = "\x03";
const CTRL_D = "\x04";

function test(name: string, fn: () => Promise<void>): void {
  Deno.test({ name, ignore: !HAS_PTY, fn });
}

const HAS_PTY = await hasPty();

test("a terminal has a prompt, answers, and ends with quit", async () => {
  await using terminal = new Terminal();
  await terminal.sees("> ");
  await terminal.ask("submit sleep 60 --name nap", "#1 nap (sleep)\n");
  await terminal.ask("cancel nap", "#1 nap (sleep)  cancelled\n");
  await terminal.type("quit\r");
  assertEquals((await terminal.ends()).code, 0);
});

test("a terminal says where a line is wrong, with a caret under the place", async () => {
  await using terminal = new Terminal();
  await terminal.sees("> ");
  const said = await terminal.ask("submit slep 3", "did you mean sleep?\n");
  assertMatch(said, /\n {9}\^\nerror: unknown task "slep"; did you mean/);
});

test("a terminal tells of a task that ends, and keeps what is half typed", async () => {
  await using fifo = await Fifo.make();
  await using terminal = new Terminal();
  await terminal.sees("> ");
  await terminal.ask(`run --name nap ${reading(fifo)}`, "#1 nap (");
  await terminal.type("resu");
  await terminal.sees("> resu");
  await fifo.open();
  await terminal.sees("#1 nap (");
  await terminal.sees("succeeded after");
  await terminal.sees("> resu");
  await terminal.type("lt nap\r");
  await terminal.sees("\nread\n");
});

test("Ctrl-C at a prompt clears the line, and says how to leave", async () => {
  await using terminal = new Terminal();
  await terminal.sees("> ");
  await terminal.type(`sumbit all wrong${CTRL_C}`);
  await terminal.sees('Ctrl-D or "quit" leaves\n> ');
  assertEquals(await terminal.ask("poll", "no tasks\n"), "poll\nno tasks\n");
});

test("Ctrl-C in wait leaves the wait, not the tasks", async () => {
  await using terminal = new Terminal();
  await terminal.sees("> ");
  await terminal.ask("submit sleep 60", "#1 sleep\n");
  await terminal.ask("wait", "wait · 1 running");
  await terminal.type(CTRL_C);
  await terminal.sees("left wait; tasks go on\n> ");
  await terminal.ask("poll", "#1  sleep  running");
});

test("a terminal that waits for one task shows how far that is", async () => {
  await using terminal = new Terminal();
  await terminal.sees("> ");
  await terminal.ask(
    `run task.progress(3, 12, "pages"), await task.sleep(3600000)`,
    "#1 ",
  );
  await terminal.ask("wait", "wait · 1 running · 25% 3 of 12 pages · ");
});

test("a caret stands under the line only, not under what was said since", async () => {
  await using terminal = new Terminal();
  await terminal.sees("> ");
  await terminal.ask("run throw new Error('no')", "failed after");
  const said = await terminal.ask("result 1", "has no result: failed\n");
  assertEquals(said.includes("^"), false, said);
  await terminal.ask("result 2", " ^\nerror: no task #2 here\n");
});

test("Ctrl-C in cancel leaves the waiting, and says that the request stands", async () => {
  await using terminal = new Terminal("--grace=20s", "tests/cli/tasks.ts");
  await terminal.sees("> ");
  await terminal.ask("submit stubborn 3600000", "#1 stubborn\n");
  await terminal.ask("poll", "#1  stubborn  running");
  await terminal.ask("cancel 1", "cancel · 1 running");
  await terminal.type(CTRL_C);
  await terminal.sees("left cancel; the tasks have been asked to stop\n> ");
  await terminal.ask("poll", "#1  stubborn  cancelling");
  // Else it would outlive its terminal till the grace is over.
  await terminal.ask("quit", "once more");
  await terminal.ask("quit", "stopping 1 task");
  await terminal.type(CTRL_C);
  assertEquals((await terminal.ends()).code, 0);
});

test("what is typed while a command runs is the next line", async () => {
  await using fifo = await Fifo.make();
  await using terminal = new Terminal();
  await terminal.sees("> ");
  await terminal.ask(`run --name nap ${reading(fifo)}`, "#1 nap (");
  await terminal.ask("wait", "wait · 1 running");
  await terminal.type("collect\rpol");
  await fifo.open();
  await terminal.sees("> collect\n#1 nap");
  await terminal.sees("> pol");
  await terminal.type("l\r");
  await terminal.sees("no tasks\n");
});

test("several lines that are pasted run one after the other", async () => {
  await using terminal = new Terminal();
  await terminal.sees("> ");
  await terminal.type("submit sleep 0 a\rsubmit sleep 0 b\rwait\rresult 2\r");
  await terminal.sees("> result 2\nb\n");
});

test("Ctrl-D asks once if tasks are running, then ends them", async () => {
  await using terminal = new Terminal();
  await terminal.sees("> ");
  await terminal.ask("submit sleep 60", "#1 sleep\n");
  await terminal.type(CTRL_D);
  await terminal.sees("1 task is running: #1 sleep\n");
  await terminal.ask("poll", "running");
  await terminal.ask("quit", '"quit" or Ctrl-D once more ends them\n');
  await terminal.type(CTRL_D);
  assertEquals((await terminal.ends()).code, 0);
});

test("Ctrl-D with nothing running leaves at once", async () => {
  await using terminal = new Terminal();
  await terminal.sees("> ");
  await terminal.type(CTRL_D);
  assertEquals((await terminal.ends()).code, 0);
});

test("Ctrl-C while tasks are being ended does not wait for them", async () => {
  await using terminal = new Terminal("--grace=1h", "tests/cli/tasks.ts");
  await terminal.sees("> ");
  await terminal.ask("submit stubborn 3600000", "#1 stubborn\n");
  await terminal.ask("poll", "#1  stubborn  running");
  await terminal.ask("quit", "once more");
  await terminal.ask("quit", "stopping 1 task");
  await terminal.type(CTRL_C);
  assertEquals((await terminal.ends()).code, 0);
});

test("Tab completes commands, tasks, and ids", async () => {
  await using terminal = new Terminal();
  await terminal.sees("> ");
  await terminal.type("subm\t");
  await terminal.sees("submit ");
  await terminal.type("sle\t");
  await terminal.sees("sleep ");
  await terminal.type("60 --na\t");
  await terminal.sees("--name ");
  await terminal.type("nap\r");
  await terminal.sees("#1 nap (sleep)\n");
  await terminal.type("cancel n\t");
  await terminal.sees("cancel nap ");
  await terminal.type("\r");
  await terminal.sees("#1 nap (sleep)  cancelled\n");
});

test("the arrow up brings the last line back, also after Ctrl-D", async () => {
  await using terminal = new Terminal();
  await terminal.sees("> ");
  await terminal.ask("submit sleep 60 --name nap", "#1 nap (sleep)\n");
  await terminal.type(CTRL_D);
  await terminal.sees("once more");
  await terminal.type("\x1b[A\r");
  await terminal.sees("#2 nap (sleep)\n");
});

test("a task can't act on the terminal", async () => {
  await using terminal = new Terminal();
  await terminal.sees("> ");
  await terminal.ask(
    String.raw`run --name evil "\x1b]0;" + console.log("\x1b[2J") + "\x07"`,
    "succeeded after",
  );
  await terminal.ask("collect", "\\x1b]0;undefined\\x07");
  await terminal.type("quit\r");
  const { raw } = await terminal.ends();
  assertEquals(raw.includes("\x1b]0;"), false);
  assertEquals(raw.includes("\x1b[2J"), false);
});

test("--no-color leaves a terminal without colour", async () => {
  await using terminal = new Terminal("--no-color");
  await terminal.sees("> ");
  await terminal.ask("xyzzy", "error: unknown command");
  await terminal.type("quit\r");
  const { raw } = await terminal.ends();
  // deno-lint-ignore no-control-regex
  assertEquals(raw.match(/\x1b\[\d+m/), null);
});

test("SIGTERM ends the prompt, and leaves the terminal as it was", async () => {
  await using terminal = new Terminal();
  await terminal.sees("> ");
  await terminal.ask(
    `run new Deno.Command("kill", { args: ["-TERM", String(Deno.pid)] }).output()`,
    "#1",
  );
  const { code } = await terminal.ends();
  assertEquals(code, 143);
});

test("SIGINT and SIGTERM end the prompt though its loop is blocked", async () => {
  for (const [signal, code] of [["INT", 130], ["TERM", 143]] as const) {
    await using terminal = new Terminal("--grace=50ms", "tests/cli/tasks.ts");
    await terminal.sees("> ");
    await terminal.ask(
      `run new Deno.Command("sh", { args: ["-c", ` +
        `"sleep 2; kill -${signal} $0", String(Deno.pid)] }).spawn() && 0`,
      "succeeded after",
    );
    await terminal.ask("submit spin 1e9", "#2 spin\n");
    assertEquals((await terminal.ends()).code, code);
  }
});

test("a terminal that hangs up ends the prompt with 129, once its tasks have cleaned up", async () => {
  const folder = await Deno.makeTempDir();
  const source = `Deno.writeTextFileSync("${folder}/began", ""), ` +
    `await task.sleep(1e9).finally(async () => { ` +
    `await new Promise((resolve) => setTimeout(resolve, 100)); ` +
    `Deno.writeTextFileSync("${folder}/cleaned", "up"); })`;
  const child = new Deno.Command("python3", {
    args: [
      ...["-c", HANG_UP, `run ${source}`, `${folder}/began`],
      ...[Deno.execPath(), ...RUN, "cli.ts"],
    ],
    cwd: ROOT,
  });
  const { stdout } = await deadline(child.output(), PATIENCE_MS);
  assertEquals(new TextDecoder().decode(stdout), "129\n");
  assertEquals(await Deno.readTextFile(`${folder}/cleaned`), "up");
  await Deno.remove(folder, { recursive: true });
});

test("a terminal says while it waits that the loop is blocked, and by what", async () => {
  await using terminal = new Terminal("tests/cli/tasks.ts");
  await terminal.sees("> ");
  await terminal.ask("submit spin 0", "succeeded after");
  await terminal.ask("submit spin 1e9", "#2 spin\n");
  await terminal.ask("wait", "loop blocked ");
  await terminal.sees("last started: #2");
  await terminal.type(CTRL_C);
  await terminal.sees("left wait; tasks go on\n> ");
  await terminal.ask("kill 2", "its thread could not be stopped");
  await terminal.sees("> ");
  await terminal.ask("submit sleep 0 b", "succeeded after");
  await terminal.ask("ps", "1 thread could not be stopped");
  await terminal.type("quit\r");
  assertEquals((await terminal.ends()).code, 0);
});
