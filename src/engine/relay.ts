/**
 * A worker of this process that holds the pipes of a child deno. It hands on
 * what it is told, both ways, and says when the child has ended.
 *
 * @module
 */
import type { FromLoop, ToLoop, WorkerInit } from "../protocol.ts";
import { Pulse } from "../pulse.ts";
import { decodeFrames, encodeFrame } from "./frames.ts";

addEventListener("message", (event) => {
  const { port, pulse, settings } = (event as MessageEvent<WorkerInit>).data;
  const shared = new Pulse(pulse);
  const post = (batch: readonly FromLoop[]): void => {
    if (settings.console === "inherit") print(batch);
    port.postMessage(batch);
    shared.posted();
  };
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--no-prompt",
      "--quiet",
      ...settings.childFlags ?? [],
      new URL("./bridge.ts", import.meta.url).href,
    ],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  const write = (message: unknown): void => {
    // A write that fails says that the child is gone, which its status tells.
    writer.write(encodeFrame(message)).catch(() => {});
  };
  write(settings);
  port.onmessage = ({ data }: MessageEvent<readonly ToLoop[]>) => {
    if (data.some((message) => message.type === "kill")) child.kill("SIGKILL");
    else write(data);
  };
  relay(child, post);
}, { once: true });

async function relay(
  child: Deno.ChildProcess,
  post: (batch: readonly FromLoop[]) => void,
): Promise<void> {
  const lastWords = lastLine(child.stderr);
  let broken = "";
  try {
    for await (const batch of decodeFrames<FromLoop[]>(child.stdout)) {
      post(batch);
    }
  } catch (error) {
    broken = `it sent what can't be decoded: ${(error as Error).message}; `;
    child.kill("SIGKILL");
  }
  const { code, signal } = await child.status;
  const said = await lastWords;
  const how = signal === null ? `code ${code}` : signal;
  post([{
    type: "ended",
    how: `${broken}its process ended with ${how}` + (said ? `: ${said}` : ""),
  }]);
}

/** Writes what the tasks wrote where this program writes. */
function print(batch: readonly FromLoop[]): void {
  for (const message of batch) {
    if (message.type !== "log") continue;
    for (const { level, text } of message.entries) {
      if (level !== "note") console[level](text);
    }
  }
}

/** How much of what the child writes to stderr is kept, in UTF-16 units. */
const KEPT = 4096;

/** Reads a stream to its end; returns the last line that says something. */
async function lastLine(stream: ReadableStream<Uint8Array>): Promise<string> {
  let tail = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    tail = (tail + text).slice(-KEPT);
  }
  const lines = tail.split("\n").map((line) => line.trim());
  return lines.findLast((line) => /[Ee]rror|memory/.test(line)) ??
    lines.findLast((line) => line !== "") ?? "";
}
