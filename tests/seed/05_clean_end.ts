/**
 * Closes the loop, so that its thread and the program can end.
 *
 *     deno run -A 05_clean_end.ts [SECONDS]
 */
import { LoopController } from "@loopctl/loopctl";
import { task } from "@loopctl/loopctl/task";
import { repr } from "./python_repr.ts";

const ms = Number(Deno.args[0] ?? 3) * 1000;

async function someFunc(number: number, ms: number): Promise<number> {
  await task.sleep(ms);
  return number;
}

const loop = new LoopController();
const isRunning = () => repr(loop.health().state !== "closed");

console.log(`Task result: ${await loop.submit(someFunc, [1, ms])}`);
console.log(`Loop is running: ${isRunning()}`);

await loop.close();
console.log(`Loop is running: ${isRunning()}`);
