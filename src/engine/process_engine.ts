/**
 * Carries a loop in a child deno, which can be killed for certain, and whose
 * permissions and memory are its own.
 *
 * A relay worker holds the child's pipes, so that this thread hears of the
 * child by the same port and pulse as of a worker, also while it is blocked:
 *
 *     controller ⇄ port, pulse ⇄ relay ⇄ pipes ⇄ bridge ⇄ port, pulse ⇄ loop
 *     └──────────── this process ───────────┘   └───── the child ─────────┘
 *
 * @module
 */
import type { LoopSettings } from "../protocol.ts";
import type { Engine } from "./engine.ts";
import { WorkerEngine } from "./worker_engine.ts";

export class ProcessEngine extends WorkerEngine implements Engine {
  override readonly killsForCertain: boolean = true;

  constructor(settings: LoopSettings) {
    super(settings, new URL("./relay.ts", import.meta.url));
  }

  // What the bridge knows of its loop it tells by messages of the loop's own.
  override hasBegun(): boolean {
    return false;
  }

  override revoke(): boolean {
    return false;
  }

  /** Resolves when the child is gone. */
  override async kill(): Promise<void> {
    this.post([{ type: "kill" }]);
    await this.ended;
    this.stop();
  }
}
