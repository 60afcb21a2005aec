/** What may stand next in a line: for Tab. */
import { escapeLine } from "../../escape.ts";
import {
  flagOf,
  type Kind,
  type Known,
  optionOf,
  type Spec,
} from "../language/spec.ts";

/** The candidates for the word that is being typed, and that word. */
export type Completion = readonly [candidates: string[], word: string];

/** Completes the last word of what stands before the cursor. */
export async function complete(
  typed: string,
  known: Known,
): Promise<Completion> {
  const words = typed.trimStart().split(/\s+/);
  const word = words.pop() ?? "";
  const [name, ...before] = words;
  const candidates = name === undefined
    ? known.commands.names
    : argumentCandidates(await known.commands.load(name), before, word, known);
  return [
    // A name that a terminal would act on is not offered: the editor would write
    // it as it is.
    candidates.filter((candidate) =>
      candidate.startsWith(word) && escapeLine(candidate) === candidate
    )
      .map((candidate) =>
        candidate.endsWith("/") ? candidate : `${candidate} `
      ),
    word,
  ];
}

/** The entries of the folder that a path is in, under that folder's path. */
export function entriesAt(typed: string): string[] {
  const folder = typed.slice(0, typed.lastIndexOf("/") + 1);
  try {
    return Array.from(
      Deno.readDirSync(folder === "" ? "." : folder),
      ({ name, isDirectory }) => `${folder}${name}${isDirectory ? "/" : ""}`,
    ).sort();
  } catch {
    return [];
  }
}

function argumentCandidates(
  spec: Spec | undefined,
  before: readonly string[],
  word: string,
  known: Known,
): readonly string[] {
  if (spec === undefined) return [];
  /** The kind of value that the option takes. */
  const takenBy = (flag: string | undefined): Kind | undefined => {
    const found = flag && optionOf(flag, spec.options);
    const kind = found ? spec.options[found.key]!.kind : undefined;
    return kind?.label === undefined ? undefined : kind;
  };
  const positional = before.flatMap((text, at) =>
    text.startsWith("--") || takenBy(before[at - 1]) ? [] : [at]
  );
  const args = Object.values(spec.args);
  const calls = args.find((argument) => argument.calls !== undefined)?.calls;
  const separator = before.findLastIndex((text) => text.endsWith(";"));
  const call = separator >= 0 ? separator + 1 : positional[0];
  if (calls !== undefined && call !== undefined) {
    return argumentCandidates(calls, before.slice(call), word, known);
  }
  const optionKind = takenBy(before.at(-1));
  if (optionKind === undefined && word.startsWith("--")) {
    return Object.keys(spec.options).map(flagOf)
      .filter((flag) => !before.includes(flag));
  }
  const argument = args[positional.length] ?? args.findLast(({ many }) => many);
  const kind = optionKind ?? argument?.kind;
  return kind?.candidates?.(known, word) ?? [];
}
