/** The command line: options → a session, on a terminal or from a script. */
import config from "../../deno.json" with { type: "json" };
import { LoopController } from "../../mod.ts";
import { Shell } from "./commands/execute.ts";
import { quoteWord } from "./language/lexer.ts";
import { type Line, readLines } from "./language/line.ts";
import {
  type CliOptions,
  OptionError,
  optionsHelp,
  parseOptions,
} from "./options.ts";
import { Output } from "./render/output.ts";
import { notice, render, type Reply } from "./render/reply.ts";
import { collectEnded, runScript } from "./script.ts";
import { Session } from "./session/session.ts";
import { exitCodeOf, listen } from "./signals.ts";
import { counted } from "./text/amounts.ts";
import type { Style } from "./text/style.ts";
import { Watchdog } from "./watchdog.ts";

const EXIT = { fine: 0, failed: 1, usage: 2 } as const;

interface Streams {
  readonly out: Output;
  readonly err: Output;
  /** Aborts with an `EndSignal`, or when stdout can't be written any more. */
  readonly stop: AbortController;
}

/**
 * Runs the command line, and returns the exit code. The caller must exit: only
 * `Deno.exit` ends a thread whose task never yields.
 */
export async function main(args: readonly string[]): Promise<number> {
  const stop = new AbortController();
  const err = new Output(Deno.stderr);
  const toTerminal = Deno.stdout.isTerminal();
  let lost = false;
  const out = new Output(Deno.stdout, (cause) => {
    // Writing to a terminal that has gone fails before SIGHUP arrives.
    const hungUp = toTerminal && (cause as { code?: unknown }).code === "EIO";
    stop.abort(hungUp ? "SIGHUP" : undefined);
    if (hungUp || cause instanceof Deno.errors.BrokenPipe) return;
    lost = true;
    err.write(`loopctl: stdout can't be written: ${cause}\n`);
  });
  try {
    const options = parseOptions(args);
    if (options.help || options.version) {
      out.write(
        options.help ? `${optionsHelp()}\n` : `loopctl ${config.version}\n`,
      );
      return lost ? EXIT.failed : EXIT.fine;
    }
    const onTerminal = options.commands === undefined &&
      Deno.stdin.isTerminal() && toTerminal;
    const run = onTerminal ? runOnTerminal : runOnScript;
    const failed = await run(options, { out, err, stop });
    return exitCodeOf(stop.signal.reason) ??
      (failed || lost ? EXIT.failed : EXIT.fine);
  } catch (error) {
    if (!(error instanceof OptionError)) throw error;
    err.write(`loopctl: ${error.message}\n`);
    return EXIT.usage;
  }
}

/** A session on a terminal never fails: the user has seen each failure. */
async function runOnTerminal(
  options: CliOptions,
  { out, err, stop }: Streams,
): Promise<false> {
  const tell = (message: string): void => err.write(`${message}\n`);
  let report = tell;
  const session = open(options, (message) => report(message));
  // Loaded while the loop starts, and only for a terminal: with Node's readline
  // it is half of the command's start.
  const { Terminal } = await import("./terminal/terminal.ts");
  const terminal = new Terminal({
    session,
    output: out,
    json: options.json,
    style: () => styleFor(options.color && !Deno.noColor),
  });
  report = (message) => terminal.report(message);
  using _ = endOnSignals(stop, session.loop);
  stop.signal.addEventListener("abort", () => terminal.stop());
  if (!options.json) {
    report(`loopctl ${config.version} · "help" lists the commands`);
  }
  await terminal.run(options.modules.map(useLine));
  if (stop.signal.aborted) tellStopping(session, tell);
  await session.loop.close({ cancel: true });
  return false;
}

async function runOnScript(
  options: CliOptions,
  { out, err, stop }: Streams,
): Promise<boolean> {
  const { json, stopOnError, commands } = options;
  const style = styleFor(false);
  const show = (reply: Reply): void => {
    const aside = reply.kind === "aside" || reply.kind === "error";
    const stream = aside && !json ? err : out;
    stream.write(reply.raw ?? render(reply, json ? "json" : style));
  };
  const tell = (message: string): void => show(notice(message, "aside"));
  const session = open(options, tell);
  using _ = endOnSignals(stop, session.loop);
  using watchdog = new Watchdog(session, show);
  const input = readLines(
    commands === undefined
      ? Deno.stdin.readable
      : new Blob([commands]).stream(),
  );
  const shell = new Shell(session, show);
  const right = await runScript(
    shell,
    inTurn(options.modules.map((module) => ({ text: useLine(module) })), input),
    { stopOnError, signal: stop.signal, watchdog },
  );
  await collectEnded(shell);
  tellStopping(session, tell);
  await session.loop.close({ cancel: true });
  await collectEnded(shell);
  return !right || session.failed;
}

/** @throws {OptionError} If tasks should have permissions that loopctl lacks. */
function open(
  { loop: options }: CliOptions,
  onWarning: (message: string) => void,
): Session {
  try {
    const loop = new LoopController({ ...options, onWarning });
    return new Session(loop, { limited: options.permissions !== undefined });
  } catch (error) {
    throw error instanceof TypeError ? new OptionError(error.message) : error;
  }
}

/** Says how many tasks are stopping, while they have their grace. */
function tellStopping(session: Session, tell: (message: string) => void): void {
  const running = session.running().length;
  if (running > 0) tell(`stopping ${counted(running, "task")}`);
}

function endOnSignals(
  stop: AbortController,
  loop: LoopController,
): Disposable {
  let asked = false;
  return listen((signal) => {
    // The second signal does not wait for tasks that clean up.
    if (asked) loop.kill();
    asked = true;
    stop.abort(signal);
  });
}

function useLine(module: string): string {
  return `use ${quoteWord(module)}`;
}

async function* inTurn(
  first: readonly Line[],
  rest: AsyncIterable<Line>,
): AsyncGenerator<Line> {
  yield* first;
  yield* rest;
}

const DEFAULT_COLUMNS = 80;

function styleFor(color: boolean): Style {
  return { width: columns(), color, now: Date.now() };
}

function columns(): number {
  if (!Deno.stdout.isTerminal()) return Infinity;
  try {
    return Deno.consoleSize().columns || DEFAULT_COLUMNS;
  } catch {
    return DEFAULT_COLUMNS;
  }
}
