/** Tasks for a person at `deno repl`. */
import { task } from "../../src/task_api.ts";

/** Reports half of its pages, then waits until it is asked to stop. */
export async function crawl(url: string): Promise<string> {
  task.progress(10, 20, "pages");
  await task.sleep(Infinity);
  return url;
}

export function fail(message: string): never {
  throw new RangeError(message);
}
