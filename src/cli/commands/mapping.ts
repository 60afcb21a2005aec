/** What `map` takes, and the batch that a line asks for. */
import { argumentsFor, asText } from "../batch/arguments.ts";
import { Keys, type Numbers } from "../batch/earlier.ts";
import {
  type Format,
  type Inputs,
  inputsIn,
  listed,
  range,
} from "../batch/inputs.ts";
import { BatchJob, type Plan, type Sink } from "../batch/job.ts";
import { keyOf } from "../batch/key.ts";
import { FILE, HALT, RATE, RESUME } from "../batch/kinds.ts";
import { type Opened, openOutput } from "../batch/open_output.ts";
import type { Output } from "../batch/output.ts";
import {
  COUNT,
  FLAG,
  NAME,
  TASK,
  TEXT,
  VALUE,
  type Value,
} from "../language/kinds.ts";
import { LineError, type Span } from "../language/line.ts";
import type { Parsed, Spec } from "../language/spec.ts";
import { builtinNamed } from "../session/builtins.ts";
import type { Session } from "../session/session.ts";
import { count } from "../text/amounts.ts";
import { builtinArguments, START_OPTIONS, submitOptions } from "./starting.ts";

export const MAP = {
  name: "map",
  reads: "lines",
  args: {
    task: { kind: TASK, adds: builtinNamed },
    args: { kind: VALUE, label: "ARGS", optional: true, many: true },
  },
  options: {
    lines: { kind: FILE, help: "each line of FILE is an input; - is stdin" },
    jsonl: { kind: FILE, help: "each line of FILE is an input in JSON" },
    csv: {
      kind: FILE,
      help: "each row is an input: an object with the header's names",
    },
    jsonInput: { kind: FLAG, help: "an input that parses as JSON is JSON" },
    name: { kind: NAME, help: "a name for the batch, to use as its ID" },
    concurrency: { kind: COUNT, help: "how many run at once; 16 by default" },
    rate: { kind: RATE, help: "how many start in a second, at most" },
    halt: {
      kind: HALT,
      help: "stop at the first-failure, at the N-th, or above N%",
    },
    out: {
      kind: FILE,
      help: "append each outcome as a line: CSV in a FILE.csv, else JSON",
    },
    sync: { kind: FLAG, help: "wait for the disk after each write" },
    resume: {
      kind: RESUME,
      bare: true,
      help: "leave out what succeeded in --out; =new: and what failed",
    },
    key: { kind: TEXT, label: "FIELD", help: "the field to know an input by" },
    duplicates: { kind: FLAG, help: "run equal inputs more than once" },
    dryRun: { kind: FLAG, help: "show the first calls, and start nothing" },
    quiet: { kind: FLAG, help: "show no progress and no summary" },
    ...START_OPTIONS,
  },
} as const satisfies Spec;

export type ParsedMap = Parsed<typeof MAP>;

/** Where a `map` is typed, and what holds there. */
export interface Place {
  readonly session: Session;
  readonly signal: AbortSignal;
  readonly endOfLine: Span;
  /** Whether stdin and stdout are for the batch, and not for a prompt. */
  readonly alone: boolean;
}

/** A batch that can be started. */
export interface Prepared {
  readonly plan: Plan;
  readonly opened: Opened | undefined;
  /** Opens the same again, for what is to be tried again. */
  readonly reopen: () => Promise<Opened | undefined>;
  /** What is told before the start. */
  readonly notes: readonly string[];
}

/**
 * Makes a plan of the line, and opens what it names.
 *
 * @throws {LineError | TypeError} Something in the line is wrong.
 */
