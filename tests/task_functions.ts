/** Tasks for the tests; they run in a real loop. */
import { task } from "../src/task_api.ts";
import { Gate } from "./gate.ts";
import { Stage } from "./controller/model/stage.ts";
import { stoppable } from "./stoppable.ts";

export function echo(value: number): number {
  return value;
}

export function fail(message: string): never {
  throw new Error(message);
}

/** Returns `value` once the gate is open; stops at once when it is asked to. */
export async function waitAt(
  key: SharedArrayBuffer,
  value: number,
): Promise<number> {
  await stoppable(new Gate(key).pass(), task.signal);
  return value;
}

/** Throws an error of this message once the gate is open. */
export async function failAt(
  key: SharedArrayBuffer,
  message: string,
): Promise<never> {
  await waitAt(key, 0);
  throw new Error(message);
}

/** Ignores its signal, and returns `value` once the gate is open. */
export async function ignoreTill(
  key: SharedArrayBuffer,
  value: number,
): Promise<number> {
  await new Gate(key).pass();
  return value;
}

/** Says that it has started; asked to stop, cleans up till the gate is open. */
export async function cleanUpTill(
  started: SharedArrayBuffer,
  gate: SharedArrayBuffer,
): Promise<never> {
  try {
    new Gate(started).arrive();
    await task.sleep(Infinity);
    throw new Error("it slept for ever");
  } finally {
    await new Gate(gate).pass();
  }
}

interface StageGlobal {
  stage?: Stage;
}

/** Before any puppet: where they are told what to do. */
export function setStage(key: SharedArrayBuffer): void {
  (globalThis as StageGlobal).stage = new Stage(key);
}

/** Does what it is told; `follows`: and stops when it is asked to. */
export async function puppet(
  which: number | { readonly index: number },
  follows: boolean,
): Promise<number> {
  const index = typeof which === "number" ? which : which.index;
  const stage = (globalThis as StageGlobal).stage!;
  const told = stage.puppet(index);
  const asked = task.sleep(Infinity);
  asked.catch(() => told.sayStopping());
  const stopped = follows ? asked : never;
  stage.count(1);
  try {
    for (let progress = 0;;) {
      const seen = told.wakes;
      if (told.progress !== progress) task.progress(progress = told.progress);
      if (told.end === "returns") return index;
      if (told.end === "throws") throw new RangeError(`puppet ${index}`);
      await Promise.race([told.told(seen), stopped]);
    }
  } finally {
    stage.count(-1);
  }
}

const never = new Promise<never>(() => {});
