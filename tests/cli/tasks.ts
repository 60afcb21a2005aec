/** Tasks for the tests of the prompt. */
import { task } from "../../src/task_api.ts";

export function echo(...args: unknown[]): unknown[] {
  return args;
}

export function boom(message = "boom"): never {
  throw new TypeError(message, { cause: new Error("why") });
}

export function throwValue(value: unknown): never {
  throw value;
}

export async function flaky(succeedsAt: number): Promise<string> {
  console.warn("attempt", task.attempt);
  await task.sleep(0);
  if (task.attempt < succeedsAt) throw new Error("not yet");
  return "at last";
}

/** Reports that it is half done, then sleeps. */
export async function half(): Promise<void> {
  task.progress(5, 10, "pages");
  console.log("half way\u001b[2J");
  await task.sleep(60_000);
}

/** Throws while it is being cancelled. */
export async function failsCleanup(): Promise<void> {
  await task.sleep(60_000).catch(() => {});
  throw new RangeError("cleanup failed");
}

/** Ignores its signal. */
export async function stubborn(ms: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms));
}

/** Computes for so long without yielding. */
export function spin(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

/** The process that its loop is in. */
export function pid(): number {
  return Deno.pid;
}

export async function parent(): Promise<void> {
  await task.spawn(half, []);
}

export function big(length: number): string {
  return "x".repeat(length);
}

export function uncloneable(): () => void {
  return () => {};
}
