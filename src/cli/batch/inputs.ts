/** Where the inputs of a batch come from, and how they are read. */
import { readBlocks, readLines } from "./lines.ts";

/** How the bytes of a file, or of stdin, become inputs. */
export type Format = "lines" | "jsonl" | "csv";

type Bytes =
  | Iterable<Uint8Array<ArrayBuffer>>
  | AsyncIterable<Uint8Array<ArrayBuffer>>;

/** Inputs that are read one after the other. */
export interface Inputs {
  /** Several at a time: a step of an async iteration for each takes too long. */
  readonly read: () => AsyncIterable<Iterable<unknown>>;
  /** Whether they can be read more than once, to count them. */
  readonly again: boolean;
  /** How many there are, if that is known without reading. */
  readonly size?: number;
}

/** Inputs that stand in the line itself. */
export function listed(inputs: readonly unknown[]): Inputs {
  return of(() => inputs, inputs.length);
}

/** The whole numbers from one to the other, also downwards. */
export function range(from: number, to: number): Inputs {
  const step = from <= to ? 1 : -1;
  const size = Math.abs(to - from) + 1;
  return of(function* () {
    for (let n = 0; n < size; n++) yield from + n * step;
  }, size);
}

function of(inputs: () => Iterable<unknown>, size: number): Inputs {
  const read = async function* (): AsyncGenerator<Iterable<unknown>> {
    yield inputs();
  };
  return { read, again: true, size };
}

/** The inputs in a file; `-` is stdin. `parse` makes inputs from lines. */
export async function inputsIn(
  path: string,
  format: Format,
  parse: (text: string) => unknown,
): Promise<Inputs> {
  const stdin = path === "-";
  const name = stdin ? "stdin" : path;
  const again = !stdin && (await Deno.stat(path)).isFile;
  const open = async (): Promise<Bytes> => {
    if (stdin) return Deno.stdin.readable;
    return again ? readBlocks(path) : (await Deno.open(path)).readable;
  };
  const read = async function* (): AsyncGenerator<Iterable<unknown>> {
    const bytes = await open();
    if (format === "csv") yield* readRows(bytes);
    else yield* parsed(bytes, name, format === "jsonl" ? JSON.parse : parse);
  };
  return { read, again };
}

async function* parsed(
  bytes: Bytes,
  name: string,
  parse: (text: string) => unknown,
): AsyncGenerator<Iterable<unknown>> {
  let number = 0;
  /** Blank lines are no inputs. */
  const inputsOf = function* (lines: readonly string[]): Generator<unknown> {
    for (const line of lines) {
      number++;
      const text = line.endsWith("\r") ? line.slice(0, -1) : line;
      if (text.trim() === "") continue;
      let input: unknown;
      try {
        input = parse(text);
      } catch (error) {
        const { message } = error as Error;
        throw new SyntaxError(`${name}, line ${number}: ${message}`);
      }
      yield input;
    }
  };
  for await (const lines of readLines(bytes)) yield inputsOf(lines);
}

/** Each row as an object, by the names in the first row. */
async function* readRows(
  bytes: Bytes,
): AsyncGenerator<Iterable<unknown>> {
  const { CsvParseStream } = await import("@std/csv/parse-stream");
  const rows = ReadableStream.from(bytes)
    .pipeThrough(new TextDecoderStream("utf-8", { fatal: true }))
    .pipeThrough(new CsvParseStream({ skipFirstRow: true }));
  for await (const row of rows) yield [row];
}
