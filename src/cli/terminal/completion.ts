/** What may stand next in a line: for Tab. */
import { escapeLine } from "../../escape.ts";
import {
  type Candidate,
  flagOf,
  type Kind,
  type Known,
  optionOf,
  type Spec,
} from "../language/spec.ts";
import { count } from "../text/amounts.ts";
import { paint, type Style } from "../text/style.ts";
import { displayWidth, fit, padEnd, wrap } from "../text/width.ts";

/** The candidates for the word that is being typed, and that word. */
export interface Completion {
  readonly candidates: readonly Candidate[];
  readonly word: string;
}

/** Completes the last word of what stands before the cursor. */
export async function complete(
  typed: string,
  known: Known,
): Promise<Completion> {
  // A `!` or `?` is a command by itself.
  const words = typed.trimStart().replace(/^[!?]/, "$& ").split(/\s+/);
  const word = words.pop() ?? "";
  const [name, ...before] = words;
  const candidates = name === undefined
    ? known.commands.names
    : argumentCandidates(await known.commands.load(name), before, word, known);
  return {
    candidates: candidates
      .map((one) => typeof one === "string" ? { text: one } : one)
      // A name with other characters would have to be quoted.
      .filter(({ text }) =>
        text.startsWith(word) && escapeLine(text) === text && !/\s/.test(text)
      ),
    word,
  };
}

/** What all candidates begin with; a single one is a word, and ends. */
export function commonStart(candidates: readonly Candidate[]): string {
  const [{ text: first } = { text: "" }, ...others] = candidates;
  if (others.length === 0) return first.endsWith("/") ? first : `${first} `;
  let length = first.length;
  for (const { text } of others) {
    while (!text.startsWith(first.slice(0, length))) length--;
  }
  return first.slice(0, length);
}

/** The candidates as a list of so many rows. */
export function listText(
  candidates: readonly Candidate[],
  style: Style,
  maxRows: number,
): string {
  if (candidates.every(({ about }) => about === undefined)) {
    const names = candidates.map(({ text }) => text).join(" ");
    return cut(wrap(names.replaceAll(" ", "  "), style.width), maxRows, style);
  }
  const width = Math.max(...candidates.map(({ text }) => displayWidth(text)));
  const room = Math.max(0, style.width - width - 2);
  // A row that is not shown is not made.
  const rows = candidates.map(({ text, about }, at) =>
    at >= maxRows || about === undefined
      ? text
      : `${padEnd(text, width)}  ${paint(fit(about(), room), "dim", style)}`
  );
  return cut(rows, maxRows, style);
}

function cut(rows: readonly string[], max: number, style: Style): string {
  if (rows.length <= max) return `${rows.join("\n")}\n`;
  const more = `${count(rows.length - max + 1)} more lines`;
  return `${rows.slice(0, max - 1).join("\n")}\n${paint(more, "dim", style)}\n`;
}

function argumentCandidates(
  spec: Spec | undefined,
  before: readonly string[],
  word: string,
  known: Known,
): readonly (string | Candidate)[] {
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
    return Object.entries(spec.options)
      .map(([key, { help }]) => ({ text: flagOf(key), about: () => help }))
      .filter(({ text }) => !before.includes(text));
  }
  if (/^>{1,2}$/.test(before.at(-1) ?? "")) return known.paths(word);
  const argument = args[positional.length] ??
    args.findLast(({ many, rest }) => many || rest);
  const kind = optionKind ?? argument?.kind;
  const offers = optionKind === undefined ? argument?.offers : undefined;
  const ids = offers === undefined ? known.ids : known.ids
    .map((one) => ({
      ...one,
      states: one.states.filter((state) => offers.includes(state)),
    }))
    .filter(({ states }) => states.length > 0);
  return kind?.candidates?.({ ...known, ids }, word) ?? [];
}
