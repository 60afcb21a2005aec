/**
 * The commands as data. Parsing, `help`, Tab completion and the guess at a
 * misspelt name all read this table: a new command is one entry here and one
 * function in `commands.ts`.
 *
 * @module
 */
import {
  type CommandSpec,
  type Options,
  type Positionals,
  START_OPTIONS,
  SUBMIT_OPTIONS,
} from "./spec.ts";

const ALL_IDS = {
  key: "ids",
  label: "IDS",
  kind: "ids",
  optional: true,
  variadic: true,
} as const;

/** Every command of the prompt, in the order of `help`. */
export const COMMANDS = [
  {
    name: "submit",
    summary: "start a task; says its id at once",
    positionals: [
      { key: "task", label: "TASK", kind: "task" },
      {
        key: "args",
        label: "ARGS",
        kind: "value",
        optional: true,
        variadic: true,
      },
    ],
    options: SUBMIT_OPTIONS,
    details:
      `TASK is a built-in, or an exported function of a module that "use" loaded;
if several modules export it, MODULE.TASK.
An argument is JSON if it parses as JSON, else text. Quotes are the shell's:
'…' and "…" are taken off first, so the text 42 is '"42"'. An argument that
begins with { or [ needs no quotes: it goes on to the bracket that closes it.
After "--" nothing is an option.`,
    examples: [
      "submit sleep 3 hello --name nap",
      'submit crawl {"url": "http://127.0.0.1:8000/", "depth": 2} --timeout 30s',
    ],
  },
  {
    name: "run",
    summary: "evaluate JavaScript in the loop, as a task",
    positionals: [{ key: "source", label: "EXPRESSION", kind: "source" }],
    options: SUBMIT_OPTIONS,
    details: `EXPRESSION is the rest of the line, as it is; await works in it,
and "task" is there: task.signal, task.sleep(ms), task.progress(done, total).
It may be statements: their value is that of the last. Options come before it.`,
    examples: [
      'run (await fetch("http://127.0.0.1:8000/")).status',
      "run --timeout 2s await task.sleep(5000)",
    ],
  },
  {
    name: "gather",
    summary: "start several tasks as a group, each with its own id",
    positionals: [
      { key: "calls", label: "TASK ARGS ; …", kind: "calls" },
    ],
    options: [
      {
        key: "name",
        flag: "--name",
        label: "N",
        kind: "text",
        help: "a name to speak of the group by",
      },
      {
        key: "onFailure",
        flag: "--on-failure",
        label: "WHAT",
        kind: "failure",
        help:
          "when a member fails: cancel-rest, or keep-going (as if not given)",
      },
      ...START_OPTIONS,
    ],
    details: `The options of the group come before its first TASK, and hold for
each that does not say otherwise. Quote a ; that ends an argument.`,
    examples: ["gather --name naps sleep 1 a ; sleep 2 b --timeout 1s"],
  },
  {
    name: "poll",
    aliases: ["ps"],
    summary: "how tasks stand: state, elapsed, limits, progress",
    positionals: [ALL_IDS],
    options: [],
    details:
      `It tells as well of a loop that is blocked, by a task that computes without
yielding, and of threads that "kill" could not stop.`,
  },
  {
    name: "cancel",
    summary: "ask tasks to stop, and say whether they did",
    positionals: [ALL_IDS],
    options: [
      {
        key: "queued",
        flag: "--queued",
        kind: "flag",
        help: "only those that have not started; all of them if no ID is given",
      },
      {
        key: "grace",
        flag: "--grace",
        label: "D",
        kind: "duration",
        help: "how long they may clean up",
      },
      {
        key: "reason",
        flag: "--reason",
        label: "TEXT",
        kind: "text",
        help: "what the task is told, and the outcome shows",
      },
    ],
    details:
      `A task that ignores the request is abandoned when its grace is over: it
counts as cancelled, and poll shows it for as long as it really runs.`,
    examples: ["cancel 1-4", "cancel --queued"],
  },
  {
    name: "kill",
    summary: "end tasks by force, and with each the loop that it is in",
    positionals: [
      { key: "ids", label: "IDS", kind: "ids", variadic: true },
    ],
    options: [
      {
        key: "reason",
        flag: "--reason",
        label: "TEXT",
        kind: "text",
        help: "what the outcome shows",
      },
    ],
    details:
      `For a task that "cancel" can't stop. The others in its loop are lost, or
run again if they were submitted with --resubmit: the answer names them. A task
submitted with --isolate has a loop of its own.
In a process (--isolation process, --isolate) what is killed is gone. A worker
whose loop is blocked can't be stopped: a new loop takes what comes, and the
old thread uses a core till it yields or loopctl exits; "poll" tells of it.`,
    examples: ["kill 3"],
  },
  {
    name: "timeout",
    summary: "move a task's limit on running time; none lifts it",
    positionals: [
      { key: "id", label: "ID", kind: "id" },
      { key: "limit", label: "D", kind: "limit" },
    ],
    options: [],
    details: "It counts from the start of the task, not from now.",
    examples: ["timeout 3 30s", "timeout 3 none"],
  },
  {
    name: "deadline",
    summary: "move the moment at which a task is ended; none lifts it",
    positionals: [
      { key: "id", label: "ID", kind: "id" },
      { key: "moment", label: "TIME", kind: "moment" },
    ],
    options: [],
    details:
      "TIME is a time of day, a date with a time, or a duration from now.",
    examples: ["deadline 3 14:30", "deadline 3 90s"],
  },
  {
    name: "wait",
    summary:
      "wait till tasks have ended; Ctrl-C leaves the wait, not the tasks",
    positionals: [ALL_IDS],
    options: [
      {
        key: "any",
        flag: "--any",
        kind: "flag",
        help: "only till one has ended",
      },
      {
        key: "firstFailure",
        flag: "--first-failure",
        kind: "flag",
        help: "only till one has failed",
      },
      {
        key: "timeout",
        flag: "--timeout",
        label: "D",
        kind: "duration",
        help: "wait no longer than this; the tasks live on",
      },
    ],
  },
  {
    name: "collect",
    summary: "outcome of each finished task, once; then it is forgotten",
    positionals: [ALL_IDS],
    options: [],
  },
  {
    name: "result",
    summary: "the value of a task alone",
    positionals: [{ key: "id", label: "ID", kind: "id" }],
    options: [
      {
        key: "raw",
        flag: "--raw",
        kind: "flag",
        help: "a text, or the bytes of a Uint8Array, as they are and whole",
      },
    ],
    details:
      `On a terminal a long value is cut; through a pipe, and with --json, one
of more than some 16 and 64 MB. Control characters are shown, as \\x1b, except
with --json; with --raw they act on the terminal.`,
  },
  {
    name: "logs",
    summary: "what a task wrote with console; without ID, what no task did",
    positionals: [{ key: "id", label: "ID", kind: "id", optional: true }],
    options: [
      {
        key: "follow",
        flag: "--follow",
        kind: "flag",
        help: "go on till the task has ended; Ctrl-C leaves it",
      },
    ],
    details:
      `Without ID, or as "logs loop": what was written outside of any task, by a
module while it loads, or by a program that a task in a process started.`,
  },
  {
    name: "concurrency",
    summary: "how many tasks run at once; the rest is queued",
    positionals: [
      { key: "limit", label: "N", kind: "bound", optional: true },
    ],
    options: [],
    examples: ["concurrency 4", "concurrency none"],
  },
  {
    name: "use",
    summary: "load a module of tasks, and list what it exports",
    positionals: [{ key: "module", label: "MODULE", kind: "module" }],
    options: [],
    details: "A path, or a URL: file:, http:, https:, jsr:, npm:.",
    examples: ["use ./tasks.ts"],
  },
  {
    name: "help",
    summary: "all commands, or one in detail",
    positionals: [
      { key: "command", label: "COMMAND", kind: "command", optional: true },
    ],
    options: [],
  },
  {
    name: "quit",
    aliases: ["exit"],
    summary: "end the loop and leave; asks once if tasks are running",
    positionals: [],
    options: [],
    details: `In a script it does not ask: it says what it ends. At the end of a
script without it, loopctl waits for what runs.`,
  },
] as const satisfies readonly CommandSpec[];

type Spec = (typeof COMMANDS)[number];

/** The name of a command. */
export type CommandName = Spec["name"];

/** A command as it was parsed. */
export type CommandOf<N extends CommandName> = {
  [S in Spec as S["name"]]: {
    readonly name: S["name"];
    readonly args: Positionals<S["positionals"]>;
    readonly options: Options<S["options"]>;
  };
}[N];

/** Any command as it was parsed. */
export type Command = { [N in CommandName]: CommandOf<N> }[CommandName];
