/** The options of the command line. */
import { parseArgs } from "@std/cli/parse-args";
import type {
  LoopOptions,
  PermissionKind,
  TaskPermissions,
} from "../../mod.ts";
import { positiveInteger } from "./language/kinds.ts";
import { didYouMean } from "./text/nearest.ts";
import { parseDuration } from "./text/amounts.ts";

export interface CliOptions {
  readonly modules: readonly string[];
  readonly commands: string | undefined;
  /** The words of a `map` that is all there is to do. */
  readonly map: readonly string[] | undefined;
  readonly json: boolean;
  readonly color: boolean;
  readonly quiet: boolean;
  readonly ordered: boolean;
  /** Whether what is typed is remembered for the next session. */
  readonly keepHistory: boolean;
  readonly stopOnError: boolean;
  readonly help: boolean;
  readonly version: boolean;
  /** For the controller; only those that were given. */
  readonly loop: LoopOptions;
}

export class OptionError extends Error {
  override readonly name = "OptionError";
}

/** Each option with its value, and its help. */
const OPTIONS = {
  "--eval COMMANDS": "run these, one a line, in place of stdin; repeatable",
  "--json": "every reply is one JSON object a line",
  "--quiet": "a script prints values and errors, and nothing else",
  "--ordered": "a script's outcomes in the order of the ids, not as tasks end",
  "--stop-on-error": "end at the first wrong command or failed task",
  "--concurrency N": "how many tasks run at once; all by default",
  "--history N": "how many ended tasks are kept till they are collected",
  "--grace D": "how long a cancelled task may clean up; 2s by default",
  "--isolation WHERE": "where tasks run: worker (the default), or process",
  "--memory MB": "the heap of that process",
  "--task-allow-WHAT": "what tasks may do in it; see below",
  "--no-history": "keep no file of what is typed",
  "--no-color": "no colour; also where NO_COLOR is set",
  "--help": "this text; also: -h",
  "--version": "the version",
} as const;

export function optionsHelp(): string {
  const rows = Object.entries(OPTIONS)
    .map(([usage, help]) => `  ${usage.padEnd(19)}  ${help}`);
  return [
    "loopctl [OPTIONS] [MODULE …]",
    "loopctl [OPTIONS] map TASK [MODULE] …",
    "Runs async tasks in the background: poll, cancel, collect them while they run.",
    "",
    'MODULE is loaded as by the command "use". Commands come from the terminal,',
    "from stdin, or from --eval.",
    "",
    'With "map", the task runs for each input; "loopctl map --help" says more.',
    "",
    ...rows,
    "",
    "Tasks have the permissions of loopctl. In a process, these options replace",
    "them: --task-allow-read, -write, -net, -env, -run, -ffi, -sys, -import, each",
    "for all or for a list, as in --task-allow-net=127.0.0.1:8000,example.com;",
    "--task-allow-all, or -none.",
    "",
    "Exit: 0 all went well, 1 a command was wrong or a task failed, 2 a wrong",
    "option, 129 hung up, 130 interrupted, 143 terminated.",
  ].join("\n");
}

/** The smallest heap that a loop starts in. */
const MIN_MEMORY_MB = 16;

/** The options that take a value, and the last of several: how it is read. */
const VALUED = {
  concurrency: [bound, "a whole number from 1"],
  history: [bound, "a whole number from 1"],
  grace: [parseDuration, "a duration such as 500ms or 3s"],
  isolation: [isolation, "worker or process"],
  memory: [megabytes, `a whole number of megabytes from ${MIN_MEMORY_MB}`],
} as const;

/**
 * Parses the command line.
 *
 * @throws {OptionError} If an option is unknown, or its value is wrong.
 */
export function parseOptions(args: readonly string[]): CliOptions {
  const at = args.indexOf("map");
  const before = at < 0 ? undefined : parseWords(args.slice(0, at));
  // Behind a module, it is the name of another one.
  return before?.modules.length === 0
    ? { ...before, map: args.slice(at) }
    : parseWords(args);
}

function parseWords(args: readonly string[]): CliOptions {
  const { permissions, given: [given], rest } = takePermissions(args);
  const parsed = parseArgs([...rest], {
    boolean: [
      "json",
      "quiet",
      "ordered",
      "stop-on-error",
      "help",
      "version",
      "color",
      "no-history",
    ],
    string: ["eval", ...VALUED_NAMES, "_"],
    collect: ["eval"],
    negatable: ["color"],
    alias: { help: "h" },
    default: { color: true },
    unknown: (arg, key) => {
      if (key !== undefined) throw unknownOption(arg);
    },
  });
  if (parsed.eval.includes("")) throw new OptionError("--eval needs COMMANDS");
  const { memory: memoryMb, ...valued } = valuesOf(parsed);
  const loop = {
    ...valued,
    ...memoryMb === undefined ? {} : { memoryMb },
    ...permissions === undefined ? {} : { permissions },
  };
  // For a worker, these would promise what nothing keeps.
  if (loop.isolation !== "process" && memoryMb !== undefined) {
    throw new OptionError("--memory needs --isolation process");
  }
  if (loop.isolation !== "process" && given !== undefined) {
    const why = "tasks in a worker may do what loopctl may";
    throw new OptionError(`${given} needs --isolation process: ${why}`);
  }
  return {
    modules: parsed._.map(String),
    commands: parsed.eval.length === 0 ? undefined : parsed.eval.join("\n"),
    map: undefined,
    json: parsed.json,
    quiet: parsed.quiet,
    ordered: parsed.ordered,
    color: parsed.color,
    keepHistory: !parsed["no-history"],
    stopOnError: parsed["stop-on-error"],
    help: parsed.help,
    version: parsed.version,
    loop,
  };
}

