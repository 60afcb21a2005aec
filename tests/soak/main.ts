/**
 * The long test: `deno task soak [--minutes 10] [--tasks 1000000] [--seed N]`.
 * Floods each engine with tasks, has chaos for the rest of the time, makes
 * noise in the end, and prints tables of what it saw. Exits with 1 at the
 * first thing that is not as it must be.
 */
import { parseArgs } from "@std/cli/parse-args";
import { assertEquals } from "@std/assert";
import { LoopController } from "../../mod.ts";
import { Chaos, type Tally } from "../engine/chaos.ts";
import type { EngineName } from "../engine/contract/suite.ts";
import { Random } from "../engine/random.ts";
import { flood, type FloodRow } from "./flood.ts";
import { makeNoise, type NoiseReport } from "./noise.ts";

const ENGINES: readonly EngineName[] = ["worker", "process"];

const options = parseArgs(Deno.args, { string: ["minutes", "tasks", "seed"] });
const minutes = Number(options.minutes ?? 10);
const tasks = Number(options.tasks ?? 1_000_000);
const seed = Number(options.seed ?? Date.now() % 2 ** 32);
const endsAt = performance.now() + minutes * 60_000;

function open(isolation: EngineName): LoopController {
  return new LoopController({ isolation, report: () => {}, memoryMb: 512 });
}

function cell(value: unknown): string {
  return typeof value === "number"
    ? Math.round(value).toLocaleString("en")
    : String(value ?? "–");
}

function print(
  columns: readonly string[],
  ...rows: readonly unknown[][]
): void {
  for (const row of rows) console.log(`| ${row.map(cell).join(" | ")} |`);
  if (rows.length > 0) return;
  console.log(`\n| ${columns.join(" | ")} |`);
  console.log(`|${columns.map(() => "---:|").join("")}`);
}

const FLOOD = [
  "engine",
  "tasks",
  "resident MB",
  "heap MB",
  "child MB",
  "succeeded",
  "failed",
  "cancelled",
  "of the failed lost",
  "loops lost",
];

function floodCells(row: FloodRow): unknown[] {
  const { engine, tasks, residentMb, heapMb, childMb } = row;
  const { succeeded, failed, cancelled, lost, loopsLost } = row;
  return [engine, tasks, residentMb, heapMb, childMb, succeeded, failed]
    .concat([cancelled, lost, loopsLost]);
}

async function floodBoth(): Promise<void> {
  print(FLOOD);
  for (const engine of ENGINES) {
    await using loop = open(engine);
    for await (const row of flood(loop, engine, tasks, new Random(seed))) {
      print(FLOOD, floodCells(row));
    }
  }
}

/** At least 2,000 rounds where there is the time for them. */
async function chaosTill(end: number): Promise<void> {
  const columns = ["engine", "rounds", "deaths", "tasks", "succeeded"]
    .concat(["failed", "cancelled", "of the failed lost"]);
  print(columns);
  const from = performance.now();
  for (const [n, engine] of ENGINES.entries()) {
    const until = from + (end - from) * (n + 1) / ENGINES.length;
    const chaos = new Chaos(new Random(seed), engine);
    await using loop = open(engine);
    let rounds = 0;
    for (; performance.now() < until; rounds++) await chaos.round(loop);
    const t: Tally = chaos.tally;
    assertEquals(t.succeeded + t.failed + t.cancelled, t.submitted);
    print(
      columns,
      [engine, rounds, t.deaths, t.submitted, t.succeeded]
        .concat([t.failed, t.cancelled, t.lost] as never[]),
    );
  }
}

async function noiseOf(seconds: number): Promise<void> {
  const columns = ["engine", "seconds", "lines written", "kept", "dropped"]
    .concat(["resident MB before", "after"]);
  print(columns);
  for (const engine of ENGINES) {
    await using loop = open(engine);
    const report: NoiseReport = await makeNoise(loop, engine, seconds);
    const { lines, kept, dropped, beforeMb, afterMb } = report;
    assertEquals(kept + dropped, lines);
    print(
      columns,
      [engine, seconds, lines, kept, dropped]
        .concat([beforeMb, afterMb] as never[]) as unknown[],
    );
  }
}

console.log(`soak: ${minutes} minutes, ${tasks} tasks, seed ${seed}`);
const noiseSeconds = Math.max(5, minutes * 3);
await floodBoth();
await chaosTill(endsAt - 2 * noiseSeconds * 1000);
await noiseOf(noiseSeconds);
console.log("\nevery handle settled, and all counts add up");
