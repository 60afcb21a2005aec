/**
 * Whether the caller has left enough of the stack to do something whole.
 *
 * @module
 */

/** 8 kB of arguments. An array with gaps would be spread far more slowly. */
const ROOM: readonly number[] = Array.from({ length: 1024 }, () => 0);

// Before a task can change it.
const { apply } = Reflect;

function nothing(): void {}

/**
 * Fails while nothing has been done yet where the caller has used up the stack:
 * to fail half way would lose what is being handed on.
 *
 * @throws {RangeError} Too little of the stack is left.
 */
export function claimStack(): void {
  apply(nothing, undefined, ROOM);
}
