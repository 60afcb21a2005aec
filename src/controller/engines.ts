/**
 * Which engine carries a loop, by the controller's options.
 *
 * @module
 */
import { checkCount } from "../checks.ts";
import type { Engine } from "../engine/engine.ts";
import {
  checkPermissions,
  ownPermissions,
  permissionFlags,
} from "../engine/permissions.ts";
import { ProcessEngine } from "../engine/process_engine.ts";
import { WorkerEngine } from "../engine/worker_engine.ts";
import type { LoopSettings } from "../protocol/messages.ts";
import type { LoopOptions } from "./options.ts";

/**
 * Returns what starts an engine: for the shared loop, or for a task that has
 * one of its own, which is a process in any case.
 *
 * @throws {TypeError | RangeError} An option can't be used.
 */
export function engineStarter(
  settings: LoopSettings,
  options: LoopOptions,
): (isolated: boolean) => Engine {
  const { isolation = "worker", permissions, memoryMb } = options;
  if (isolation !== "worker" && isolation !== "process") {
    throw new TypeError(
      `Cannot use ${Deno.inspect(isolation)} as isolation: it must be ` +
        `"worker" or "process"`,
    );
  }
  if (permissions !== undefined) checkPermissions(permissions);
  if (memoryMb !== undefined) checkCount("memoryMb", memoryMb);
  return (isolated) => {
    if (isolation === "worker" && !isolated) return new WorkerEngine(settings);
    const childFlags = permissionFlags(permissions ?? ownPermissions());
    if (memoryMb !== undefined && memoryMb !== Infinity) {
      childFlags.push(`--v8-flags=--max-old-space-size=${memoryMb}`);
    }
    return new ProcessEngine({ ...settings, childFlags });
  };
}
