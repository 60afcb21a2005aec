/** What stands for a value that can't leave the loop. */
import { isPrimitive, kindOf, whatCannotBeCloned } from "../../clone.ts";

/** How the console shows such a value, and what would give one that can. */
export interface Uncollectable {
  readonly type: string;
  readonly text: string;
  readonly hint: string;
}

/** No field of a user's own has this name. */
const KEY = "loopctl.uncollectable";

const MAX_CHARACTERS = 10_000;

/** The value itself, or what the prompt shows of one that can't be sent. */
export function collectable(value: unknown): unknown {
  if (isPrimitive(value)) return value;
  // `_` is the name of the last result.
  const part = whatCannotBeCloned(value, "_");
  if (part === "_") return value;
  const type = typeof value === "object" ? kindOf(value) : typeof value;
  const text = Deno.inspect(value).slice(0, MAX_CHARACTERS).toWellFormed();
  const shown: Uncollectable = { type, text, hint: hintFor(value, part) };
  return { [KEY]: shown };
}

function hintFor(value: unknown, part: string): string {
  const body = value instanceof Response || value instanceof Request;
  const way = body
    ? "await _.json() or await _.text() gives its body"
    : typeof value === "function"
    ? "call it"
    : "return plain data made of it";
  return `${part.startsWith("_ (") ? "it" : part} stays in the loop; ${way}`;
}

export function uncollectableIn(value: unknown): Uncollectable | undefined {
  return Object(value)[KEY];
}
