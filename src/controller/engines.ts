/**
 * The engine of a loop, by the controller's options.
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
 * Returns the function that starts an engine: for the shared loop, or for an
 * isolated task, which always gets a process.
 */
export function engineStarter(
  { name, grace, console, onWarning }: Settings,
  options: LoopOptions,
): (isolated: boolean) => Engine {
  const { isolation = "worker", memoryMb = Infinity } = options;
  const permissions = options.permissions &&
    resolvePermissions(options.permissions);
  let reported = permissions !== undefined;
  const settings = { name, grace, console };
  return (isolated) => {
    if (isolation === "worker" && !isolated) return new WorkerEngine(settings);
    if (!reported) warnOfDenied(onWarning);
    reported = true;
    const child = confined(permissions ?? ownPermissions());
    const flags = memoryMb === Infinity
      ? child.flags
      : [...child.flags, `--v8-flags=--max-old-space-size=${memoryMb}`];
    return new ProcessEngine({ ...settings, child: { ...child, flags } });
  };
}

/** A permission that was denied in part is not handed on at all. */
function warnOfDenied(onWarning: (warning: string) => void): void {
  const kinds = deniedInPart();
  if (kinds.length === 0) return;
  const warning =
    `This program was denied a part of: ${kinds.join(", ")}. Deno does not ` +
    `tell which part, so its processes have nothing of the kind unless ` +
    `\`permissions\` lists it`;
  // The user's function may throw, which must not break what runs now.
  queueMicrotask(() => onWarning(warning));
}
