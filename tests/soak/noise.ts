/**
 * Tasks that log and report without end, while nobody reads, and for most of
 * the time nobody takes anything in.
 */
import type { LoopController } from "../../mod.ts";
import { measure } from "./memory.ts";

declare const task: typeof import("../../src/task_api.ts").task;

export interface NoiseReport {
  readonly lines: number;
  readonly kept: number;
  readonly dropped: number;
  readonly beforeMb: number;
  readonly afterMb: number;
}

async function noise(): Promise<number> {
  let lines = 0;
  while (!task.signal.aborted) {
    for (let n = 0; n < 200; n++) console.log(`line ${++lines}`.padEnd(80));
    task.progress(lines, undefined, "on and on");
    await new Promise((resolve) => setTimeout(resolve));
  }
  return lines;
}

export async function makeNoise(
  loop: LoopController,
  seconds: number,
): Promise<NoiseReport> {
  const blocked = new Int32Array(new SharedArrayBuffer(4));
  const handles = Array.from({ length: 10 }, () => loop.submit(noise));
  // A reader that took the first line, and never comes back.
  const reader = handles[0]!.followLogs();
  await reader.next();
  const before = await measure();
  const end = performance.now() + seconds * 1000;
  while (performance.now() < end) {
    Atomics.wait(blocked, 0, 0, 1000);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  const after = await measure();
  await Promise.all(handles.map((handle) => handle.cancel("enough")));
  await reader.return(undefined);
  let lines = 0;
  let kept = 0;
  let dropped = 0;
  for (const handle of handles) {
    lines += handle.result();
    kept += handle.logs().length;
    dropped += handle.droppedLogs;
  }
  loop.collect();
  return {
    lines,
    kept,
    dropped,
    beforeMb: before.residentMb,
    afterMb: after.residentMb,
  };
}