function unknownOption(arg: string): OptionError {
  const flag = arg.replace(/=.*$/s, "");
  const flags = [
    ...Object.keys(OPTIONS).map((usage) => usage.replace(/ .*/, "")),
    ...PERMISSION_FLAGS,
  ];
  return new OptionError(
    `unknown option ${flag}${didYouMean(flag, flags) || "; --help lists them"}`,
  );
}

const VALUED_NAMES = Object.keys(VALUED) as (keyof typeof VALUED)[];

type Valued = {
  -readonly [K in keyof typeof VALUED]?: NonNullable<
    ReturnType<typeof VALUED[K][0]>
  >;
};

function valuesOf(parsed: Readonly<Record<string, unknown>>): Valued {
  const values: Record<string, unknown> = {};
  for (const [key, [parse, takes]] of Object.entries(VALUED)) {
    const text = parsed[key];
    if (typeof text !== "string") continue;
    if (text === "") throw new OptionError(`--${key} needs a value`);
    values[key] = parse(text);
    if (values[key] !== undefined) continue;
    throw new OptionError(`--${key} takes ${takes}, not "${text}"`);
  }
  return values;
}

function bound(text: string): number | undefined {
  return text === "none" ? Infinity : positiveInteger(text);
}

function isolation(text: string): "worker" | "process" | undefined {
  return text === "worker" || text === "process" ? text : undefined;
}

function megabytes(text: string): number | undefined {
  const value = positiveInteger(text) ?? 0;
  return value >= MIN_MEMORY_MB ? value : undefined;
}

/** What the list of each kind of permission names. */
const PERMISSIONS: { readonly [K in PermissionKind]: string } = {
  read: "paths",
  write: "paths",
  net: "hosts",
  env: "names of variables",
  run: "programs",
  ffi: "paths of libraries",
  sys: "names of calls",
  import: "hosts",
};

const KINDS = Object.keys(PERMISSIONS) as readonly PermissionKind[];

const PERMISSION_FLAGS: readonly string[] = [...KINDS, "all", "none"]
  .map((what) => `--task-allow-${what}`);

/**
 * Takes the options `--task-allow-…` out of a command line. Their values may be
 * left out, so a value never is the next argument.
 */
function takePermissions(args: readonly string[]): {
  permissions: TaskPermissions | undefined;
  given: readonly string[];
  rest: readonly string[];
} {
  const end = args.indexOf("--");
  const options = end < 0 ? args : args.slice(0, end);
  const given: string[] = [];
  const rest: string[] = [];
  const permissions: { [K in PermissionKind]?: boolean | string[] } = {};
  for (const arg of options) {
    const [flag = "", list] = arg.split(/=(.*)/s, 2);
    if (!PERMISSION_FLAGS.includes(flag)) {
      rest.push(arg);
      continue;
    }
    given.push(flag);
    if (/-(all|none)$/.test(flag)) {
      if (list !== undefined) throw new OptionError(`${flag} takes no value`);
      for (const kind of KINDS) permissions[kind] = flag.endsWith("-all");
    } else {
      const kind = flag.replace("--task-allow-", "") as PermissionKind;
      const before = permissions[kind];
      permissions[kind] = list === undefined ||
        [...Array.isArray(before) ? before : [], ...itemsOf(kind, list)];
    }
  }
  const whole = given.find((flag) => /-(all|none)$/.test(flag));
  const other = given.find((flag) => flag !== whole);
  if (whole !== undefined && other !== undefined) {
    throw new OptionError(`${whole} says it all: it goes with no ${other}`);
  }
  return {
    permissions: given.length === 0 ? undefined : permissions,
    given,
    rest: end < 0 ? rest : [...rest, ...args.slice(end)],
  };
}

function itemsOf(kind: PermissionKind, list: string): string[] {
  const items = list.split(",");
  if (!items.includes("")) return items;
  throw new OptionError(
    `--task-allow-${kind}= needs ${PERMISSIONS[kind]}, with commas between ` +
      `them; without the = it allows all`,
  );
}
