/**
 * What crosses between a program, its relay and its child process, besides the
 * messages of a loop.
 *
 * @module
 */
import type { ClockReading } from "../clock.ts";
import type { FromLoop, LoopSettings } from "../protocol/messages.ts";
import type { TaskId } from "../task.ts";

/** The argument with which a child starts. */
export interface BridgeInit {
  /** The process id of the parent. */
  readonly parent: number;
  readonly clock: ClockReading;
  readonly settings: LoopSettings;
  /** The folder to change to, if the child starts in another one. */
  readonly cwd: string | undefined;
}

/** Tasks to revoke; the task was sent as the `count`-th. */
export type ToBridge = readonly (readonly [id: TaskId, count: number])[];

/** What a bridge reports of a loop that may be blocked. */
export interface Begun {
  readonly type: "begun";
  /** How many of the tasks that were sent have begun. */
  readonly count: number;
  /** The id of the task that began last. */
  readonly latest: number;
}

/** One message. */
export type FromBridge = readonly [Begun] | readonly [FromLoop];

/** To a relay: a frame for the loop or the bridge, or how to end the child. */
export type ToRelay =
  | Uint8Array<ArrayBuffer>
  | { readonly toBridge: Uint8Array<ArrayBuffer> }
  | "stop"
  | "kill";

/** From a relay: what the child sent, or that the child has exited. */
export type FromRelay = Uint8Array<ArrayBuffer> | "exited";
