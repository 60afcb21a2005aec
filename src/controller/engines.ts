/**
 * Which engine carries a loop, by the controller's options.
 *
 * @module
 */
import type { Engine } from "../engine/engine.ts";
import {
  confined,
  deniedInPart,
  ownPermissions,
  resolvePermissions,
} from "../engine/permissions.ts";
import { ProcessEngine } from "../engine/process_engine.ts";
import { WorkerEngine } from "../engine/worker_engine.ts";
import type { LoopOptions, Settings } from "./options.ts";

/**
 * Returns what starts an engine: for the shared loop, or for a task that has
 * one of its own, which is a process in any case.
 */
export function engineStarter(
  { name, grace, console, report }: Settings,
  options: LoopOptions,
): (isolated: boolean) => Engine {
  const { isolation = "worker", memoryMb = Infinity } = options;
  const permissions = options.permissions &&
    resolvePermissions(options.permissions);
  let told = permissions !== undefined;
  const settings = { name, grace, console };
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
