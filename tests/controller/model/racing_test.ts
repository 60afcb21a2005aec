/**
 * A controller and its worker under random commands that do not wait for each
 * other. A failure prints the seed and the shortest sequence that fast-check
 * has found.
 */
import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertLessOrEqual,
} from "@std/assert";
import { CancelledError, LoopLostError, TimeoutError } from "../../../mod.ts";
import { runsOf } from "../../runs.ts";
import { racing } from "./commands.ts";
import { type Actor, type Run, runs } from "./run.ts";

/** What came of a task is something that it was asked for. */
function checkAllowed({ handle, asked, follows, cancels }: Actor): void {
  const outcome = handle.peek()!;
  switch (outcome.state) {
    case "succeeded":
      break;
    case "failed":
      if (outcome.error instanceof LoopLostError) {
        return assert(asked.has("kill"));
      }
      assert(asked.has("throws"));
      assertInstanceOf(outcome.error, RangeError);
      break;
    case "cancelled": {
      const { reason, confirmed, error } = outcome;
      if (error !== undefined) {
        assert(asked.has("throws"));
        assertInstanceOf(error, RangeError);
      }
      if (reason instanceof TimeoutError) assert(asked.has(reason.limit));
      else {
        assertInstanceOf(reason, CancelledError);
        const why = reason.message === "the loop was closed"
          ? "close"
          : reason.message;
        assert(asked.has(why));
      }
      if (!confirmed) {
        assert(asked.has("kill") || (!follows && asked.has("no grace")));
      }
      break;
    }
  }
  for (const { result, wasDone } of cancels) {
    // What else it was asked may have ended it as it was asked this.
    const alone = asked.size === 1 && cancels.length === 1;
    if (!alone && result === "finished") continue;
    const finished = wasDone || outcome.state !== "cancelled";
    assertEquals(
      result,
      finished ? "finished" : outcome.confirmed ? "cancelled" : "ignored",
    );
  }
}

Deno.test("a controller keeps its promises, however its commands race", async () => {
  await runs(racing, runsOf(1200), async (run, commands) => {
    for (const command of commands) {
      run.do(command);
      if (command.do === "turn") {
        await new Promise((resolve) => setImmediate(resolve));
        run.check();
      }
    }
    await run.finish();
    for (const actor of run.actors) checkAllowed(actor);
    if (run.killed) return;
    assertLessOrEqual(run.stage.takeMost(), most(run));
  });
});

/** Those that were given up have no place, but run. */
function most({ actors, highest }: Run): number {
  return highest + actors.filter(({ asked }) => asked.has("no grace")).length;
}
