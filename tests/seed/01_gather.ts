/**
 * Gathers three sleepers and prints what they return. They sleep side by side:
 * three seconds in all, not nine.
 *
 *     deno run -A 01_gather.ts [SECONDS]
 */
import { LoopController } from "@loopctl/loopctl";
import { task } from "@loopctl/loopctl/task";
import { repr } from "./python_repr.ts";

const ms = Number(Deno.args[0] ?? 3) * 1000;

async function someFunc(number: number, ms: number): Promise<number> {
  await task.sleep(ms);
  return number;
}

await using loop = new LoopController();
const group = loop.gather([
  [someFunc, [1, ms]],
  [someFunc, [2, ms]],
  [someFunc, [3, ms]],
]);

// The prompt stays free here: nothing waits until results are asked for.
console.log(repr(await group.results()));
