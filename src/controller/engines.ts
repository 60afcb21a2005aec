/**
 * Which engine carries a loop, by the controller's options.
 *
 * @module
 */
import { checkCount } from "../checks.ts";
import type { Engine } from "../engine/engine.ts";
import {
  confined,
  deniedInPart,
  ownPermissions,
  resolvePermissions,
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
  report: (notice: string) => void,
): (isolated: boolean) => Engine {
  const { isolation = "worker", memoryMb = Infinity } = options;
  if (isolation !== "worker" && isolation !== "process") {
    throw new TypeError(
      `Cannot use ${Deno.inspect(isolation)} as isolation: it must be ` +
        `"worker" or "process"`,
    );
  }
  const permissions = options.permissions &&
    resolvePermissions(options.permissions);
  checkCount("memoryMb", memoryMb);
  let told = permissions !== undefined;
  return (isolated) => {
    if (isolation === "worker" && !isolated) return new WorkerEngine(settings);
    if (!told) tellDenied(report);
    told = true;
    const child = confined(permissions ?? ownPermissions());
    const flags = memoryMb === Infinity
      ? child.flags
      : [...child.flags, `--v8-flags=--max-old-space-size=${memoryMb}`];
    return new ProcessEngine({ ...settings, child: { ...child, flags } });
  };
}

/** What can't be handed on as it is, is not handed on at all. */
function tellDenied(report: (notice: string) => void): void {
  const kinds = deniedInPart();
  if (kinds.length === 0) return;
  const notice =
    `This program was denied a part of: ${kinds.join(", ")}. Deno does not ` +
    `tell which part, so its processes have nothing of the kind unless ` +
    `\`permissions\` lists it`;
  // Apart from what is being done: it is the user's, and may throw.
  queueMicrotask(() => report(notice));
}
