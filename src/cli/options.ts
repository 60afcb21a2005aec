/**
 * The options of the command line.
 *
 * @module
 */
import { parseArgs } from "@std/cli";
import { parseDuration } from "./duration.ts";
import { positiveInteger } from "./kinds.ts";
import { didYouMean } from "./nearest.ts";

/** What the command line asked for. */
export interface CliOptions {
  readonly modules: readonly string[];
  /** Commands to run in place of stdin. */
  readonly commands: string | undefined;
  readonly json: boolean;
  readonly color: boolean;
  readonly stopOnError: boolean;
  readonly help: boolean;
  readonly version: boolean;
  /** For the controller; only those that were given. */
  readonly loop: {
    readonly concurrency?: number;
    readonly history?: number;
    readonly grace?: number;
  };
}

/** An option is wrong. */
export class OptionError extends Error {
  override readonly name = "OptionError";
}

interface OptionHelp {
  readonly flag: string;
  readonly label?: string;
  readonly help: string;
}

const OPTIONS: readonly OptionHelp[] = [
  {
    flag: "eval",
    label: "COMMANDS",
    help: "run these, one a line, in place of stdin; may be repeated",
  },
  { flag: "json", help: "every reply is one JSON object a line" },
  {
    flag: "stop-on-error",
    help: "end at the first wrong command or failed task",
  },
  {
    flag: "concurrency",
    label: "N",
    help: "how many tasks run at once; all of them if not given",
  },
  {
    flag: "history",
    label: "N",
    help: "how many ended tasks are kept till they are collected",
  },
  {
    flag: "grace",
    label: "D",
    help: "how long a cancelled task may clean up; 2s if not given",
  },
  { flag: "no-color", help: "no colour; also where NO_COLOR is set" },
  { flag: "help", help: "this text" },
  { flag: "version", help: "the version" },
];

/** What `--help` prints. */
export function optionsHelp(): string {
  const rows = OPTIONS.map(({ flag, label, help }) => {
    const left = `--${flag}${label === undefined ? "" : ` ${label}`}`;
    return `  ${left.padEnd(18)}  ${help}`;
  });
  return [
    "loopctl [OPTIONS] [MODULE …]",
    "Runs async tasks off your prompt: poll, cancel, collect them while they run.",
    "",
    'MODULE is loaded as by the command "use". Commands come from the terminal,',
    "from stdin, or from --eval.",
    "",
    ...rows,
    "",
    "Exit: 0 all went well, 1 a command was wrong or a task failed, 2 a wrong",
    "option, 130 interrupted, 143 terminated.",
  ].join("\n");
}

/**
 * Parses the command line.
 *
 * @throws {OptionError} If an option is unknown, or its value is wrong.
 */
export function parseOptions(args: readonly string[]): CliOptions {
  const parsed = parseArgs([...args], {
    boolean: ["json", "stop-on-error", "help", "version", "color"],
    string: ["eval", "concurrency", "history", "grace", "_"],
    collect: ["eval"],
    negatable: ["color"],
    default: { color: true },
    unknown: (arg, key) => {
      if (key !== undefined) throw unknownOption(arg);
    },
  });
  for (const key of ["concurrency", "history", "grace"] as const) {
    if (parsed[key] === "") throw new OptionError(`--${key} needs a value`);
  }
  if (parsed.eval.includes("")) throw new OptionError("--eval needs COMMANDS");
  return {
    modules: parsed._.map(String),
    commands: parsed.eval.length === 0 ? undefined : parsed.eval.join("\n"),
    json: parsed.json,
    color: parsed.color,
    stopOnError: parsed["stop-on-error"],
    help: parsed.help,
    version: parsed.version,
    loop: {
      ...bounded("concurrency", parsed.concurrency),
      ...bounded("history", parsed.history),
      ...graceOf(parsed.grace),
    },
  };
}

function unknownOption(arg: string): OptionError {
  const flag = arg.replace(/=.*$/s, "");
  const flags = OPTIONS.map(({ flag }) => `--${flag}`);
  return new OptionError(
    `unknown option ${flag}${didYouMean(flag, flags) || "; --help lists them"}`,
  );
}

function bounded<K extends string>(
  key: K,
  text: string | undefined,
): { readonly [P in K]?: number } {
  if (text === undefined) return {};
  const value = text === "none" ? Infinity : positiveInteger(text);
  if (value === undefined) {
    throw new OptionError(
      `--${key} takes a whole number from 1, not "${text}"`,
    );
  }
  return { [key]: value } as { readonly [P in K]?: number };
}

function graceOf(text: string | undefined): { readonly grace?: number } {
  if (text === undefined) return {};
  const grace = parseDuration(text);
  if (grace === undefined) {
    throw new OptionError(
      `--grace takes a duration such as 500ms or 3s, not "${text}"`,
    );
  }
  return { grace };
}
