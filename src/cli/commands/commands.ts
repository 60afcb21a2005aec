/**
 * A command → replies, as data. Nothing here prints, and nothing that a user
 * can type makes it throw.
 *
 * @module
 */
import { abortable } from "@std/async/abortable";
import { BUILTIN_TASKS } from "../session/builtins.ts";
import { commandNames, findCommand } from "../language/command_names.ts";
import {
  cancel,
  concurrency,
  deadline,
  kill,
  timeout,
} from "./control_commands.ts";
import type { Command, CommandName, CommandOf } from "../language/grammar.ts";
import type { CommandContext, Handler, Line } from "./handler.ts";
import { LineError } from "../language/line_error.ts";
import { didYouMean } from "../text/nearest.ts";
import type { Fault, Reply } from "../render/reply.ts";
import { collect, logs, poll, result, wait } from "./result_commands.ts";
import type { Session } from "../session/session.ts";
import type { CommandSpec } from "../language/spec.ts";
import { gather, run, submit } from "./start_commands.ts";
import { moduleUrl } from "../session/task_modules.ts";

const HANDLERS: { readonly [N in CommandName]: Handler<N> } = {
  submit,
  run,
  gather,
  poll,
  cancel,
  kill,
  timeout,
  deadline,
  wait,
  collect,
  result,
  logs,
  concurrency,
  use,
  help,
  quit,
};

/** Runs a command; what goes wrong is its last reply, unless it was left. */
export async function* execute(
  command: Command,
  line: Line,
  session: Session,
  signal: AbortSignal,
): AsyncGenerator<Reply, void, void> {
  const end = line.text.trimEnd().length;
  const context = {
    session,
    signal,
    endOfLine: { start: end + 1, end: end + 2 },
  };
  try {
    yield* dispatch(command, context);
  } catch (error) {
    if (!signal.aborted) yield faultOf(error, line);
  }
}

/** What is wrong, as a reply. */
export function faultOf(error: unknown, line: Line): Fault {
  if (error instanceof LineError) {
    const { text, number } = line;
    return {
      type: "error",
      name: "CommandError",
      message: error.message,
      place: { line: text, number, span: error.span },
    };
  }
  const { name, message } = error instanceof Error
    ? error
    : new Error(String(error));
  const start = line.text.search(/\S/);
  return {
    type: "error",
    name,
    message,
    place: {
      line: line.text,
      number: line.number,
      span: { start: Math.max(0, start), end: line.text.length },
    },
  };
}

function dispatch<N extends CommandName>(
  command: CommandOf<N> & { readonly name: N },
  context: CommandContext,
): Iterable<Reply> | AsyncIterable<Reply> {
  return HANDLERS[command.name](command, context);
}

async function* use(
  { args }: CommandOf<"use">,
  { session, signal }: CommandContext,
): AsyncGenerator<Reply> {
  const url = moduleUrl(args.module.text);
  let exports: string[];
  try {
    exports = await abortable(session.loop.exportsOf(url), signal);
  } catch (error) {
    if (signal.aborted) throw error;
    throw new LineError(
      `can't load ${args.module.text}: ${
        session.inOwnWords(whyNotLoaded(error))
      }`,
      args.module,
    );
  }
  if (exports.length === 0) {
    throw new LineError(
      `${args.module.text} exports no function`,
      args.module,
    );
  }
  const { label } = session.modules.add(url, exports);
  yield { type: "module", module: url, label, exports };
}

/** What Deno says of a module that it can't load, it throws as a TypeError. */
function whyNotLoaded(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { name, message } = error;
  return name === "Error" || name === "TypeError"
    ? message
    : `${name}: ${message}`;
}

function* help({ args }: CommandOf<"help">): Generator<Reply> {
  const { command: word } = args;
  if (word === undefined) {
    yield { type: "help" };
    return;
  }
  const builtins: readonly CommandSpec[] = BUILTIN_TASKS;
  const command = findCommand(word.text) ??
    builtins.find(({ name }) => name === word.text);
  if (command === undefined) {
    const names = [...commandNames(), ...builtins.map(({ name }) => name)];
    throw new LineError(
      `no command "${word.text}"${didYouMean(word.text, names)}`,
      word,
    );
  }
  yield { type: "help", command };
}

function* quit(
  _: CommandOf<"quit">,
  { session }: CommandContext,
): Generator<Reply> {
  yield {
    type: "quit",
    running: session.running().map((handle) => handle.snapshot()),
  };
}
