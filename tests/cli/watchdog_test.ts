/** What is done about a blocked loop that nobody looks at. */
import { assert, assertEquals } from "@std/assert";
import type { LoopController, TaskHandle } from "../../mod.ts";
import type { JsonObject, Reply } from "../../src/cli/render/reply.ts";
import { Session } from "../../src/cli/session/session.ts";
import { Watchdog } from "../../src/cli/watchdog.ts";
import { Fifo } from "../engine/fifo.ts";
import { openLoop } from "../helpers.ts";
import { PATIENCE_MS } from "../patience.ts";
import { until } from "../until.ts";

/** A watchdog that does not let a test wait. */
function watch(loop: LoopController): { dog: Watchdog; said: JsonObject[] } {
  const said: JsonObject[] = [];
  const show = (reply: Reply): void => void said.push(...[reply.json()].flat());
  const times = {
    checkEveryMs: 10,
    firstWarningMs: 100,
    maxBlockedMs: 200,
    fromStartMs: PATIENCE_MS,
  };
  const dog = new Watchdog(new Session(loop), show, times);
  dog.waiting = true;
  return { dog, said };
}

const block = (path: string): string => Deno.readTextFileSync(path);

/** A task that blocks the loop, in an array, since it would be awaited. */
async function blocker(
  loop: LoopController,
  fifo: Fifo,
  options: { timeout?: number } = {},
): Promise<[TaskHandle]> {
  const handle = loop.submit(block, [fifo.path], options);
  await fifo.arrival();
  return [handle];
}

Deno.test("a Watchdog ends a loop that a task blocks past its timeout, so that what waits goes on", async () => {
  await using fifo = await Fifo.make();
  await using loop = openLoop({ grace: 0, concurrency: 1 });
  const { dog, said } = watch(loop);
  using _ = dog;
  const [stuck] = await blocker(loop, fifo, { timeout: 1 });
  await until(() => stuck.abandoned);
  const behind = loop.submit(() => "behind", [], { onLoopLost: "resubmit" });
  assertEquals(await behind, "behind");
  await until(() => said.some(({ type }) => type === "siblings"));
  const types = said.map(({ type }) => type);
  assert(types.includes("blocked"));
  const done = types.filter((type) => type !== "blocked");
  assertEquals(done, ["kill", "siblings"]);
  const kill = said.find(({ type }) => type === "kill");
  assertEquals([kill?.id, kill?.answer], [stuck.id, "unstoppable"]);
  await fifo.open();
  await until(() => !stuck.abandoned);
});

Deno.test("a Watchdog says that a loop is blocked, and leaves it to a task that may run", async () => {
  await using fifo = await Fifo.make();
  await using loop = openLoop({ grace: 0 });
  const { dog, said } = watch(loop);
  using _ = dog;
  const [busy] = await blocker(loop, fifo, { timeout: 3_600_000 });
  await until(() => loop.health().blockedMs > 700);
  assert(said.length > 0);
  assert(said.every(({ type }) => type === "blocked"));
  assertEquals(busy.state, "running");
  await fifo.open("value");
  assertEquals(await busy, "value");
});

Deno.test("a Watchdog is silent while nobody waits for the loop", async () => {
  await using fifo = await Fifo.make();
  await using loop = openLoop({ grace: 0 });
  const { dog, said } = watch(loop);
  using _ = dog;
  dog.waiting = false;
  const [stuck] = await blocker(loop, fifo, { timeout: 1 });
  await until(() => stuck.abandoned);
  const { blockedMs } = loop.health();
  // As long as it is silent, and as long as it lets the task block the loop.
  await until(() => loop.health().blockedMs > blockedMs + 300);
  assertEquals(said, []);
  await fifo.open();
  await until(() => !stuck.abandoned);
});
