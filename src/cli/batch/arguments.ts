/** The arguments of a task for each input of a batch. */
import type { Value } from "../language/kinds.ts";

/** What stands for the input. */
const PLACE = "{}";

/** An input as text: text is itself, anything else is JSON. */
export function asText(input: unknown): string {
  return typeof input === "string" ? input : JSON.stringify(input);
}

/**
 * A function from an input to the arguments. The input is the first one, or the
 * last, unless it has a place: an argument that is `{}`.
 */
export function argumentsFor(
  words: readonly Value[],
  where: "first" | "last",
): (input: unknown) => unknown[] {
  const given = words.map(filled);
  const placed = words.some(({ text }) => text === PLACE);
  return (input) => {
    const args = given.map((fill) => fill(input));
    if (placed) return args;
    return where === "first" ? [input, ...args] : [...args, input];
  };
}

/** A function from an input to one argument. */
function filled({ text, value }: Value): (input: unknown) => unknown {
  if (text === PLACE) return (input) => input;
  if (!text.includes(PLACE)) return () => value;
  const fill = (part: unknown, input: unknown): unknown =>
    typeof part === "string"
      ? part.replaceAll(PLACE, () => asText(input))
      : part;
  return typeof value === "string"
    ? (input) => fill(value, input)
    : (input) => JSON.parse(text, (_, part) => fill(part, input));
}
