/**
 * A real terminal for a test: keys go in, and what stands on the screen comes
 * out. Python's `pty` makes the terminal, `@xterm/headless` keeps the screen.
 */
import { assertEquals } from "@std/assert";
import { deadline } from "@std/async/deadline";
import xterm from "@xterm/headless";
import { RUN } from "../command_line.ts";
import { ROOT } from "../helpers.ts";
import { PATIENCE_MS } from "../patience.ts";

/**
 * Runs a program on a terminal. Each line of stdin is JSON: keys to type, or a
 * size. The terminal hangs up when stdin ends.
 */
const RELAY = `
import fcntl, json, os, pty, select, struct, sys, termios

SCRIPT = '''
trap : HUP INT
stty rows "$1" cols "$2"
shift 2
before=$(stty -g)
"$@"
code=$?
[ "$before" = "$(stty -g)" ] || echo terminal changed
exit $code
'''
pid, terminal = pty.fork()
if pid == 0:
    os.execvp("sh", ["sh", "-c", SCRIPT, "sh"] + sys.argv[1:])
os.set_blocking(terminal, False)
asked = typed = b""
while True:
    readable, writable, _ = select.select([0, terminal], [terminal] if typed else [], [])
    if terminal in readable:
        try:
            shown = os.read(terminal, 65536)
        except OSError:
            break  # The program has ended.
        sys.stdout.buffer.write(shown)
        sys.stdout.flush()
    if writable:
        typed = typed[os.write(terminal, typed):]
    if 0 in readable:
        read = os.read(0, 65536)
        if not read:
            break
        *lines, asked = (asked + read).split(b"\\n")
        for line in map(json.loads, lines):
            if "keys" in line:
                typed += line["keys"].encode()
            else:
                size = struct.pack("HHHH", line["rows"], line["columns"], 0, 0)
                fcntl.ioctl(terminal, termios.TIOCSWINSZ, size)
os.close(terminal)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) % 256)
`;

/** Whether this machine can give a test a terminal. */
export const HAS_PTY: boolean = await hasPty();

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

export const KEYS = {
  ctrlC: "\x03",
  ctrlD: "\x04",
  ctrlZ: "\x1a",
  enter: "\r",
  escape: "\x1b",
  up: "\x1b[A",
  down: "\x1b[B",
  right: "\x1b[C",
  left: "\x1b[D",
} as const;

export interface TerminalOptions {
  readonly columns?: number;
  readonly rows?: number;
  /** For the prompt. */
  readonly args?: readonly string[];
  /** What to run in place of the prompt. */
  readonly command?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** No test reads or writes what the user has typed: a relative path is ignored. */
const NO_STATE = { XDG_STATE_HOME: "none", LOCALAPPDATA: "none" };

/** A person at a terminal on which the prompt, or another program, runs. */
export class Terminal implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>>;
  readonly #output: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>>;
  readonly #screen: xterm.Terminal;
  readonly #decoder = new TextDecoder();
  #raw = "";
  /** How much of it, without its codes, has been seen. */
  #seen = 0;

