/** The commands; and a line → replies. */
import type { Commands } from "../language/spec.ts";
import type { Command, Screen } from "./command.ts";
import { type Line, LineError } from "../language/line.ts";
import { parseLine } from "../language/parser.ts";
import { asJson, errorReply, type Reply } from "../render/reply.ts";
import type { Session } from "../session/session.ts";

/** A new command is a file and a line here. A second name is an alias. */
const FILES: {
  readonly [name: string]: () => Promise<{ readonly default: Command }>;
} = {
  submit: () => import("./submit.ts"),
  run: () => import("./run.ts"),
  gather: () => import("./gather.ts"),
  map: () => import("./map.ts"),
  poll: () => import("./poll.ts"),
  ps: () => import("./poll.ts"),
  cancel: () => import("./cancel.ts"),
  kill: () => import("./kill.ts"),
  timeout: () => import("./timeout.ts"),
  deadline: () => import("./deadline.ts"),
  wait: () => import("./wait.ts"),
  collect: () => import("./collect.ts"),
  result: () => import("./result.ts"),
  forget: () => import("./forget.ts"),
  logs: () => import("./logs.ts"),
  follow: () => import("./follow.ts"),
  retry: () => import("./retry.ts"),
  again: () => import("./again.ts"),
  pause: () => import("./pause.ts"),
  resume: () => import("./resume.ts"),
  concurrency: () => import("./concurrency.ts"),
  watch: () => import("./watch.ts"),
  timeline: () => import("./timeline.ts"),
  use: () => import("./use.ts"),
  source: () => import("./source.ts"),
  help: () => import("./help.ts"),
  "?": () => import("./help.ts"),
  "!": () => import("./shell.ts"),
  clear: () => import("./clear.ts"),
  quit: () => import("./quit.ts"),
  exit: () => import("./quit.ts"),
};

/** Every command of the prompt; its file is loaded when it is first used. */
export const COMMANDS: Commands<Command> = {
  names: Object.keys(FILES),
  load: async (name) =>
    Object.hasOwn(FILES, name) ? (await FILES[name]!()).default : undefined,
};

/**
 * Runs a line. Nothing that a user can type makes it throw: what goes wrong is
 * the last reply, unless the command was left.
 */
export async function* execute(
  line: Line,
  session: Session,
  signal: AbortSignal,
  screen?: Screen,
  depth = 0,
): AsyncGenerator<Reply, void, void> {
  const end = line.text.trimEnd().length;
  try {
    if (line.malformed) throw new LineError("not UTF-8", line.malformed);
    const parsed = await parseLine(line.text, COMMANDS);
    if (parsed === undefined) return;
    const { command, target, json } = parsed;
    const context = {
      session,
      endOfLine: { start: end + 1, end: end + 2 },
      commands: COMMANDS,
      screen: target === undefined ? screen : undefined,
      depth,
      execute: (line: Line) =>
        execute(line, session, signal, screen, depth + 1),
    };
    const run = async function* (signal: AbortSignal): AsyncGenerator<Reply> {
      for await (const reply of command.run(parsed, { ...context, signal })) {
        yield json ? asJson(reply) : reply;
      }
    };
    if (target === undefined) return yield* run(signal);
    const { redirect } = await import("../redirect/redirect.ts");
    yield* redirect(run, target, { line, screen, signal });
  } catch (error) {
    if (!signal.aborted) yield errorReply(error, line);
  }
}

/** What became of a line. The caller decides what `"quit"` does. */
export type LineResult = "done" | "failed" | "quit";

/** Runs lines in a session, and shows the replies. */
export class Shell {
  constructor(
    readonly session: Session,
    readonly show: (reply: Reply) => void,
    readonly screen?: Screen,
  ) {}

  /** Runs a line. `signal` leaves the command, but ends no task. */
  async run(line: Line, signal: AbortSignal): Promise<LineResult> {
    let result: LineResult = "done";
    const { session, screen } = this;
    for await (const reply of execute(line, session, signal, screen)) {
      this.show(reply);
      if (reply.kind === "error") result = "failed";
      if (reply.kind === "quit") result = "quit";
    }
    return result;
  }
}
