/** Tasks that never yield; they run in a worker of the test's process. */
import { Gate } from "../gate.ts";

/** Blocks its loop till the gate is open. */
export function blockTill(key: SharedArrayBuffer): void {
  new Gate(key).passSync();
}

/** Blocks its thread till somebody writes to the pipe. */
export function blockOn(path: string): string {
  return Deno.readTextFileSync(path);
}
