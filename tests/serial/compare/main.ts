/**
 * Other ways to write values, on the cases that ours is tested with:
 *
 *     deno run -A --no-lock tests/serial/compare/main.ts
 *
 * What they refuse by themselves is not counted: each is given what structured
 * clone made of the value, which has no function, class or foreign realm in it.
 */
import fc from "fast-check";
import { assertCopy, CASES, values } from "../cases.ts";
import { type Candidate, CANDIDATES, type Contestant } from "./contestants.ts";

const RANDOM = 1000;
const TRIPS = 300_000;
const BYTES = 16_000_000;
const STARTS = 15;
const MIB = 2 ** 20;

/** What one contestant came to. */
interface Result {
  readonly "µs a trip": number;
  readonly "MiB after": number;
  readonly "ms for 16 MB": number;
  readonly "random values lost": number;
  readonly "cases lost": readonly string[];
}

function keeps({ write, read }: Contestant, value: unknown): boolean {
  try {
    assertCopy(read(write(structuredClone(value))), value);
    return true;
  } catch {
    return false;
  }
}

/** The time and the memory of many small values, one after the other. */
async function travel(
  { write, read }: Contestant,
): Promise<{ micros: number; mib: number }> {
  const start = performance.now();
  for (let n = 0; n < TRIPS; n++) {
    read(write({ id: n, value: "hello" }));
    if (n % 1000 === 0) await new Promise((resolve) => setTimeout(resolve));
  }
  const micros = (performance.now() - start) * 1000 / TRIPS;
  return { micros, mib: Deno.memoryUsage().rss / MIB };
}

function carry({ write, read }: Contestant): number {
  const bytes = new Uint8Array(BYTES);
  const start = performance.now();
  try {
    read(write(bytes));
  } catch {
    return Infinity;
  }
  return performance.now() - start;
}

async function judge(contestant: Contestant): Promise<Result> {
  const { micros, mib } = await travel(contestant);
  const random = fc.sample(values, { numRuns: RANDOM, seed: 7 });
  // Most write each of four thousand million gaps.
  const cases = Object.entries(CASES)
    .filter(([name]) => !name.includes("four thousand million"));
  return {
    "µs a trip": Number(micros.toFixed(1)),
    "MiB after": Math.round(mib),
    "ms for 16 MB": Math.round(carry(contestant)),
    "random values lost":
      random.filter((value) => !keeps(contestant, value)).length,
    "cases lost": cases.filter(([, value]) => !keeps(contestant, value))
      .map(([name]) => name),
  };
}

async function deno(...args: string[]): Promise<[text: string, ms: number]> {
  const start = performance.now();
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args,
    stderr: "inherit",
  }).output();
  return [new TextDecoder().decode(stdout), performance.now() - start];
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)]!;
}

/** How long a program that imports it alone takes, as one that does nothing. */
async function startRatio({ module }: Candidate): Promise<number> {
  const bare: number[] = [];
  const full: number[] = [];
  for (let n = 0; n < STARTS; n++) {
    bare.push((await deno("eval", "--no-lock", ""))[1]);
    full.push((await deno("eval", "--no-lock", `import "${module}"`))[1]);
  }
  return median(full) / median(bare);
}

const [chosen] = Deno.args;
if (chosen !== undefined) {
  const { load } = CANDIDATES.find(({ name }) => name === chosen)!;
  console.log(JSON.stringify(await judge(await load())));
} else {
  for (const candidate of CANDIDATES) {
    // In a process of its own, so that none has another's memory.
    const [text] = await deno(
      ...["run", "-A", "--no-lock", import.meta.filename!, candidate.name],
    );
    const start = Number((await startRatio(candidate)).toFixed(1));
    console.log(candidate.name, { "start ×": start, ...JSON.parse(text) });
  }
}
