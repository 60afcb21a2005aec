/**
 * Scenes in which the system's clock is set, each for a process of its own.
 * The arguments are the engine and by how much the clock was set, in
 * milliseconds, since the controller's thread began. What the scene comes to
 * is printed as JSON.
 */
import type { TaskHandle } from "../../mod.ts";
import { until } from "../until.ts";
import type { EngineName } from "./contract/suite.ts";
import { Fifo } from "./fifo.ts";

const HOUR = 3_600_000;
const [isolation, set] = Deno.args as [EngineName, string];

// The clocks are read by their first use, so this comes before the import. That
// this thread began by another clock is what a clock looks like that was set
// since; the threads and processes that it starts have the real one.
Object.defineProperty(performance, "timeOrigin", {
  value: performance.timeOrigin - Number(set),
});
const { now } = Date;
let jump = 0;
Date.now = () => now() + jump;

const { LoopController, TimeoutError } = await import("../../mod.ts");

const block = (path: string): string => Deno.readTextFileSync(path);

async function limitOf(handle: TaskHandle): Promise<string> {
  const outcome = await handle.outcome();
  return outcome.state === "cancelled" && outcome.reason instanceof TimeoutError
    ? outcome.reason.limit
    : outcome.state;
}

/** The moments of a task that has ended are in order, and not an hour apart. */
async function moments(): Promise<boolean[]> {
  await using loop = new LoopController({ isolation });
  const handle = loop.submit((): void => console.log("line"));
  await handle;
  const { submittedAt, startedAt, endedAt, elapsedMs } = handle.snapshot();
  const { at } = handle.logs()[0]!;
  return [
    submittedAt <= startedAt!,
    startedAt! <= endedAt!,
    endedAt! - submittedAt < HOUR / 2,
    elapsedMs === endedAt! - startedAt!,
    Math.abs(at - now()) < HOUR / 2,
  ];
}

/** What fires, and what is left, of the limits of a loop that is blocked. */
async function blocked(): Promise<unknown[]> {
  await using fifo = await Fifo.make();
  await using loop = new LoopController({ isolation, grace: 0 });
  const handle = loop.submit(block, [fifo.path], { timeout: HOUR / 2 });
  await fifo.arrival();
  await until(() => loop.health().state === "blocked");
  const { blockedMs } = loop.health();
  await until(() => loop.health().blockedMs > blockedMs + 300);
  const { state, cancelling, elapsedMs, remainingMs } = handle.snapshot();
  const seen = [state, cancelling, elapsedMs < HOUR / 4];
  seen.push(remainingMs! > HOUR / 4, remainingMs! <= HOUR / 2);
  handle.setTimeout(1);
  const limit = await limitOf(handle);
  await fifo.open();
  return [...seen, limit];
}

/** A deadline goes by the clock as it is set, also in a loop that is blocked. */
async function deadlines(): Promise<string[]> {
  await using fifo = await Fifo.make();
  await using loop = new LoopController({
    isolation,
    grace: 0,
    concurrency: 1,
  });
  const deadline = Date.now() + HOUR / 2;
  const running = loop.submit(block, [fifo.path], { deadline });
  const queued = loop.submit(() => 1, [], { deadline });
  const moved = loop.submit(() => 2, [], { deadline: Date.now() + HOUR / 4 });
  await fifo.arrival();
  await until(() => loop.health().state === "blocked");
  jump = -HOUR;
  const near = loop.submit(() => 3, [], { deadline: Date.now() + 1 });
  const limits = [await limitOf(near), running.state, queued.state];
  jump = 3 / 8 * HOUR;
  limits.push(await limitOf(moved), running.state, queued.state);
  jump = HOUR;
  limits.push(await limitOf(queued), await limitOf(running));
  await fifo.open();
  return limits;
}

console.log(JSON.stringify({
  moments: await moments(),
  blocked: await blocked(),
  deadlines: await deadlines(),
}));
