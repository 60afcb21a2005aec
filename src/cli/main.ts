/** The command line: options → a session, on a terminal or from a script. */
import { LoopController } from "../../mod.ts";
import { quoteWord } from "./language/lexer.ts";
import {
  type CliOptions,
  OptionError,
  optionsHelp,
  parseOptions,
} from "./options.ts";
import { jsonLine } from "./render/json_value.ts";
import { notice, Output, render, type Reply } from "./render/reply.ts";
import { Session } from "./session/session.ts";
import { exitCodeOf, listen } from "./signals.ts";
import type { Terminal } from "./terminal/terminal.ts";
import { counted } from "./text/amounts.ts";
import type { Style } from "./text/style.ts";

const EXIT = { fine: 0, failed: 1, usage: 2 } as const;

/** For the first start. */
const TO_TRY =
  "try: submit sleep 5 tea --name nap, then poll, wait, result nap";

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
  // Asked once: a terminal that has gone is none.
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
    let failed = false;
    if (options.help) out.write(`${optionsHelp()}\n`);
    else if (options.version) out.write(`loopctl ${await version()}\n`);
    else failed = await run(options, { out, err, stop });
    return exitCodeOf(stop.signal.reason) ??
      (failed || lost ? EXIT.failed : EXIT.fine);
  } catch (error) {
    if (!(error instanceof OptionError)) throw error;
    err.write(`loopctl: ${error.message}\n`);
    return EXIT.usage;
  }
}

/**
 * Runs a session, and returns whether a command or a task failed. On a terminal
 * none does: the user has seen each failure.
 */
async function run(
  options: CliOptions,
  { out, err, stop }: Streams,
): Promise<boolean> {
  const { json, quiet, commands, stopOnError, ordered } = options;
  const { signal } = stop;
  const onTerminal = commands === undefined && Deno.stdin.isTerminal() &&
    Deno.stdout.isTerminal();
  const show = (reply: Reply): void => {
    const { kind, outcome } = reply;
    const aside = kind === "aside" || kind === "error";
    if (!quiet) {
      const stream = aside && !json ? err : out;
      stream.write(reply.raw ?? render(reply, json ? "json" : styleFor(false)));
    } else if (outcome?.state === "succeeded") {
      out.write(reply.raw ?? valueText(outcome.value, json));
    } else if (aside || outcome !== undefined) {
      err.write(render(reply, styleFor(false)));
    }
  };
  const tell = (message: string): void => show(notice(message, "aside"));
  let report = tell;
  // Before the rest is loaded: the loop starts meanwhile.
  const session = open(options, (message) => report(message));
  const { loop } = session;
  session.tell = show;
  let asked = false;
  // The second signal does not wait for tasks that clean up.
  let onSecond = (): void => loop.kill();
  let terminal: Terminal | undefined;
  using _ = listen((name) => {
    // Meant for the program that has the terminal.
    if (name === "SIGINT" && terminal?.lent) return;
    if (asked) onSecond();
    asked = true;
    stop.abort(name);
  });
  const end = async (): Promise<void> => {
    const running = session.running().length;
    if (running > 0) tell(`stopping ${counted(running, "task")}`);
    await close();
  };
  const close = async (): Promise<void> => {
    await session.endBatches();
    await loop.close({ cancel: true });
  };
  if (options.map !== undefined) {
    const { runMap } = await import("./map.ts");
    const shared = Deno.stdout.isTerminal() && !options.map.includes("--out");
    const done = await runMap(options.map, {
      session,
      show,
      err,
      quiet,
      style: Deno.stderr.isTerminal() && !shared
        ? () => styleFor(options.color && !Deno.noColor)
        : undefined,
      stop: signal,
      onSecond: (act) => {
        onSecond = () => {
          act();
          onSecond = () => loop.kill();
        };
      },
    });
    await close();
    return !done;
  }
  const first = options.modules.map((module) => `use ${quoteWord(module)}`);
  if (!onTerminal) {
    const { runScript } = await import("./script.ts");
    const script = { first, commands, stopOnError, ordered, signal, end };
    return !await runScript(session, show, script) || session.failed;
  }
  const module = await import("./terminal/terminal.ts");
  const { History, historyPath } = await import("./terminal/history.ts");
  const banner = `loopctl ${await version()} · "help" lists the commands`;
  if (!signal.aborted) {
    const style = (): Style => styleFor(options.color && !Deno.noColor);
    const path = options.keepHistory ? historyPath() : undefined;
    const history = new History(path, (message) => report(message));
    const prompt = new module.Terminal({
      session,
      output: out,
      json,
      style,
      history,
    });
    terminal = prompt;
    report = (message) => prompt.report(message);
    signal.addEventListener("abort", () => prompt.stop());
    if (!json) report(banner);
    if (!json && history.entries.length === 0) report(TO_TRY);
    await prompt.run(first);
  }
  await (signal.aborted ? end() : close());
  return false;
}

/** What `--quiet` prints of a value: a text as it is, all else as JSON. */
function valueText(value: unknown, json: boolean): string {
  if (value === undefined) return "";
  return typeof value === "string" && !json ? `${value}\n` : jsonLine(value);
}

/** @throws {OptionError} Tasks should have permissions that loopctl lacks. */
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

async function version(): Promise<string> {
  const config = await import("../../deno.json", { with: { type: "json" } });
  return config.default.version;
}

function styleFor(color: boolean): Style {
  return { ...screenSize(), color, now: Date.now() };
}

function screenSize(): { width: number; height?: number } {
  if (!Deno.stdout.isTerminal()) return { width: Infinity };
  let size;
  try {
    size = Deno.consoleSize();
  } catch {
    // The terminal has gone.
  }
  return { width: size?.columns || 80, height: size?.rows || 24 };
}
