/**
 * What the two ends of the wires between a program and its child agree on.
 *
 * @module
 */
import type { ClockReading } from "../clock.ts";
import type { FromLoop, LoopSettings } from "../protocol/messages.ts";
import type { TaskId } from "../task.ts";

/** What a child is told as its argument. */
export interface BridgeInit {
  /** The process that it belongs to. */
  readonly parent: number;
  readonly clock: ClockReading;
  readonly settings: LoopSettings;
  /** The folder to change to, if it was started in another. */
  readonly cwd: string | undefined;
}

/** Tasks to be taken back: each by its id, and as which it was sent. */
export type ToBridge = readonly (readonly [id: TaskId, count: number])[];

/** What a bridge tells of a loop that may be blocked. */
export interface Begun {
  readonly type: "begun";
  /** How many of the tasks that were sent have begun. */
  readonly count: number;
  /** The id of the task that began last. */
  readonly latest: number;
}

/** One message. */
export type FromBridge = readonly [Begun] | readonly [FromLoop];

/**
 * What a relay is told: frames to hand on to the loop, or to the bridge, or to
 * end the child.
 */
export type ToRelay =
  | Uint8Array<ArrayBuffer>
  | { readonly toBridge: Uint8Array<ArrayBuffer> }
  | "stop"
  | "kill";

/** Fewer bytes are copied to another thread sooner than they are moved. */
export function isLong(bytes: Uint8Array): boolean {
  return bytes.byteLength > 65_536;
}

/** What a relay tells: bytes that were sent, and that the child is gone. */
export type FromRelay = Uint8Array<ArrayBuffer> | "gone";
