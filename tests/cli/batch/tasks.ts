/** Tasks for batches. */
import { pass } from "../../door.ts";

export function echo(...args: unknown[]): unknown[] {
  return args;
}

/** Notes in a file that it ran; fails for an input that begins with `bad`. */
export async function note(input: unknown, log: string): Promise<unknown> {
  await Deno.writeTextFile(log, `${JSON.stringify(input)}\n`, { append: true });
  if (String(input).startsWith("bad")) throw new RangeError(`${input} is bad`);
  return input;
}

/** Notes in a file that it ran, and takes a millisecond. */
export async function slowly(input: string, log: string): Promise<string> {
  Deno.writeTextFileSync(log, `${input}\n`, { append: true });
  await new Promise((resolve) => setTimeout(resolve, 1));
  return input;
}

/** Waits at a door; see `door.ts`. */
export async function wait(input: unknown, door: number): Promise<unknown> {
  await pass(door);
  return input;
}

/** Never ends by itself, and ends when it is cancelled. */
export async function forever(_input: unknown, door: number): Promise<void> {
  await pass(door);
  await fetch(`http://127.0.0.1:${door}/`);
}
