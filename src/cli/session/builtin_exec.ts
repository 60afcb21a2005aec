/**
 * The built-in task `exec`: a program in a process group of its own. Nothing in
 * the group outlives the task. A guard, a small process beside the group, kills
 * it when this thread is gone, however that went.
 */
import { LineSplitter } from "../../line_splitter.ts";
import { task } from "../../task_api.ts";

/** What a program came to whose exit code is 0. */
export interface Executed {
  readonly code: 0;
  /** The last million characters at most. */
  readonly stdout: string;
  /** How many characters of stdout are left out before those. */
  readonly omitted?: number;
}

/** A program ended with another exit code than 0, or by a signal. */
export class ExitError extends Error {
  override readonly name = "ExitError";
  readonly code: number;
  readonly signal: Deno.Signal | null;
  /** The last 2000 characters at most. */
  readonly stderr: string;

  constructor(
    command: string,
    { code, signal }: Deno.CommandStatus,
    stderr: string,
  ) {
    const how = signal === null
      ? `exited with code ${code}`
      : `was ended by ${signal}`;
    const why = stderr.trimEnd().split("\n").at(-1);
    super(`${command} ${how}${why && `: ${why}`}`);
    this.code = code;
    this.signal = signal;
    this.stderr = stderr;
    // Where in this file it is thrown tells nobody anything.
    this.stack = `${this.name}: ${this.message}`;
  }
}

const MAX_STDOUT_CHARACTERS = 1_000_000;
const MAX_STDERR_CHARACTERS = 2000;
/** As many as a log keeps. */
const MAX_LINES_AT_ONCE = 1000;

/**
 * How long the output of a program that has ended is waited for: a process that
 * has left the group may hold it open.
 */
const MAX_OUTPUT_MS = 200;

/**
 * Runs a program; what it writes goes to the task's log. When the task is asked
 * to stop, the program gets SIGTERM, and SIGKILL at the end of the grace.
 *
 * @throws {ExitError} The exit code is not 0.
 */
export async function exec(
  command: string,
  ...args: readonly string[]
): Promise<Executed> {
  await checkPermission();
  using group = new ProcessGroup(command, args);
  const { child } = group;
  const stdout = new Tail(MAX_STDOUT_CHARACTERS);
  const stderr = new Tail(MAX_STDERR_CHARACTERS);
  const leave = new AbortController();
  const output = Promise.allSettled([
    logLines(
      child.stdout,
      console.log,
      leave.signal,
      (text) => stdout.add(text),
    ),
    logLines(
      child.stderr,
      console.error,
      leave.signal,
      (text) => stderr.add(text),
    ),
  ]);
  const { signal } = task;
  const stop = (): void => group.signal("SIGTERM");
  signal.addEventListener("abort", stop, { once: true });
  const graceOver = Promise.withResolvers<never>();
  task.shielded(() => task.signal).addEventListener("abort", () => {
    console.warn("did not end after SIGTERM, and gets SIGKILL");
    graceOver.reject(signal.reason);
  }, { once: true });
  try {
    const status = await Promise.race([child.status, graceOver.promise]);
    // What it has left behind in its group ends with it.
    group.signal("SIGKILL");
    const timer = setTimeout(() => leave.abort(), MAX_OUTPUT_MS);
    await output;
    clearTimeout(timer);
    await group.disband();
    signal.throwIfAborted();
    if (!status.success) throw new ExitError(command, status, stderr.text);
    const { text, omitted } = stdout;
    return { code: 0, stdout: text, ...omitted > 0 ? { omitted } : {} };
  } finally {
    signal.removeEventListener("abort", stop);
    leave.abort();
  }
}

/** To end a process group takes the permission for every program. */
async function checkPermission(): Promise<void> {
  if (Deno.build.os === "windows") {
    throw new Deno.errors.NotSupported(
      "exec needs process groups, which Windows does not have",
    );
  }
  const { state, partial } = await Deno.permissions.query({ name: "run" });
  if (state === "granted" && !partial) return;
  throw new Deno.errors.NotCapable(
    "Requires run access to all programs, since exec stops a program with " +
      "all that it has started, run again with the --allow-run flag",
  );
}

/** Logs a stream line by line, and calls `onText` for each piece of it. */
async function logLines(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  log: (line: string) => void,
  signal: AbortSignal,
  onText: (text: string) => void = () => {},
): Promise<void> {
  const decoder = new TextDecoder();
  let lines: string[] = [];
  const splitter = new LineSplitter((line) => lines.push(line));
  const flush = (): void => {
    const skipped = lines.length - MAX_LINES_AT_ONCE;
    if (skipped > 0) log(`… ${skipped} lines`);
    for (const line of lines.slice(-MAX_LINES_AT_ONCE)) log(line);
    lines = [];
  };
  const write = (bytes: Uint8Array): Promise<void> => {
    const text = decoder.decode(bytes, { stream: true });
    onText(text);
    splitter.push(text);
    flush();
    // A program that writes without end must not starve the other tasks.
    return new Promise((resolve) => setTimeout(resolve));
  };
  try {
    await stream.pipeTo(new WritableStream({ write }), { signal });
  } finally {
    splitter.end();
    flush();
  }
}

/** The end of a text. */
class Tail {
  readonly #max: number;
  #text = "";
  omitted = 0;

  constructor(max: number) {
    this.#max = max;
  }

  add(text: string): void {
    this.#text += text;
    // Rarely, since to cut a long text takes a copy.
    if (this.#text.length > 2 * this.#max) this.#cut();
  }

  get text(): string {
    this.#cut();
    return this.#text;
  }

  #cut(): void {
    const excess = Math.max(0, this.#text.length - this.#max);
    this.#text = this.#text.slice(excess);
    this.omitted += excess;
  }
}

/** Reads the id of a group, and kills the group at the end of its stdin. */
const GUARD = 'read -r group && { read -r _; kill -s KILL -- "-$group"; }';

/** A program and its descendants, but for those that leave the group. */
class ProcessGroup implements Disposable {
  readonly child: Deno.ChildProcess;
  readonly #guard: Deno.ChildProcess;
  readonly #toGuard: WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>>;
  #gone = false;

  constructor(command: string, args: readonly string[]) {
    const detached = true;
    this.#guard = new Deno.Command("sh", {
      args: ["-c", GUARD],
      stdin: "piped",
      stdout: "null",
      stderr: "null",
      detached,
    }).spawn();
    this.#toGuard = this.#guard.stdin.getWriter();
    try {
      this.child = new Deno.Command(command, {
        args: [...args],
        stdin: "null",
        stdout: "piped",
        stderr: "piped",
        detached,
      }).spawn();
    } catch (error) {
      this.#dismiss();
      throw error;
    }
    const id = new TextEncoder().encode(`${this.child.pid}\n`);
    this.#toGuard.write(id).catch(() => {});
  }

  /** Sends a signal to each process of the group, if there are any. */
  signal(signal: Deno.Signal): void {
    // The id may soon be that of another group.
    if (this.#gone) return;
    try {
      Deno.kill(-this.child.pid, signal);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }

  #dismiss(): void {
    this.#toGuard.abort().catch(() => {});
    try {
      this.#guard.kill("SIGKILL");
    } catch {
      // It has ended.
    }
  }

  [Symbol.dispose](): void {
    this.signal("SIGKILL");
    this.#gone = true;
    this.#dismiss();
  }

  /** Resolves when nothing is left. */
  async disband(): Promise<void> {
    this[Symbol.dispose]();
    await this.#guard.status;
  }
}
