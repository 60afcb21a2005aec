/**
 * Gathers with a timeout that is set only when all have been started: it need
 * not be known before, and can be moved or lifted for as long as they run.
 *
 *     deno run -A 02_gather_timeout.ts [SECONDS [TIMEOUT]]
 */
import { LoopController, TimeoutError } from "@loopctl/loopctl";
import { task } from "@loopctl/loopctl/task";
import { repr } from "./python_repr.ts";

const ms = Number(Deno.args[0] ?? 3) * 1000;
const timeout = Deno.args[1] === undefined ? null : Number(Deno.args[1]) * 1000;

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
group.setTimeout(timeout);

try {
  console.log(repr(await group.results()));
} catch (error) {
  if (!(error instanceof TimeoutError)) throw error;
  console.log("timeout!");
}
