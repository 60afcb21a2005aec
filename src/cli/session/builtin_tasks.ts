/**
 * The tasks that the prompt has by itself. A loop loads this module like any
 * other module of tasks.
 */
import { task } from "../../task_api.ts";

export { exec } from "./builtin_exec.ts";
export { fetch } from "./builtin_fetch.ts";

/** Sleeps, then returns `value`. */
export async function sleep(
  seconds: number,
  value?: unknown,
): Promise<unknown> {
  await task.sleep(seconds * 1000);
  return value;
}
