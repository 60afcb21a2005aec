/**
 * What a task was denied, in words of the prompt: Deno names a flag of its own,
 * and tasks in a process have what options of the prompt give them.
 *
 * @module
 */

const DENIED = /(Requires (\w+) access\b.*, run again with the )--allow-\2\b/s;

/** The message with the prompt's own option in it, if one was missing. */
export function withOwnOption(message: string): string {
  return message.replace(DENIED, "$1--task-allow-$2");
}

/** How many causes deep an error is looked through. */
const DEEPEST = 8;

/** Names the prompt's own option in the error, and in what caused it. */
export function nameOwnOption(error: Error): void {
  let one: unknown = error;
  for (let depth = 0; depth < DEEPEST && one instanceof Error; depth++) {
    // Not by assignment: that of a DOMException can't be set.
    Reflect.set(one, "message", withOwnOption(one.message));
    one = one.cause;
  }
}
