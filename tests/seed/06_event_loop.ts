/**
 * An event loop as an object: create a task, cancel one of three, stop.
 * The controller is that object already; this only gives it the words.
 *
 *     deno run -A 06_event_loop.ts [SECONDS]
 */
import {
  CancelledError,
  LoopController,
  type TaskFunction,
  type TaskHandle,
} from "@loopctl/loopctl";
import { task } from "@loopctl/loopctl/task";

const ms = Number(Deno.args[0] ?? 3) * 1000;

class EventLoop {
  readonly #loop = new LoopController();

  createTask<A extends readonly unknown[], R>(
    run: TaskFunction<A, R>,
    ...args: A
  ): TaskHandle<Awaited<R>> {
    return this.#loop.submit(run, args);
  }

  stop(): Promise<void> {
    return this.#loop.close();
  }
}

async function someFunc(number: number, ms: number): Promise<number> {
  await task.sleep(ms);
  return number;
}

const loop = new EventLoop();
const tasks = [1, 2, 3].map((number) => loop.createTask(someFunc, number, ms));

tasks[1]?.cancel();

for (const [i, handle] of tasks.entries()) {
  try {
    console.log(`Task ${i} result: ${await handle}`);
  } catch (error) {
    if (!(error instanceof CancelledError)) throw error;
    console.log(`Task ${i} cancelled`);
  }
}

await loop.stop();
