/** Handles that a controller is given and that are not its own. */
import { assertEquals, assertIsError } from "@std/assert";
import type { LoopController, TaskHandle } from "../../mod.ts";
import { Gate } from "../gate.ts";
import { openLoop } from "../helpers.ts";
import { tasks } from "../tasks.ts";

/** Every call of a controller that takes handles. */
const CALLS: Readonly<
  Record<string, (loop: LoopController, handles: TaskHandle[]) => unknown>
> = {
  "cancel": (loop, handles) => loop.cancel(handles),
  "wait": (loop, handles) => loop.wait(handles),
  "waitSync": (loop, handles) => loop.waitSync(handles),
  "asCompleted": (loop, handles) => loop.asCompleted(handles),
  "collect": (loop, handles) => loop.collect(handles),
};

const NOT_HANDLES: readonly unknown[] = [undefined, null, 1, {}, [], "#1"];

for (const [name, call] of Object.entries(CALLS)) {
  for (const theirState of ["running", "queued", "succeeded"] as const) {
    Deno.test(`${name} refuses a ${theirState} task of another controller, and harms none`, async () => {
      await using ours = openLoop({ concurrency: 1 });
      await using theirs = openLoop({ concurrency: 1 });
      using gate = new Gate();
      const own = ours.submit(tasks.waitAt, [gate.key, 1]);
      const queued = ours.submit(tasks.waitAt, [gate.key, 2]);
      if (theirState === "queued") theirs.submit(tasks.waitAt, [gate.key, 3]);
      const other = theirState === "succeeded"
        ? theirs.submit(tasks.echo, [4])
        : theirs.submit(tasks.waitAt, [gate.key, 4], { name: "page" });
      await gate.arrivals(theirState === "succeeded" ? 1 : 2);
      if (theirState === "succeeded") await other;
      const error = await failureOf(() => call(ours, [own, other]));
      assertIsError(error, TypeError, "it is another controller's");
      assertEquals(
        [own.state, queued.state, other.state],
        ["running", "queued", theirState],
      );
      gate.open();
      assertEquals([await own, await queued, await other], [1, 2, 4]);
      assertEquals(theirs.get(other.id) === other, true, "it is still known");
      await ours.close();
      await theirs.close();
    });
  }

  Deno.test(`${name} refuses what is no handle, and harms none`, async () => {
    await using loop = openLoop();
    const handle = loop.submit(tasks.echo, [1]);
    for (const value of NOT_HANDLES) {
      const handles = [handle, value as TaskHandle];
      const error = await failureOf(() => call(loop, handles));
      assertIsError(error, TypeError, "it must be a task handle");
    }
    assertEquals(await handle, 1);
    assertEquals(loop.list(), [handle]);
  });
}

async function failureOf(call: () => unknown): Promise<unknown> {
  try {
    await call();
  } catch (error) {
    return error;
  }
  return undefined;
}
