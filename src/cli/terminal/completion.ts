/**
 * What may stand next in a line: for Tab.
 *
 * @module
 */
import { BUILTIN_TASKS } from "../session/builtins.ts";
import { commandNames, findCommand } from "../language/command_names.ts";
import { escapeLine } from "../text/escape.ts";
import type { CommandSpec, Kind } from "../language/spec.ts";

/** The names that are there at the moment. */
export interface Known {
  /** What can be submitted. */
  readonly tasks: readonly string[];
  /** Ids and names of tasks and groups. */
  readonly ids: readonly string[];
  /** The entries of the folder that a path, as far as it is typed, is in. */
  readonly paths: (typed: string) => readonly string[];
}

/** The candidates for the word that is being typed, and that word. */
export type Completion = readonly [candidates: string[], word: string];

/** Completes the last word of what stands before the cursor. */
export function complete(typed: string, known: Known): Completion {
  const words = typed.trimStart().split(/\s+/);
  const word = words.pop() ?? "";
  const [name, ...before] = words;
  const candidates = name === undefined
    ? commandNames()
    : argumentCandidates(findCommand(name), before, word, known);
  return [
    // What a terminal would act on can't be offered: it would be written as it is.
    candidates.filter((candidate) =>
      candidate.startsWith(word) && escapeLine(candidate) === candidate
    )
      .map((candidate) =>
        candidate.endsWith("/") ? candidate : `${candidate} `
      ),
    word,
  ];
}

function argumentCandidates(
  spec: CommandSpec | undefined,
  before: readonly string[],
  word: string,
  known: Known,
): readonly string[] {
  if (spec === undefined) return [];
  const call = callOf(spec, before);
  const last = call.before.at(-1);
  const option = call.spec.options.find(({ flag }) => flag === last);
  if (option !== undefined && option.kind !== "flag") {
    return ofKind(option.kind, word, known);
  }
  if (word.startsWith("--")) {
    return call.spec.options.map(({ flag }) => flag)
      .filter((flag) => !call.before.includes(flag));
  }
  const place =
    call.before.filter((text, at) =>
      !text.startsWith("--") && !takesNext(call.spec, call.before[at - 1])
    ).length;
  const positional = call.spec.positionals[place] ??
    call.spec.positionals.findLast(({ variadic }) => variadic);
  return positional === undefined ? [] : ofKind(positional.kind, word, known);
}

/** In `gather`, the call that is being typed: it takes what `submit` takes. */
function callOf(
  spec: CommandSpec,
  before: readonly string[],
): { spec: CommandSpec; before: readonly string[] } {
  const submit = findCommand("submit");
  if (spec.name !== "gather" || submit === undefined) return { spec, before };
  const separator = before.findLastIndex((text) => text.endsWith(";"));
  if (separator >= 0) {
    return { spec: submit, before: before.slice(separator + 1) };
  }
  const first = before.findIndex((text, at) =>
    !text.startsWith("--") && !takesNext(spec, before[at - 1])
  );
  return first < 0
    ? { spec, before }
    : { spec: submit, before: before.slice(first) };
}

function takesNext(spec: CommandSpec, flag: string | undefined): boolean {
  const option = spec.options.find((option) => option.flag === flag);
  return option !== undefined && option.kind !== "flag";
}

function ofKind(kind: Kind, word: string, known: Known): readonly string[] {
  switch (kind) {
    case "task":
    case "calls":
      return known.tasks;
    case "ids":
      return ["all", ...known.ids];
    case "id":
      return known.ids;
    case "command":
      return [...commandNames(), ...BUILTIN_TASKS.map(({ name }) => name)];
    case "limit":
    case "moment":
    case "bound":
      return ["none"];
    case "failure":
      return ["cancel-rest", "keep-going"];
    case "module":
      return known.paths(word);
    default:
      return [];
  }
}
