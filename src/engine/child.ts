/**
 * Where the child of a process engine begins. The worker of the loop starts
 * while what this thread needs itself is loaded.
 *
 * @module
 */
import type { BridgeInit } from "./wire.ts";

const init: BridgeInit = JSON.parse(Deno.args[0]!);
const worker = new Worker(
  new URL("../loop/worker.ts", import.meta.url),
  { type: "module", name: init.settings.name },
);
const { bridge } = await import("./bridge.ts");
bridge(worker, init);
