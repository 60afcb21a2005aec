/** Runs a command in a process of its own, and times it. */
import type { CommandLine } from "./item.ts";
import { FOLDER } from "./programs.ts";

export interface RunOptions {
  /** On one processor alone. */
  readonly pinned?: boolean;
  /** Milliseconds after which it is killed. */
  readonly patience: number;
}

export interface Finished {
  /** Milliseconds from the start to `until`, or to the end of the process. */
  readonly ms: number;
  readonly stdout: string;
  /** Why there is no time, if there is none. */
  readonly failed: string | undefined;
}

export async function runCommand(
  { command, stdin, until }: CommandLine,
  { pinned = false, patience }: RunOptions,
): Promise<Finished> {
  const [program, ...args] = pinned
    ? ["taskset", "-c", "0", ...command]
    : command;
  const start = performance.now();
  const process = new Deno.Command(program!, {
    args,
    cwd: FOLDER,
    env: { NO_COLOR: "1", DENO_NO_UPDATE_CHECK: "1" },
    stdin: stdin === undefined ? "null" : "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  let impatient = false;
  const timer = setTimeout(() => {
    impatient = true;
    process.kill("SIGKILL");
  }, patience);
  const stderr = new Response(process.stderr).text();
  if (stdin !== undefined) await write(process.stdin, stdin);
  let stdout = "";
  let matched: number | undefined;
  for await (
    const text of process.stdout.pipeThrough(new TextDecoderStream())
  ) {
    stdout += text;
    if (until?.test(stdout)) {
      matched = performance.now();
      process.kill("SIGKILL");
      break;
    }
  }
  const { code } = await process.status;
  const ended = performance.now();
  clearTimeout(timer);
  return {
    ms: (matched ?? ended) - start,
    stdout,
    failed: matched !== undefined || (until === undefined && code === 0)
      ? undefined
      : impatient
      ? `no end after ${patience / 1000} s`
      : `exit ${code}: ${(await stderr).trim().split("\n").at(-1)}`,
  };
}

async function write(
  stdin: WritableStream<Uint8Array<ArrayBuffer>>,
  text: string,
): Promise<void> {
  const writer = stdin.getWriter();
  await writer.write(new TextEncoder().encode(text));
  await writer.close();
}
