/** The tasks of the table of semantics. They run in a Worker or a process. */
import { task } from "../../src/task_api.ts";
import { arrive, pass } from "../door.ts";
import { stoppable } from "../stoppable.ts";

/** Returns `value` once the door is open; stops at once when it is asked to. */
export async function waitAt(door: number, value: number): Promise<number> {
  await stoppable(pass(door), task.signal);
  return value;
}

/** Says that it has started; asked to stop, cleans up till the door is open. */
export async function cleanUpTill(
  started: number,
  door: number,
): Promise<never> {
  try {
    await arrive(started);
    await task.sleep(Infinity);
    throw new Error("it slept for ever");
  } finally {
    await pass(door);
  }
}

/** Stops at once when it is asked to; its child is one that cleans up. */
export async function withChild(
  started: number,
  door: number,
): Promise<never> {
  task.spawn(cleanUpTill, [started, door]);
  await task.sleep(Infinity);
  throw new Error("it slept for ever");
}

export function echo(value: number): number {
  return value;
}

export function fail(message: string): never {
  throw new Error(message);
}
