/**
 * Polls a gathered call from outside its loop while it runs, with a thread
 * that is blocked in between, then prints its result.
 *
 *     deno run -A 03_poll.ts [SECONDS [POLL_SECONDS]]
 */
import { LoopController } from "@loopctl/loopctl";
import { task } from "@loopctl/loopctl/task";
import { repr } from "./python_repr.ts";

const ms = Number(Deno.args[0] ?? 3) * 1000;
const pollMs = Number(Deno.args[1] ?? 1) * 1000;

async function someFunc(number: number, ms: number): Promise<number> {
  await task.sleep(ms);
  return number;
}

/** Blocks this thread, as `prompt()` or Python's `time.sleep` do. */
function sleepSync(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

await using loop = new LoopController();
const group = loop.gather([
  [someFunc, [1, ms]],
  [someFunc, [2, ms]],
  [someFunc, [3, ms]],
]);

// This thread never yields here, and `done` is true to the moment all the same.
while (!group.done) {
  sleepSync(pollMs);
  console.log(`Concurrency is done: ${repr(group.done)}`);
}

console.log(repr(await group.results()));
