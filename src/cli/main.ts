/**
 * The command line: options → a session, on a terminal or from a script.
 *
 * @module
 */
import config from "../../deno.json" with { type: "json" };
import { LoopController } from "../../mod.ts";
import { linesOf, readLines, type ScriptLine } from "./language/lines.ts";
import {
  type CliOptions,
  OptionError,
  optionsHelp,
  parseOptions,
} from "./options.ts";
import { Output } from "./output.ts";
import { entriesAt } from "./terminal/paths.ts";
import { rawOf, render } from "./render/render.ts";
import type { Reply } from "./render/reply.ts";
import { collectEnded, runScript } from "./script.ts";
import { Session } from "./session/session.ts";
import { Shell } from "./commands/shell.ts";
import { exitCodeOf, listen } from "./signals.ts";
import type { Style } from "./text/style.ts";
import { Watchdog } from "./watchdog.ts";
import { quoteWord } from "./language/lexer.ts";

const EXIT = { fine: 0, failed: 1, usage: 2 } as const;

interface Streams {
  readonly out: Output;
  readonly err: Output;
  /** Aborts with an `EndSignal`, or when nobody reads stdout any more. */
  readonly stop: AbortController;
}

/**
 * Runs the command line, and says with what code to exit. It does not exit: a
 * task that never yields holds its thread, which only `Deno.exit` ends.
 */
export async function main(args: readonly string[]): Promise<number> {
  const stop = new AbortController();
  const err = new Output(Deno.stderr);
  const toTerminal = Deno.stdout.isTerminal();
  let lost = false;
  const out = new Output(Deno.stdout, (cause) => {
    // What is written to a terminal that has gone fails before SIGHUP comes.
    const hungUp = toTerminal && (cause as { code?: unknown }).code === "EIO";
    stop.abort(hungUp ? "SIGHUP" : undefined);
    if (hungUp || cause instanceof Deno.errors.BrokenPipe) return;
    lost = true;
    err.write(`loopctl: stdout can't be written: ${cause}\n`);
  });
  const misused = (error: unknown): number => {
    if (!(error instanceof OptionError)) throw error;
    err.write(`loopctl: ${error.message}\n`);
    return EXIT.usage;
  };
  let options: CliOptions;
  try {
    options = parseOptions(args);
  } catch (error) {
    return misused(error);
  }
  if (options.help || options.version) {
    out.write(
      options.help ? `${optionsHelp()}\n` : `loopctl ${config.version}\n`,
    );
    return lost ? EXIT.failed : EXIT.fine;
  }
  const onTerminal = options.commands === undefined &&
    Deno.stdin.isTerminal() && toTerminal;
  const run = onTerminal ? runOnTerminal : runOnScript;
  try {
    const failed = await run(options, { out, err, stop });
    return exitCodeOf(stop.signal.reason) ??
      (failed || lost ? EXIT.failed : EXIT.fine);
  } catch (error) {
    return misused(error);
  }
}

/** A person has seen what failed, so a terminal's session is never failed. */
async function runOnTerminal(
  options: CliOptions,
  { out, err, stop }: Streams,
): Promise<false> {
  const tell = (message: string): void => err.write(`${message}\n`);
  let report = tell;
  const loop = open(options, (notice) => report(notice));
  const session = sessionOf(loop, options);
  // Loaded while the loop starts, and only for a terminal: with Node's readline
  // it is half of the command's start.
  const { Terminal } = await import("./terminal/terminal.ts");
  const terminal = new Terminal({
    session,
    output: out,
    json: options.json,
    style: () => styleFor(options.color && !Deno.noColor),
    paths: entriesAt,
  });
  report = (message) => terminal.report(message);
  using _ = endOnSignals(stop, loop);
  stop.signal.addEventListener("abort", () => terminal.stop());
  if (!options.json) {
    report(`loopctl ${config.version} · "help" lists the commands`);
  }
  await terminal.run(options.modules.map(useLine));
  if (stop.signal.aborted) tellEnded(session, tell);
  await loop.close({ cancel: true });
  return false;
}

async function runOnScript(
  options: CliOptions,
  { out, err, stop }: Streams,
): Promise<boolean> {
  const { json, stopOnError, commands } = options;
  const style = styleFor(false);
  const show = (reply: Reply): void => {
    const aside = reply.type === "error" || ("aside" in reply && reply.aside);
    const stream = aside && !json ? err : out;
    stream.write(rawOf(reply) ?? render(reply, json ? "json" : style));
  };
  const tell = (message: string): void =>
    show({ type: "notice", message, aside: true });
  const loop = open(options, tell);
  const session = sessionOf(loop, options);
  using _ = endOnSignals(stop, loop);
  using watchdog = new Watchdog(session, show);
  const input = commands === undefined
    ? readLines(Deno.stdin.readable)
    : linesOf(commands);
  const shell = new Shell(session, show);
  const right = await runScript(
    shell,
    inTurn(options.modules.map((module) => ({ text: useLine(module) })), input),
    { stopOnError, signal: stop.signal, watchdog },
  );
  collectEnded(shell);
  tellEnded(session, tell);
  await loop.close({ cancel: true });
  collectEnded(shell);
  return !right || session.failed;
}

/** @throws {OptionError} Tasks were to have what loopctl itself has not. */
function open(
  { loop }: CliOptions,
  report: (notice: string) => void,
): LoopController {
  try {
    return new LoopController({ ...loop, report });
  } catch (error) {
    throw error instanceof TypeError ? new OptionError(error.message) : error;
  }
}

function sessionOf(loop: LoopController, { loop: given }: CliOptions): Session {
  return new Session(loop, { limited: given.permissions !== undefined });
}

/** Says that what runs is ended, while it is given its grace. */
function tellEnded(session: Session, tell: (message: string) => void): void {
  const running = session.running().length;
  if (running === 0) return;
  tell(running === 1 ? "1 task is ended" : `${running} tasks are ended`);
}

function endOnSignals(
  stop: AbortController,
  loop: LoopController,
): Disposable {
  let asked = false;
  return listen((signal) => {
    // Who asks twice does not want to wait for tasks that clean up.
    if (asked) loop.kill();
    asked = true;
    stop.abort(signal);
  });
}

function useLine(module: string): string {
  return `use ${quoteWord(module)}`;
}

async function* inTurn(
  first: readonly ScriptLine[],
  rest: AsyncIterable<ScriptLine>,
): AsyncGenerator<ScriptLine> {
  yield* first;
  yield* rest;
}

const COLUMNS = 80;

function styleFor(color: boolean): Style {
  return { width: columns(), color, now: Date.now() };
}

function columns(): number {
  if (!Deno.stdout.isTerminal()) return Infinity;
  try {
    return Deno.consoleSize().columns || COLUMNS;
  } catch {
    return COLUMNS;
  }
}