  private constructor(
    { columns = 80, rows = 24, args = [], command, env }: TerminalOptions,
  ) {
    this.#screen = new xterm.Terminal({
      cols: columns,
      rows,
      allowProposedApi: true,
    });
    this.#child = new Deno.Command("python3", {
      args: [
        ...["-c", RELAY, `${rows}`, `${columns}`],
        ...command ?? [Deno.execPath(), ...RUN, "cli.ts", ...args],
      ],
      cwd: ROOT,
      env: { TERM: "xterm-256color", NO_COLOR: "", ...NO_STATE, ...env },
      stdin: "piped",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    this.#input = this.#child.stdin.getWriter();
    this.#output = this.#child.stdout.getReader();
  }

  /** The prompt on a terminal of 80×24, unless the options say otherwise. */
  static open(options: TerminalOptions = {}): Terminal {
    return new Terminal(options);
  }

  async type(keys: string): Promise<void> {
    await this.#ask({ keys });
  }

  async resize(columns: number, rows: number): Promise<void> {
    this.#screen.resize(columns, rows);
    await this.#ask({ columns, rows });
  }

  /** The terminal goes away. */
  async hangUp(): Promise<void> {
    await this.#input.close();
  }

  /** What stands on the screen: a text for each row, without trailing spaces. */
  lines(): string[] {
    const { active } = this.#screen.buffer;
    return Array.from(
      { length: this.#screen.rows },
      (_, row) =>
        active.getLine(active.baseY + row)?.translateToString(true) ?? "",
    );
  }

  /** Whether the program has taken over the whole screen. */
  get alternate(): boolean {
    return this.#screen.buffer.active.type === "alternate";
  }

  /** Column and row of the cursor, from 0. */
  get cursor(): readonly [column: number, row: number] {
    const { cursorX, cursorY } = this.#screen.buffer.active;
    return [cursorX, cursorY];
  }

  /** Reads until the screen is as expected; answers with its lines. */
  async until(
    expected: string | ((lines: readonly string[]) => boolean),
  ): Promise<string[]> {
    for (;;) {
      const lines = this.lines();
      const met = typeof expected === "string"
        ? lines.join("\n").includes(expected)
        : expected(lines);
      if (met) return lines;
      await this.#read(() => `the screen was never ${expected}:\n${this}`);
    }
  }

  /**
   * Reads until the text was written, and answers with what was written since
   * the last time, without the codes that move the cursor and paint.
   */
  async sees(expected: string): Promise<string> {
    for (;;) {
      const plain = plainOf(this.#raw);
      const at = plain.indexOf(expected, this.#seen);
      if (at >= 0) {
        const end = at + expected.length;
        const since = plain.slice(this.#seen, end);
        this.#seen = end;
        return since;
      }
      await this.#read(() => `never saw "${expected}" in:\n${plain}`);
    }
  }

  /** Types a line, and reads until its answer was written. */
  async ask(line: string, expected: string): Promise<string> {
    await this.type(`${line}\r`);
    return await this.sees(expected);
  }

  /** Reads to the end; answers with all that was written, and how it ended. */
  async ends(): Promise<{ code: number; raw: string }> {
    while (await this.#take());
    const { code } = await deadline(this.#child.status, PATIENCE_MS);
    assertEquals(this.#raw.includes("terminal changed"), false);
    return { code, raw: this.#raw };
  }

  toString(): string {
    return this.lines().map((line) => `|${line}`).join("\n");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#child.kill("SIGKILL");
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
    }
    await this.#child.status;
    await this.#output.cancel();
    await this.#input.abort().catch(() => {});
    this.#screen.dispose();
  }

  async #ask(what: unknown): Promise<void> {
    const line = `${JSON.stringify(what)}\n`;
    await this.#input.write(new TextEncoder().encode(line));
  }

  /** Reads some more. */
  async #read(complaint: () => string): Promise<void> {
    let more: boolean;
    try {
      more = await this.#take();
    } catch (cause) {
      throw new Error(complaint(), { cause });
    }
    if (!more) throw new Error(`ended, and ${complaint()}`);
  }

  async #take(): Promise<boolean> {
    const { value } = await deadline(this.#output.read(), PATIENCE_MS);
    if (value === undefined) return false;
    this.#raw += this.#decoder.decode(value, { stream: true });
    await new Promise<void>((done) => this.#screen.write(value, done));
    return true;
  }
}

function plainOf(text: string): string {
  // deno-lint-ignore no-control-regex
  return text.replaceAll(/\x1b\[[?0-9;]*[A-Za-z]/g, "").replaceAll("\r", "");
}

/** A test that needs a terminal. */
export function terminalTest(name: string, fn: () => Promise<void>): void {
  Deno.test({ name, ignore: !HAS_PTY, fn });
}