export async function prepare(
  { args: { task, args }, options, added }: ParsedMap,
  { session, signal, endOfLine, alone }: Place,
): Promise<Prepared> {
  const {
    lines,
    jsonl,
    csv,
    jsonInput,
    name = alone ? task.text : session.starts.newGroupName(),
    concurrency,
    rate,
    halt: until,
    out: given,
    sync = false,
    resume,
    key: field,
    duplicates = false,
    dryRun = false,
    quiet: _,
    ...each
  } = options;
  const stdio = alone ? "-" : undefined;
  const out = given === undefined || given === "-" ? stdio : given;
  if (resume !== undefined && (out === undefined || out === "-")) {
    throw new LineError("--resume needs --out FILE", endOfLine);
  }
  if (session.batches.get(name)?.batch.done === false) {
    throw new LineError(`a batch ${name} runs already`, endOfLine);
  }
  const { reference, builtin } = session.modules.find(task);
  const { words, inputs } = await readArguments(
    args,
    { lines, jsonl, csv },
    jsonInput ? jsonOrText : (text) => text,
    stdio,
    endOfLine,
  );
  const plain = argumentsFor(words, builtin?.literal ? "last" : "first");
  const argumentsOf = (input: unknown): unknown[] => {
    const values = plain(input);
    const args = builtin === undefined ? values : builtinArguments(
      builtin,
      values.map((value) => ({ ...task, text: asText(value), value })),
      task,
    );
    return Object.keys(added).length === 0 ? args : [...args, added];
  };
  const keys = new Keys(resume, duplicates);
  const opened = out === undefined || (dryRun && resume === undefined)
    ? undefined
    : await openOutput(out, reference.export, keys, {
      resume: resume !== undefined,
      sync,
    });
  try {
    const plan = {
      task: reference,
      inputs,
      keyOf: (input: unknown) => keyOf(input, field),
      keys,
    };
    const notes = opened?.note === undefined ? [] : [opened.note];
    let due: number | undefined;
    if (resume !== undefined && inputs.again) {
      for await (const some of inputs.read()) {
        signal.throwIfAborted();
        for (const input of some) keys.count(plan.keyOf(input));
      }
      const { failed, fresh } = keys.numbers;
      due = fresh + (resume === "new" ? 0 : failed);
      notes.push(numbersText(keys.numbers, resume));
    }
    return {
      plan: {
        ...plan,
        due,
        options: {
          ...submitOptions(each),
          name,
          args: ({ input }) => argumentsOf(input),
          ...concurrency === undefined ? {} : { concurrency },
          ...rate === undefined ? {} : { rate },
          ...until === undefined ? {} : { until },
        },
      },
      opened,
      reopen: async () =>
        out === undefined
          ? undefined
          : await openOutput(out, reference.export, new Keys("new", true), {
            resume: true,
            sync,
          }),
      notes,
    };
  } catch (error) {
    opened?.close();
    throw error;
  }
}

/** Starts the batch. The outcomes go to the `sink` if nothing was opened. */
export function start(
  { plan, opened, reopen, notes }: Prepared,
  session: Session,
  sink?: Sink,
): BatchJob {
  const sinkFor = (onFailure: (error: Error) => void): Sink =>
    opened === undefined
      ? sink!
      : forgetting(opened.output(onFailure), session);
  const retry = async (): Promise<BatchJob> => {
    const { failed } = job;
    const again: Plan = {
      ...plan,
      inputs: listed(failed),
      keys: new Keys(undefined, true),
      due: failed.length,
    };
    const prepared = { plan: again, opened: await reopen(), reopen, notes };
    return start(prepared, session, sink);
  };
  const job: BatchJob = new BatchJob(plan, session, sinkFor, retry);
  session.batches.set(job.name, job);
  return job;
}

/** Lets go of each task whose outcome is written. */
function forgetting(output: Output, session: Session): Sink {
  return {
    add: (ended, handle) => {
      const written = output.add(ended);
      if (handle !== undefined) {
        session.markReported(handle);
        session.loop.collect([handle]);
      }
      return written;
    },
    close: () => output.close(),
  };
}

/** What the words after the task are: arguments, and inputs. */
async function readArguments(
  values: readonly Value[],
  files: Readonly<Record<Format, string | undefined>>,
  parse: (text: string) => unknown,
  stdio: "-" | undefined,
  place: Span,
): Promise<{ words: readonly Value[]; inputs: Inputs }> {
  const sources: Inputs[] = [];
  const words: Value[] = [];
  const mark = values.findIndex(({ text }) => text === ":::");
  for (const word of mark < 0 ? values : values.slice(0, mark)) {
    const [, from, to] = /^(-?\d{1,15})\.\.(-?\d{1,15})$/.exec(word.text) ?? [];
    if (from === undefined || word.quoted) words.push(word);
    else sources.push(range(Number(from), Number(to)));
  }
  if (mark >= 0) {
    const texts = values.slice(mark + 1).map(({ text }) => text);
    sources.push(listed(texts.map(parse)));
  }
  for (const [format, path] of Object.entries(files)) {
    if (path === undefined) continue;
    if (path === "-" && stdio === undefined) {
      throw new LineError("stdin is what the prompt reads", place);
    }
    sources.push(await inputsIn(path, format as Format, parse));
  }
  if (sources.length === 0 && stdio !== undefined && !Deno.stdin.isTerminal()) {
    sources.push(await inputsIn(stdio, "lines", parse));
  }
  const [inputs, ...others] = sources;
  if (inputs !== undefined && others.length === 0) return { words, inputs };
  const what = inputs === undefined ? "needs inputs" : "takes inputs once";
  throw new LineError(
    `"map" ${what}: ::: A B C, 1..100, --lines FILE, --jsonl FILE or --csv FILE`,
    place,
  );
}

function numbersText(
  { succeeded, failed, fresh }: Numbers,
  resume: "failed" | "new",
): string {
  const again = resume === "new" ? "left out too" : "to run again";
  return `${count(succeeded)} succeeded before, ${count(failed)} failed ` +
    `before (${again}), ${count(fresh)} new`;
}

function jsonOrText(text: string): unknown {
  return VALUE.parse({ text, quoted: true, start: 0, end: 0 }, 0).value;
}
