/**
 * What a command is made of, as data, and what its parts parse to.
 *
 * @module
 */
import type { IdItem } from "./ids.ts";
import type { Word } from "./lexer.ts";

/** An argument of a task: JSON if it parses as JSON, else the text. */
export interface Value extends Word {
  readonly value: unknown;
}

/** Each kind of argument, and what one parses to. */
export interface KindTypes {
  /** What to run: a built-in, or an export of a loaded module. */
  readonly task: Word;
  readonly value: Value;
  readonly ids: readonly IdItem[];
  readonly id: IdItem;
  /** Milliseconds. */
  readonly duration: number;
  /** Milliseconds; null for `none`. */
  readonly limit: number | null;
  /** Milliseconds since the epoch; null for `none`. */
  readonly moment: number | null;
  /** A whole number from 1. */
  readonly count: number;
  /** A whole number from 1; Infinity for `none`. */
  readonly bound: number;
  readonly integer: number;
  readonly text: string;
  /** An absolute URL. */
  readonly url: string;
  readonly module: Word;
  readonly command: Word;
  readonly failure: "cancel-rest" | "keep-going";
  /** The rest of the line as it was typed. */
  readonly source: Word;
  /** Calls with a `;` between them, each with the arguments of `submit`. */
  readonly calls: readonly Call[];
  /** Takes no value. */
  readonly flag: true;
}

/** The name of a kind of argument. */
export type Kind = keyof KindTypes;

/** An argument that is known by its place. */
export interface PositionalSpec {
  /** The name of the field that it parses to. */
  readonly key: string;
  readonly label: string;
  readonly kind: Kind;
  readonly optional?: true;
  /** Takes all that follow; only the last one can. */
  readonly variadic?: true;
}

/** An argument that is known by its name: `--name N`. */
export interface OptionSpec {
  /** The name of the field that it parses to. */
  readonly key: string;
  readonly flag: `--${string}`;
  /** What stands for its value in the help; none if it takes none. */
  readonly label?: string;
  readonly kind: Kind;
  readonly help: string;
}

/** A command. */
export interface CommandSpec {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly summary: string;
  readonly positionals: readonly PositionalSpec[];
  readonly options: readonly OptionSpec[];
  /** What a person should know beside the summary. */
  readonly details?: string;
  readonly examples?: readonly string[];
}

/** All of a variadic argument; where one word makes a list, all in one list. */
type Every<T> = T extends readonly (infer E)[] ? readonly E[] : readonly T[];

type Positional<P extends PositionalSpec> = P extends { variadic: true }
  ? Every<KindTypes[P["kind"]]>
  : P extends { optional: true } ? KindTypes[P["kind"]] | undefined
  : KindTypes[P["kind"]];

/** The fields that positional arguments parse to. */
export type Positionals<P extends readonly PositionalSpec[]> = {
  readonly [S in P[number] as S["key"]]: Positional<S>;
};

/** The fields that options parse to: those that were given. */
export type Options<O extends readonly OptionSpec[]> = {
  readonly [S in O[number] as S["key"]]?: KindTypes[S["kind"]];
};

/** A task to start: what `submit` takes. */
export interface Call {
  readonly task: Word;
  readonly args: readonly Value[];
  readonly options: SubmitOptionValues;
}

/** The options of everything that starts tasks. */
export const START_OPTIONS = [
  {
    key: "timeout",
    flag: "--timeout",
    label: "D",
    kind: "duration",
    help: "end it after so much running time",
  },
  {
    key: "deadline",
    flag: "--deadline",
    label: "TIME",
    kind: "moment",
    help: "end it at that moment, even if it has not started",
  },
  {
    key: "stallTimeout",
    flag: "--stall-timeout",
    label: "D",
    kind: "duration",
    help: "end it when it has reported no progress for so long",
  },
  {
    key: "priority",
    flag: "--priority",
    label: "N",
    kind: "integer",
    help: "the larger, the sooner it leaves the queue; 0 if not given",
  },
  {
    key: "retry",
    flag: "--retry",
    label: "N",
    kind: "count",
    help: "make up to N attempts before it has failed",
  },
  {
    key: "backoff",
    flag: "--backoff",
    label: "D",
    kind: "duration",
    help: "the pause before the second attempt; it doubles after each",
  },
  {
    key: "grace",
    flag: "--grace",
    label: "D",
    kind: "duration",
    help: "how long it may clean up once it is asked to stop",
  },
  {
    key: "isolate",
    flag: "--isolate",
    kind: "flag",
    help: "in a process of its own, so that to kill it harms no other",
  },
  {
    key: "resubmit",
    flag: "--resubmit",
    kind: "flag",
    help: "run it again from the start if another task brings its loop down",
  },
] as const satisfies readonly OptionSpec[];

/** The options of everything that starts one task. */
export const SUBMIT_OPTIONS = [
  {
    key: "name",
    flag: "--name",
    label: "N",
    kind: "text",
    help: "a name to speak of it by",
  },
  ...START_OPTIONS,
] as const satisfies readonly OptionSpec[];

/** The options of everything that starts one task, parsed. */
export type SubmitOptionValues = Options<typeof SUBMIT_OPTIONS>;
