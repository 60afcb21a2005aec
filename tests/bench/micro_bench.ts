/**
 * Guards the hot paths: `deno bench -A tests/bench`. Each is a thousand steps
 * or so; what takes twice as long after a change has got slower.
 */
import type { Clock } from "../../src/clock.ts";
import { decodeThrown, encodeThrown } from "../../src/protocol/codec.ts";
import { IdTable } from "../../src/id_table.ts";
import { type Linked, LinkedList } from "../../src/linked_list.ts";
import { SharedState } from "../../src/protocol/shared_state.ts";
import { Timer, Timers } from "../../src/timers.ts";
import { LoopController } from "../../mod.ts";

const STEPS = 1000;

class NoTimer extends Timer {
  override fire(): void {}
}

/** Stands still, and arms nothing. */
const stopped: Clock = { now: () => 0, after: () => () => {} };

Deno.bench("timers: start and stop 1,000 of as many durations", () => {
  const timers = new Timers(stopped);
  const started = Array.from({ length: STEPS }, () => new NoTimer());
  for (const [n, timer] of started.entries()) timers.start(timer, n);
  for (const timer of started) timers.stop(timer);
});

Deno.bench("timers: start and stop 1,000 of one duration", () => {
  const timers = new Timers(stopped);
  const started = Array.from({ length: STEPS }, () => new NoTimer());
  for (const timer of started) timers.start(timer, 10);
  for (const timer of started) timers.stop(timer);
});

class Node implements Linked<Node> {
  previous: Node | undefined = undefined;
  next: Node | undefined = undefined;
}

Deno.bench("linked list: append 1,000, remove each", () => {
  const list = new LinkedList<Node>();
  const nodes = Array.from({ length: STEPS }, () => new Node());
  for (const node of nodes) list.append(node);
  for (const node of nodes) list.remove(node);
});

Deno.bench("id table: add, get and delete 1,000", () => {
  const table = new IdTable<Node>();
  const node = new Node();
  for (let id = 1; id <= STEPS; id++) table.add(id, node);
  for (let id = 1; id <= STEPS; id++) if (table.get(id)) table.delete(id);
});

const error = new RangeError("too far", { cause: new Error("by a mile") });

Deno.bench("codec: an error with a cause, to data and back", () => {
  decodeThrown(encodeThrown(error));
});

const sharedState = new SharedState();
let begun = 0;

Deno.bench("shared state: post and look 1,000 times", () => {
  for (let n = 0; n < STEPS; n++) {
    sharedState.addPost();
    if (sharedState.posts === 0) throw new Error("nothing was posted");
  }
});

Deno.bench("shared state: begin 1,000 tasks", () => {
  for (let n = 0; n < STEPS; n++) sharedState.begin(++begun);
});

const loop = new LoopController();
const running = loop.submit(() => new Promise(() => {}));

Deno.bench("poll: a running task's state, 1,000 times", () => {
  for (let n = 0; n < STEPS; n++) {
    if (running.done) throw new Error("the task has ended");
  }
});

Deno.bench("one task, there and back", async () => {
  await loop.submit((n: number) => n, [1]);
});

Deno.bench("1,000 tasks, there and back", async () => {
  const echo = (n: number): number => n;
  await loop.gather(
    Array.from({ length: STEPS }, (_, n) => [echo, [n]] as const),
  ).results();
  loop.collect();
});

globalThis.addEventListener("unload", () => loop.kill());
