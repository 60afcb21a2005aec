/** `loopctl map …`: one batch without a prompt, in the foreground. */
import type { BatchJob } from "./batch/job.ts";
import { progressLine } from "./batch/progress.ts";
import { summaryReply } from "./batch/summary.ts";
import { execute } from "./commands/execute.ts";
import { dryRunReply } from "./commands/map.ts";
import { MAP, type ParsedMap, prepare, start } from "./commands/mapping.ts";
import { useModule } from "./commands/use.ts";
import { lineOf } from "./language/lexer.ts";
import { parseLine } from "./language/parser.ts";
import { OptionError } from "./options.ts";
import { progressText } from "./render/batch.ts";
import { notice, type Output, type Reply } from "./render/reply.ts";
import type { Session } from "./session/session.ts";
import { builtinNamed } from "./session/builtins.ts";
import type { Style } from "./text/style.ts";

export interface Surroundings {
  readonly session: Session;
  readonly show: (reply: Reply) => void;
  readonly err: Output;
  /** The style of stderr if that is a terminal which shows nothing else. */
  readonly style: (() => Style) | undefined;
  /** Whether only errors are to be said. */
  readonly quiet: boolean;
  /** Aborts with the first signal that the program gets. */
  readonly stop: AbortSignal;
  /** What the second one does is to be called back. */
  readonly onSecond: (act: () => void) => void;
}

/**
 * Runs the batch that the words ask for, and returns whether every input that
 * was due has succeeded. An interrupt lets what runs end; a second one, and any
 * other signal, cancels it.
 *
 * @throws {OptionError} The words are wrong, or name what can't be used.
 */
export async function runMap(
  words: readonly string[],
  surroundings: Surroundings,
): Promise<boolean> {
  const { session, show, stop, onSecond } = surroundings;
  const line = lineOf(words);
  if (words.includes("--help")) {
    for await (const one of execute({ text: "help map" }, session, stop)) {
      show(one);
    }
    return true;
  }
  let parsed: ParsedMap;
  let prepared: Awaited<ReturnType<typeof prepare>>;
  try {
    parsed = await parse(line, session, stop);
    prepared = await prepare(parsed, {
      session,
      signal: stop,
      endOfLine: { start: line.length, end: line.length + 1 },
      alone: true,
    });
  } catch (error) {
    if (stop.aborted) return false;
    throw new OptionError((error as Error).message);
  }
  const { dryRun, out, resume } = parsed.options;
  const quiet = surroundings.quiet || parsed.options.quiet;
  if (!quiet) {
    for (const note of prepared.notes) show(notice(note, "aside"));
  }
  if (dryRun) {
    show(await dryRunReply(prepared.plan));
    return true;
  }
  const job = start(prepared, session);
  const { batch } = job;
  const onStop = (): void => {
    if (stop.reason === "SIGINT") void batch.close("interrupted");
    else void batch.cancel("terminated");
  };
  if (stop.aborted) onStop();
  stop.addEventListener("abort", onStop);
  onSecond(() => void batch.cancel("interrupted"));
  {
    using _ = quiet ? undefined : showProgress(job, surroundings);
    await job.finished;
  }
  const { failed, cancelled } = job.progress;
  const resumable = out !== undefined && out !== "-";
  const done = failed + cancelled === 0 && job.failure === undefined;
  const again = !done && resumable
    ? `loopctl ${line}${resume === undefined ? " --resume" : ""}`
    : undefined;
  if (!quiet) show(summaryReply(job, again));
  else if (job.failure !== undefined) {
    show(notice(`ended early: ${job.failure.message}`, "aside"));
  }
  return done;
}

/** Parses the line, and loads the module that follows a task of none of ours. */
async function parse(
  line: string,
  session: Session,
  signal: AbortSignal,
): Promise<ParsedMap> {
  const load = (): Promise<typeof MAP> => Promise.resolve(MAP);
  const parsed = await parseLine(line, { names: [MAP.name], load });
  const map = parsed as unknown as ParsedMap;
  const { task, args: [module, ...args] } = map.args;
  if (builtinNamed(task) !== undefined || module === undefined) return map;
  await useModule(module, session, signal);
  return { ...map, args: { task, args } };
}

const DRAW_MS = 100;
const LOG_MS = 5000;

/** A line at the bottom of a terminal; in a log, a line every few seconds. */
function showProgress(
  job: BatchJob,
  { err, style }: Surroundings,
): Disposable {
  const draw = style === undefined
    ? () => err.write(`${progressText(job)}\n`)
    : () => {
      const line = progressLine(job, style());
      err.control("\r\x1b[K");
      err.write(line);
    };
  const timer = setInterval(draw, style === undefined ? LOG_MS : DRAW_MS);
  return {
    [Symbol.dispose]: () => {
      clearInterval(timer);
      if (style !== undefined) err.control("\r\x1b[K");
    },
  };
}
