/**
 * Carries a loop in a Deno Worker.
 *
 * @module
 */
import type { FromLoop, LoopSettings, ToLoop } from "../protocol.ts";
import type { Engine } from "./engine.ts";
import { WorkerLink } from "./worker_link.ts";

/** Where the worker of a loop begins. */
export const LOOP_WORKER: URL = new URL("../loop/worker.ts", import.meta.url);

export class WorkerEngine
  extends WorkerLink<readonly ToLoop[], readonly FromLoop[]>
  implements Engine {
  readonly killsForCertain = false;

  constructor(settings: LoopSettings) {
    super(LOOP_WORKER, settings);
  }

  hasBegun(count: number): boolean {
    return this.pulse.hasBegun(count);
  }

  revoke(count: number): boolean {
    return this.pulse.revoke(count);
  }

  get latest(): number | undefined {
    return this.pulse.latest || undefined;
  }

  /** Also if the thread of the worker runs on. */
  get gone(): Promise<void> {
    return this.ended.then(() => {});
  }

  kill(): Promise<void> {
    this.stop();
    return Promise.resolve();
  }
}
