/** Every way in which a loop can end leaves no handle behind. */
import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertMatch,
} from "@std/assert";
import { LoopLostError, type TaskHandle } from "../../mod.ts";
import { openLoop } from "../helpers.ts";
import { until } from "../until.ts";
import { WAYS_TO_DIE } from "./ways_to_die.ts";

declare const task: typeof import("../../src/task_api.ts").task;

async function lossOf(handle: TaskHandle): Promise<LoopLostError> {
  const outcome = await handle.outcome();
  assert(outcome.state === "failed", `${handle.id} ${outcome.state}`);
  assertInstanceOf(outcome.error, LoopLostError);
  assertEquals(outcome.error.taskId, handle.id);
  return outcome.error;
}

for (const { name, engines, die, cause, known } of WAYS_TO_DIE) {
  for (const isolation of engines) {
    Deno.test(`${name} in a ${isolation} loses its loop, and every handle settles`, async () => {
      await using loop = openLoop({ isolation, concurrency: 3, memoryMb: 64 });
      const sleep = () => task.sleep(Infinity);
      const sibling = loop.submit(async () => {
        task.spawn(() => task.sleep(Infinity));
        await task.sleep(Infinity);
      });
      const again = loop.submit(sleep, [], { onLoopLost: "resubmit" });
      const childId = `${sibling.id as number}.1` as const;
      await until(() => loop.get(childId) !== undefined);
      const child = loop.get(childId)!;
      const culprit = loop.submit(
        async (source: string) => {
          await (0, eval)(source)();
          await task.sleep(Infinity);
        },
        [String(die)],
        { onLoopLost: known ? "resubmit" : "fail" },
      );
      const waiting = loop.submit(() => "on the next loop");
      assertEquals(waiting.state, "queued");

      const loss = await lossOf(sibling);
      assertInstanceOf(loss.cause, Error);
      assertMatch(loss.cause.message, cause);
      assert(loss.running.includes(sibling.id), "the sibling was running");
      assertEquals((await lossOf(child)).begun, true);
      const { begun, message } = await lossOf(culprit);
      assert(begun !== false, `it began, since it did it: ${message}`);

      assertEquals(await waiting, "on the next loop");
      assertEquals(await loop.submit((n: number) => n + 1, [1]), 2);
      assertEquals([again.done, again.cancelling], [false, false]);
      assertEquals(await again.cancel(), "cancelled");
    });
  }
}
