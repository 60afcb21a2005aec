/**
 * Whether the caller has left enough of the stack to finish something.
 *
 * @module
 */

/** 8 kB of arguments. To spread an array with gaps would be far slower. */
const ROOM: readonly number[] = Array.from({ length: 1024 }, () => 0);

// Taken before a task can replace it.
const { apply } = Reflect;

function nothing(): void {}

/**
 * Throws before anything is done if the caller has used up the stack: a failure
 * half way would lose messages.
 *
 * @throws {RangeError} Too little of the stack is left.
 */
export function claimStack(): void {
  apply(nothing, undefined, ROOM);
}
