/**
 * A million tasks through one controller, collected as they end, while its
 * loop is lost again and again.
 */
import { assertEquals } from "@std/assert";
import {
  type LoopController,
  LoopLostError,
  type TaskHandle,
} from "../../mod.ts";
import type { EngineName } from "../engine/contract/suite.ts";
import type { Random } from "../engine/random.ts";
import { measure, type MemoryUse, residentMbOf } from "./memory.ts";

declare const task: typeof import("../../src/task_api.ts").task;

/** How many are under way at once. */
const AT_ONCE = 1000;
/** After so many tasks memory is measured. */
const STEP = 100_000;

export interface FloodRow extends MemoryUse {
  readonly tasks: number;
  /** Of the child, where a process carries the loop. */
  readonly childMb: number | undefined;
  readonly succeeded: number;
  readonly failed: number;
  readonly cancelled: number;
  /** Handles that lost their loop; they are among the failed. */
  readonly lost: number;
  readonly loopsLost: number;
}

const WORK: readonly ((n: number) => unknown)[] = [
  (n) => n,
  (n) => n,
  (n) => `a text of task ${n}`,
  (n) => ({ n, list: [n, n + 1], when: new Date(n) }),
  async (n) => {
    await Promise.resolve();
    return n;
  },
  async (n) => {
    console.log("task", n);
    task.progress(1, 2, "half");
    await task.sleep(1);
    return new Uint8Array(16);
  },
  (n) => {
    throw new RangeError(`task ${n}`);
  },
  async () => {
    await task.spawn(() => task.sleep(1));
  },
];

/** Yields a row after each 100,000 tasks. */
export async function* flood(
  loop: LoopController,
  engine: EngineName,
  total: number,
  random: Random,
): AsyncGenerator<FloodRow> {
  const counts = { succeeded: 0, failed: 0, cancelled: 0, lost: 0 };
  let loopsLost = 0;
  for (let tasks = 0; tasks < total;) {
    // About once in 25,000 tasks the loop is lost in the middle of its work.
    const deadly = random.chance(AT_ONCE / 25_000);
    if (deadly) loopsLost++;
    const handles = start(loop, random, deadly);
    const { notDone } = await loop.wait(handles, { timeout: 60_000 });
    assertEquals(notDone.map((one) => one.snapshot()), []);
    tasks += handles.length;
    for (const handle of loop.collect()) {
      const outcome = handle.peek()!;
      counts[outcome.state]++;
      const lost = outcome.state === "failed" &&
        outcome.error instanceof LoopLostError;
      if (lost) counts.lost++;
    }
    assertEquals(counts.succeeded + counts.failed + counts.cancelled, tasks);
    assertEquals(loop.list(), []);
    if (tasks % STEP === 0 || tasks >= total) {
      const childMb = engine === "process"
        ? residentMbOf(await loop.submit(() => Deno.pid))
        : undefined;
      loop.collect();
      const memory = await measure();
      yield { tasks, childMb, ...memory, ...counts, loopsLost };
    }
  }
}

function start(
  loop: LoopController,
  random: Random,
  deadly: boolean,
): TaskHandle[] {
  const last = deadly ? random.below(AT_ONCE) : -1;
  const handles: TaskHandle[] = [];
  for (let n = 0; n < AT_ONCE; n++) {
    if (n === last) handles.push(loop.submit(() => Deno.exit()));
    else handles.push(loop.submit(random.pick(WORK), [n]));
    if (random.chance(0.01)) random.pick(handles).cancel("at random");
  }
  return handles;
}
