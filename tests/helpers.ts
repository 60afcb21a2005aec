/** What several tests share: a loop that must not leak, and a child deno. */
import { assertEquals } from "@std/assert";
import { deadline } from "@std/async/deadline";
import { type CloseOptions, LoopController, type LoopOptions } from "../mod.ts";
import { MAX_TEST_MS, PATIENCE_MS } from "./patience.ts";

/** The Workers made since it was opened, less those terminated. */
class WorkerCount implements Disposable {
  readonly left: Set<Worker> = new Set();
  readonly #original = globalThis.Worker;

  constructor() {
    const left = this.left;
    globalThis.Worker = class extends this.#original {
      constructor(...args: ConstructorParameters<typeof Worker>) {
        super(...args);
        left.add(this);
      }

      override terminate(): void {
        left.delete(this);
        super.terminate();
      }
    };
  }

  [Symbol.dispose](): void {
    globalThis.Worker = this.#original;
  }
}

class TestLoop extends LoopController {
  readonly #workers: WorkerCount;
  readonly #timer: ReturnType<typeof setTimeout>;

  constructor(workers: WorkerCount, options?: LoopOptions) {
    super(options);
    this.#workers = workers;
    // Every handle settles then, so that a test fails that would hang.
    this.#timer = setTimeout(() => this.kill(), MAX_TEST_MS);
  }

  override kill(): void {
    clearTimeout(this.#timer);
    super.kill();
  }

  override async close(options?: CloseOptions): Promise<void> {
    try {
      await super.close(options);
    } finally {
      clearTimeout(this.#timer);
    }
  }

  override async [Symbol.asyncDispose](): Promise<void> {
    using workers = this.#workers;
    await super[Symbol.asyncDispose]();
    assertEquals(workers.left.size, 0, "a Worker was left running");
  }
}

/**
 * A controller for one test: `await using loop = openLoop()`. At the end of
 * the scope it is closed, and no Worker made in the scope may be left, which
 * the test runner's sanitizers do not notice. One that is there for too long is
 * killed.
 */
export function openLoop(options?: LoopOptions): LoopController {
  return new TestLoop(new WorkerCount(), options);
}

/** What a child process came to. */
export interface Finished {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** How a child deno is started. */
export interface ChildOptions {
  /** Piped into its stdin, which is closed after it. */
  readonly stdin?: string;
  /** Added to the environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Where it runs, in place of the repository's root. */
  readonly cwd?: string;
}

/** The repository's root, where children run. */
export const ROOT: URL = new URL("../", import.meta.url);

function command(args: readonly string[], options: ChildOptions): Deno.Command {
  return new Deno.Command(Deno.execPath(), {
    args: [...args],
    cwd: options.cwd ?? ROOT,
    env: { NO_COLOR: "1", ...options.env },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  });
}

/** Kills a child that does not end, so that a test fails that would hang. */
export function killedInTime(process: Deno.ChildProcess): Disposable {
  const timer = setTimeout(() => process.kill("SIGKILL"), MAX_TEST_MS);
  return { [Symbol.dispose]: () => clearTimeout(timer) };
}

/** Runs deno with these arguments to its end. */
export async function deno(
  args: readonly string[],
  options: ChildOptions = {},
): Promise<Finished> {
  const process = command(args, options).spawn();
  using _ = killedInTime(process);
  const output = process.output();
  await writeAll(process.stdin, options.stdin ?? "");
  const { code, stdout, stderr } = await output;
  const decoder = new TextDecoder();
  return {
    code,
    stdout: decoder.decode(stdout),
    stderr: decoder.decode(stderr),
  };
}

/** Writes and closes. A child that does not read to the end is no error. */
async function writeAll(
  stdin: WritableStream<Uint8Array<ArrayBuffer>>,
  text: string,
): Promise<void> {
  try {
    await ReadableStream.from([text])
      .pipeThrough(new TextEncoderStream())
      .pipeTo(stdin);
  } catch (error) {
    if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
  }
}

/** A running deno that a test talks with line by line. */
export class DenoChild implements AsyncDisposable {
  readonly #process: Deno.ChildProcess;
  readonly #stdin: WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>>;
  readonly #stderr: Promise<string>;
  readonly #lines: AsyncIterator<string>;
  readonly #heard: string[] = [];

  constructor(args: readonly string[], options: ChildOptions = {}) {
    this.#process = command(args, options).spawn();
    this.#stdin = this.#process.stdin.getWriter();
    this.#stderr = new Response(this.#process.stderr).text();
    this.#lines = lines(this.#process.stdout);
  }

  /** Writes to its stdin. A child that has closed it already is no error. */
  async write(text: string): Promise<void> {
    try {
      await this.#stdin.write(new TextEncoder().encode(text));
    } catch (error) {
      if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
    }
  }

  /** The next line of its stdout; throws when there is none any more. */
  async readLine(): Promise<string> {
    const { done, value } = await this.#patiently(this.#lines.next());
    if (done) throw new Error(await this.#account("ended its output"));
    this.#heard.push(value);
    return value;
  }

  /** Closes its stdin and waits for its end. */
  async finish(): Promise<Finished> {
    await this.#stdin.close().catch(() => {});
    for (;;) {
      const { done, value } = await this.#patiently(this.#lines.next());
      if (done) break;
      this.#heard.push(value);
    }
    const { code } = await this.#patiently(this.#process.status);
    const stdout = this.#heard.map((line) => `${line}\n`).join("");
    return { code, stdout, stderr: await this.#stderr };
  }

  /** Kills it if it runs still. */
  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#process.kill("SIGKILL");
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
    }
    await this.#process.status;
    await this.#lines.return?.();
    await this.#stdin.abort().catch(() => {});
    await this.#stderr;
  }

  async #patiently<T>(promise: Promise<T>): Promise<T> {
    try {
      return await deadline(promise, PATIENCE_MS);
    } catch (cause) {
      this.#process.kill("SIGKILL");
      throw new Error(await this.#account("hung"), { cause });
    }
  }

  async #account(what: string): Promise<string> {
    const heard = this.#heard.join("\n");
    return `the child ${what}; stdout:\n${heard}\nstderr:\n${await this
      .#stderr}`;
  }
}

async function* lines(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
): AsyncGenerator<string> {
  let rest = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const parts = (rest + text).split("\n");
    rest = parts.pop() ?? "";
    yield* parts;
  }
  if (rest !== "") yield rest;
}
