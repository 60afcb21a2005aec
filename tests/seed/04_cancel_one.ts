/**
 * Submits three tasks one by one, cancels the first and collects the others.
 *
 *     deno run -A 04_cancel_one.ts [SECONDS]
 */
import { CancelledError, LoopController } from "@loopctl/loopctl";
import { task } from "@loopctl/loopctl/task";

const ms = Number(Deno.args[0] ?? 3) * 1000;

async function someFunc(number: number, ms: number): Promise<number> {
  await task.sleep(ms);
  return number;
}

await using loop = new LoopController();
const handles = [1, 2, 3].map((number) => loop.submit(someFunc, [number, ms]));

handles[0]?.cancel();

for (const [i, handle] of handles.entries()) {
  try {
    console.log(`Task ${i} result: ${await handle}`);
  } catch (error) {
    if (!(error instanceof CancelledError)) throw error;
    console.log(`Task ${i} cancelled`);
  }
}
