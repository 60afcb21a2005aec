/** The work as a user of loopctl writes it: sleeps that a cancel ends. */
import { task } from "../../../src/task_api.ts";

export { echo, sizeOf } from "../tasks.ts";

let active = 0;

export async function sleep(ms: number): Promise<void> {
  active++;
  try {
    await task.sleep(ms);
  } finally {
    active--;
  }
}

export async function fetchText(url: string): Promise<number> {
  return (await (await fetch(url)).text()).length;
}

/** Connects to a port, to say that it has started. */
export async function knock(_input: string, port: number): Promise<void> {
  await Deno.connect({ hostname: "127.0.0.1", port });
}

export function countActive(): Promise<number> {
  return Promise.resolve(active);
}

export function writeLines(count: number): void {
  for (let n = 0; n < count; n++) console.log(`line ${n}`);
}

export function reportProgress(count: number): void {
  for (let n = 0; n < count; n++) task.progress(n, count);
}
