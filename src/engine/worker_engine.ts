/**
 * Carries a loop in a Deno Worker.
 *
 * @module
 */
import {
  compactTask,
  expandResult,
  type FromWorker,
} from "../protocol/compact.ts";
import type { FromLoop, LoopSettings, ToLoop } from "../protocol/messages.ts";
import type { Engine } from "./engine.ts";
import { WorkerLink } from "./worker_link.ts";

/** Where the worker of a loop begins. */
export const LOOP_WORKER: URL = new URL("../loop/worker.ts", import.meta.url);

type ToWorker = ReturnType<typeof compactTask>;

export class WorkerEngine extends WorkerLink<ToWorker, FromWorker>
  implements Engine {
  readonly endsForCertain = false;

  constructor(settings: LoopSettings) {
    super(LOOP_WORKER, settings);
  }

  override post(
    batch: readonly ToLoop[],
    transfer?: readonly Transferable[],
  ): void {
    super.post(compactTask(batch), transfer);
  }

  override *receive(): Generator<readonly FromLoop[], void, void> {
    for (const compact of super.receive()) yield expandResult(compact);
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

  kill(): void {
    this.stop();
  }
}
