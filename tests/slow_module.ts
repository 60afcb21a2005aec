/** A module that takes its time to load: till a gate is open. */
import { Gate } from "./gate.ts";

const { slowModule } = globalThis as { slowModule?: SharedArrayBuffer };
await new Gate(slowModule).pass();

export function arriveAt(key: SharedArrayBuffer): void {
  new Gate(key).arrive();
}
