/**
 * The entry of the child process of a process engine. It starts the Worker of
 * the loop, and sends it what it needs, before it loads the bridge.
 *
 * @module
 */
import type { BridgeInit } from "./wire.ts";

const init: BridgeInit = JSON.parse(Deno.args[0]!);
const worker = new Worker(
  new URL("../loop/child_worker.ts", import.meta.url),
  { type: "module", name: init.settings.name },
);
if (init.cwd !== undefined) {
  try {
    Deno.chdir(init.cwd);
  } catch {
    // Tasks that may not read the folder can't use relative paths anyway.
  }
}
const { WorkerLink } = await import("./worker_link.ts");
const loop = new WorkerLink<never, Uint8Array>(init.clock, worker, {
  ...init.settings,
  // The relay prints the output, if it is to be printed.
  console: "capture",
  overWire: true,
});
const { bridge } = await import("./bridge.ts");
bridge(loop, init);
