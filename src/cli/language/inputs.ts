/** A text that was typed or pasted → inputs, each of them a line or several. */
import { isComplete } from "./parser.ts";
import type { Commands } from "./spec.ts";

/**
 * The inputs in a text that was typed or pasted; undefined if the last one goes
 * on. What follows a `run` belongs to it, up to a line that begins with a
 * command.
 */
export async function splitInputs(
  text: string,
  commands: Commands,
): Promise<string[] | undefined> {
  const lines = text.split("\n");
  const inputs: string[] = [];
  for (let at = 0, end = 0; at < lines.length; at = end) {
    const isRun = /^\s*run\s/.test(lines[at]!);
    for (;;) {
      end++;
      const next = lines[end];
      if (isRun && next !== undefined && !beginsCommand(next, commands)) {
        continue;
      }
      const input = lines.slice(at, end).join("\n").trimEnd();
      if (await isComplete(input, commands)) {
        inputs.push(input);
        break;
      }
      if (next === undefined) return undefined;
    }
  }
  const [first = ""] = inputs;
  return inputs.length > 1 ? inputs.filter((input) => input !== "") : [first];
}

/** Not so an assignment to a variable that is called like a command. */
function beginsCommand(line: string, { names }: Commands): boolean {
  const [, name = ""] = /^(\S+)(?!\s*=)/.exec(line) ?? [];
  return names.includes(name);
}
