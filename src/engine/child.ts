/**
 * Where the child of a process engine begins. The Worker of the loop starts, and
 * is told what it must know, before this thread loads what it needs itself.
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
    // Tasks that may not read it can't use relative paths in any case.
  }
}
const { WorkerLink } = await import("./worker_link.ts");
const loop = new WorkerLink<never, Uint8Array>(init.clock, worker, {
  ...init.settings,
  // The parent prints what is to be printed.
  console: "capture",
  overWire: true,
});
const { bridge } = await import("./bridge.ts");
bridge(loop, init);
