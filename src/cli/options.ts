/**
 * The options of the command line.
 *
 * @module
 */
import { parseArgs } from "@std/cli";
import type { LoopOptions } from "../../mod.ts";
import { parseDuration } from "./text/duration.ts";
import { positiveInteger } from "./language/kinds.ts";
import { didYouMean } from "./text/nearest.ts";
import { OptionError } from "./option_error.ts";
import {
  PERMISSION_FLAGS,
  type PermissionArgs,
  takePermissions,
} from "./permission_options.ts";

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
  readonly loop: Pick<
    LoopOptions,
    | "concurrency"
    | "history"
    | "grace"
    | "isolation"
    | "memoryMb"
    | "permissions"
  >;
}

export { OptionError };

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
  {
    flag: "isolation",
    label: "WHERE",
    help: "where tasks run: worker (as if not given), or process",
  },
  {
    flag: "memory",
    label: "MB",
    help: "the heap of that process",
  },
  {
    flag: "task-allow-WHAT",
    help: "what tasks may do in it; see below",
  },
  { flag: "no-color", help: "no colour; also where NO_COLOR is set" },
  { flag: "help", help: "this text; also: -h" },
  { flag: "version", help: "the version" },
];

/** What `--help` prints. */
export function optionsHelp(): string {
  const rows = OPTIONS.map(({ flag, label, help }) => {
    const left = `--${flag}${label === undefined ? "" : ` ${label}`}`;
    return `  ${left.padEnd(19)}  ${help}`;
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
    "Tasks in a worker may do what loopctl may, and so may those in a process if",
    "nothing is said. Else these alone: --task-allow-read, -write, -net, -env,",
    "-run, -ffi, -sys, -import, each for all or for a list, as in",
    "--task-allow-net=127.0.0.1:8000,example.com; --task-allow-all, or -none.",
    "",
    "Exit: 0 all went well, 1 a command was wrong or a task failed, 2 a wrong",
    "option, 129 hung up, 130 interrupted, 143 terminated.",
  ].join("\n");
}

/** The options that take a value, and the last of several. */
const VALUED = [
  "concurrency",
  "history",
  "grace",
  "isolation",
  "memory",
] as const;

/**
 * Parses the command line.
 *
 * @throws {OptionError} If an option is unknown, or its value is wrong.
 */
export function parseOptions(args: readonly string[]): CliOptions {
  const { rest, ...permissions } = takePermissions(args);
  const parsed = parseArgs([...rest], {
    boolean: ["json", "stop-on-error", "help", "version", "color"],
    string: ["eval", ...VALUED, "_"],
    collect: ["eval"],
    negatable: ["color"],
    alias: { help: "h" },
    default: { color: true },
    unknown: (arg, key) => {
      if (key !== undefined) throw unknownOption(arg);
    },
  });
  for (const key of VALUED) {
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
      ...isolationOf(parsed.isolation, parsed.memory, permissions),
    },
  };
}

function unknownOption(arg: string): OptionError {
  const flag = arg.replace(/=.*$/s, "");
  const flags = [
    ...OPTIONS.map(({ flag }) => `--${flag}`),
    ...PERMISSION_FLAGS,
  ];
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

function isolationOf(
  isolation: string | undefined,
  memory: string | undefined,
  { permissions, given }: Omit<PermissionArgs, "rest">,
): CliOptions["loop"] {
  if (isolation === "process") {
    return {
      isolation,
      ...memory === undefined ? {} : { memoryMb: megabytes(memory) },
      ...permissions === undefined ? {} : { permissions },
    };
  }
  if (isolation !== undefined && isolation !== "worker") {
    throw new OptionError(
      `--isolation takes worker or process, not "${isolation}"`,
    );
  }
  // Said of a worker, they would promise what nothing keeps.
  if (memory !== undefined) {
    throw new OptionError("--memory needs --isolation process");
  }
  if (permissions !== undefined) {
    throw new OptionError(
      `${given[0]} needs --isolation process: tasks in a worker may do what ` +
        `loopctl may`,
    );
  }
  return isolation === undefined ? {} : { isolation };
}

/** The smallest heap that a loop starts in. */
const LEAST_MEMORY = 16;

function megabytes(text: string): number {
  const value = positiveInteger(text);
  if (value !== undefined && value >= LEAST_MEMORY) return value;
  throw new OptionError(
    `--memory takes a whole number of megabytes from ${LEAST_MEMORY}, not ` +
      `"${text}"`,
  );
}
