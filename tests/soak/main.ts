/**
 * The long test: `deno task soak [--minutes 10] [--tasks 1000000] [--seed N]`.
 * Floods each engine with tasks, has chaos for most of the time, makes noise
 * in the end, and prints tables of what it saw. Ends with an error at the
 * first thing that is not as it must be.
 */
import { parseArgs } from "@std/cli/parse-args";
import { assertEquals } from "@std/assert";
import { LoopController } from "../../mod.ts";
import { Chaos } from "../engine/chaos.ts";
import type { EngineName } from "../engine/contract/suite.ts";
import { Random } from "../engine/random.ts";
import { flood } from "./flood.ts";
import { measure } from "./memory.ts";
import { makeNoise } from "./noise.ts";
import { Table } from "./table.ts";

const ENGINES: readonly EngineName[] = ["worker", "process"];

const options = parseArgs(Deno.args, { string: ["minutes", "tasks", "seed"] });
const minutes = Number(options.minutes ?? 10);
const tasks = Number(options.tasks ?? 1_000_000);
const seed = Number(options.seed ?? Date.now() % 2 ** 32);

function open(isolation: EngineName): LoopController {
  return new LoopController({ isolation, onWarning: () => {}, memoryMb: 512 });
}

async function haveFloods(): Promise<void> {
  const table = new Table([
    "engine",
    "tasks",
    "resident MB",
    "heap MB",
    "child's resident MB",
    "succeeded",
    "failed",
    "cancelled",
    "loops lost",
    "tasks lost with them",
  ]);
  for (const engine of ENGINES) {
    await using loop = open(engine);
    for await (const row of flood(loop, engine, tasks, new Random(seed))) {
      const { residentMb, heapMb, childMb, loopsLost, lost } = row;
      const { succeeded, failed, cancelled } = row;
      table.row(
        engine,
        row.tasks,
        residentMb,
        heapMb,
        childMb,
        succeeded,
        failed,
        cancelled,
        loopsLost,
        lost,
      );
    }
  }
}

/** Each engine has an equal part of the time that is left till `end`. */
async function haveChaos(end: number): Promise<void> {
  const table = new Table([
    "engine",
    "rounds",
    "deaths",
    "tasks",
    "succeeded",
    "failed",
    "cancelled",
    "lost",
    "resident MB at first",
    "in the end",
  ]);
  const from = performance.now();
  for (const [n, engine] of ENGINES.entries()) {
    const until = from + (end - from) * (n + 1) / ENGINES.length;
    const chaos = new Chaos(new Random(seed), engine);
    await using loop = open(engine);
    await chaos.round(loop);
    const first = await measure();
    let rounds = 1;
    for (; performance.now() < until; rounds++) await chaos.round(loop);
    const last = await measure();
    const { deaths, submitted, succeeded, failed, cancelled, lost } =
      chaos.tally;
    assertEquals(succeeded + failed + cancelled, submitted);
    table.row(
      engine,
      rounds,
      deaths,
      submitted,
      succeeded,
      failed,
      cancelled,
      lost,
      first.residentMb,
      last.residentMb,
    );
  }
}

async function haveNoise(seconds: number): Promise<void> {
  const table = new Table([
    "engine",
    "seconds",
    "lines written",
    "kept",
    "dropped",
    "resident MB before",
    "after",
  ]);
  for (const engine of ENGINES) {
    await using loop = open(engine);
    const noise = await makeNoise(loop, seconds);
    const { lines, kept, dropped, beforeMb, afterMb } = noise;
    assertEquals(kept + dropped, lines);
    table.row(engine, seconds, lines, kept, dropped, beforeMb, afterMb);
  }
}

const endsAt = performance.now() + minutes * 60_000;
const noiseSeconds = Math.max(5, minutes * 3);
console.log(`soak: ${minutes} minutes, ${tasks} tasks, seed ${seed}`);
await haveFloods();
await haveChaos(endsAt - 2 * noiseSeconds * 1000);
await haveNoise(noiseSeconds);
console.log("\nEvery handle settled, and all counts add up.");
