/**
 * What the two ends of the wire between a program and its child agree on.
 *
 * @module
 */
/**
 * The file descriptor of the wire in the child. Its stdin, stdout and stderr
 * are left to the tasks, whose subprocesses inherit them.
 */
export const WIRE = 3;

/** What a relay is told: bytes to hand on, or to kill the child. */
export type ToRelay = Uint8Array<ArrayBuffer> | "kill";
