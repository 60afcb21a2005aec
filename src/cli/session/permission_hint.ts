/**
 * Names the prompt's own option where Deno names its flag: tasks in a process
 * have the permissions that options of the prompt give them.
 */

const DENIED = /(Requires (\w+) access\b.*, run again with the )--allow-\2\b/s;

/** The message, with the prompt's own option if a permission was missing. */
export function withHint(message: string): string {
  return message.replace(DENIED, "$1--task-allow-$2");
}

const MAX_CAUSE_DEPTH = 8;

/** Changes the message of the error, and of its causes. */
export function addHint(error: Error): void {
  let one: unknown = error;
  for (
    let depth = 0;
    depth < MAX_CAUSE_DEPTH && one instanceof Error;
    depth++
  ) {
    // Not by assignment: the message of a DOMException can't be assigned.
    Reflect.set(one, "message", withHint(one.message));
    one = one.cause;
  }
}
