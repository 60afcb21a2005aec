/**
 * What the two ends of the wire between a program and its child agree on.
 *
 * @module
 */
import type { ClockReading } from "../clock.ts";
import type { LoopSettings } from "../protocol/messages.ts";

/**
 * The file descriptor of the wire in the child. Its stdin, stdout and stderr
 * are left to the tasks, whose subprocesses inherit them.
 */
export const WIRE = 3;

/** What a child is told as its argument. */
export interface BridgeInit {
  /** The process that it belongs to. */
  readonly parent: number;
  readonly clock: ClockReading;
  readonly settings: LoopSettings;
  /** The folder to change to, if it was started in another. */
  readonly cwd: string | undefined;
}

/** What a relay is told: bytes to hand on, or to end the child. */
export type ToRelay = Uint8Array<ArrayBuffer> | "stop" | "kill";

/** What a relay tells: bytes that were sent, and that the child is gone. */
export type FromRelay = Uint8Array<ArrayBuffer> | "gone";
