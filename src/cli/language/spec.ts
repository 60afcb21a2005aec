/** What a command takes, as data, and the types that it parses to. */
import type { TaskSnapshot } from "../../task.ts";
import type { Word } from "./lexer.ts";
import { LineError, type Span } from "./line.ts";

type State = TaskSnapshot["state"];

/** A kind of argument: how a word becomes a value of the type `T`. */
export interface Kind<T = unknown> {
  /** What stands for the value in the help; none for an option without one. */
  readonly label?: string;
  /**
   * `now` is the time that durations from now count from, in milliseconds since
   * the epoch.
   *
   * @throws {LineError} The word is none of this kind.
   */
  readonly parse: (word: Word, now: number) => T;
  readonly candidates?: (
    known: Known,
    typed: string,
  ) => readonly (string | Candidate)[];
}

/** Something that Tab offers. */
export interface Candidate {
  readonly text: string;
  /** What is shown beside it in a list. */
  readonly about?: () => string;
}

/** The names that exist now, for Tab. */
export interface Known {
  readonly commands: Commands;
  readonly tasks: readonly string[];
  /** Ids and names of tasks and groups, with the states of those tasks. */
  readonly ids: readonly (Candidate & { readonly states: readonly State[] })[];
  /** The entries of the folder that a path, as far as it is typed, is in. */
  readonly paths: (typed: string) => readonly string[];
}

/** An argument that is known by its position. */
export interface Argument {
  /** Tab offers only tasks in one of these states. */
  readonly offers?: readonly State[];
  readonly kind: Kind;
  /** In place of the kind's own label. */
  readonly label?: string;
  readonly optional?: true;
  /** Takes all words that follow; only the last argument can. */
  readonly many?: true;
  /** Takes the rest of the line as it was typed; only the last argument can. */
  readonly rest?: true;
  /** Takes calls of this command with a `;` between; only the last one can. */
  readonly calls?: Spec;
  /** What follows takes besides, by the word for this argument. */
  readonly adds?: (word: Word) => Spec | undefined;
}

/** An argument that is known by its name. */
export interface Option {
  readonly kind: Kind;
  /** In place of the kind's own label. */
  readonly label?: string;
  /** May stand without a value, which then is ""; a value follows an `=`. */
  readonly bare?: true;
  /** Its one letter: `n` lets the option be typed as `-n` too. */
  readonly short?: string;
  /** Can be given several times, and parses to a list. */
  readonly many?: true;
  readonly help: string;
}

/** Arguments in their order, by the names of the fields that they parse to. */
export type Arguments = { readonly [key: string]: Argument };

/** Options by the names of their fields: `onFailure` is `--on-failure`. */
export type Options = { readonly [key: string]: Option };

export interface Spec<
  A extends Arguments = Arguments,
  O extends Options = Options,
> {
  readonly name: string;
  readonly args: A;
  readonly options: O;
  /** The option that a `<` gives: `< FILE` is `--lines FILE`. */
  readonly reads?: string;
  /** Nothing that follows the name is an option. */
  readonly literal?: true;
}

/** What a command takes, with its help. */
export interface Described<
  A extends Arguments = Arguments,
  O extends Options = Options,
> extends Spec<A, O> {
  readonly summary: string;
  /** What `help COMMAND` adds to the summary. */
  readonly details?: string;
  readonly examples?: readonly string[];
}

/** The commands that a line can name; each is loaded when it is first named. */
export interface Commands<S extends Spec = Spec> {
  /** All names, in the order of the help. */
  readonly names: readonly string[];
  /** Resolves to undefined if nothing has this name. */
  readonly load: (name: string) => Promise<S | undefined>;
}

/** For the `offers` of an argument. */
export const UNFINISHED = ["queued", "running"] as const;
export const ENDED = ["succeeded", "failed", "cancelled"] as const;

/** What the arguments and options on a line parsed to. */
export interface Parsed<S extends Spec = Spec> {
  readonly args: { readonly [K in keyof S["args"]]: ValueOf<S["args"][K]> };
  /** Those that were given. */
  readonly options: {
    readonly [K in keyof S["options"]]?: KindValue<S["options"][K]["kind"]>;
  };
  /** The options that an argument has added. */
  readonly added: { readonly [key: string]: unknown };
}

type KindValue<K> = K extends Kind<infer T> ? T : never;

type ValueOf<A extends Argument> = A extends { calls: infer S extends Spec }
  ? readonly Parsed<S>[]
  : A extends { many: true } ? Every<KindValue<A["kind"]>>
  : A extends { optional: true } ? KindValue<A["kind"]> | undefined
  : KindValue<A["kind"]>;

/** One list of all values, also where one word makes a list. */
type Every<T> = T extends readonly (infer E)[] ? readonly E[] : readonly T[];

/** The options of every command: how and where the replies are shown. */
export const SHARED = {
  json: {
    kind: { parse: () => true },
    help: "each reply as an object of JSON",
  },
  page: { kind: { parse: () => true }, help: "the replies, whole, in $PAGER" },
} as const satisfies Options;

/** The option as it is typed: `--on-failure` for `onFailure`. */
export function flagOf(key: string): string {
  return `--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** All ways to type the option: `-n, --rows`. */
export function flagsOf(key: string, { short }: Option): string {
  return short === undefined ? flagOf(key) : `-${short}, ${flagOf(key)}`;
}

/**
 * The option that a word begins with, and the text of its value if that is in
 * the word: `--rows=20`, `-n20`. Undefined if no option is spelt like that.
 */
export function optionOf(
  text: string,
  options: Options,
): { key: string; flag: string; value: string | undefined } | undefined {
  const flag = text.startsWith("--")
    ? text.split("=", 1)[0]!
    : text.slice(0, 2);
  const key = Object.keys(options).find((key) =>
    flagOf(key) === flag || `-${options[key]!.short}` === flag
  );
  if (key === undefined) return undefined;
  const rest = text.slice(flag.length);
  const value = rest === "" ? undefined : rest.replace(/^=/, "");
  return { key, flag, value };
}

export function labelOf({ label, kind }: Argument | Option): string {
  return label ?? kind.label ?? "";
}

/** How a command is used, without its options: `cancel [IDS …]`. */
export function usageOf({ name, args }: Spec): string {
  const labels = Object.values(args).map((argument) => {
    const label = labelOf(argument) + (argument.many ? " …" : "");
    return argument.optional ? `[${label}]` : label;
  });
  return [name, ...labels].join(" ");
}

export function missingFrom(
  spec: Spec,
  argument: Argument,
  place: Span,
): LineError {
  return new LineError(
    `"${spec.name}" needs ${labelOf(argument)}, as in: ${usageOf(spec)}`,
    place,
  );
}

export function surplusFor(spec: Spec, word: Word): LineError {
  return new LineError(
    `"${word.text}" is one argument too many for: ${usageOf(spec)}`,
    word,
  );
}
