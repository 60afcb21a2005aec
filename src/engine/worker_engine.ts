/**
 * Carries a loop in a Deno Worker.
 *
 * @module
 */
import { readClock } from "../clock.ts";
import {
  type PackedFromLoop,
  type PackedToLoop,
  packToLoop,
  unpackFromLoop,
} from "../protocol/post.ts";
import type { FromLoop, LoopSettings, ToLoop } from "../protocol/messages.ts";
import type { Engine } from "./engine.ts";
import { WorkerLink } from "./worker_link.ts";

export class WorkerEngine extends WorkerLink<PackedToLoop, PackedFromLoop>
  implements Engine {
  readonly endsForCertain = false;
  readonly hasExited = false;

  constructor(settings: LoopSettings) {
    super(
      readClock(),
      new Worker(new URL("../loop/worker.ts", import.meta.url), {
        type: "module",
        name: settings.name,
      }),
      settings,
    );
  }

  override post(
    messages: readonly ToLoop[],
    transfer?: readonly Transferable[],
  ): void {
    super.post(packToLoop(messages), transfer);
  }

  override *receive(): Generator<readonly FromLoop[], void, void> {
    for (const packed of super.receive()) yield unpackFromLoop(packed);
  }

  hasBegun(count: number): boolean {
    return this.sharedState.hasBegun(count);
  }

  revoke(count: number): boolean {
    return this.sharedState.revoke(count);
  }

  get latest(): number | undefined {
    return this.sharedState.latest || undefined;
  }

  kill(): void {
    this.stop();
  }
}
