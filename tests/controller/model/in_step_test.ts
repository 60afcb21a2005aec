/**
 * A controller and its worker against a plain model, over random sequences of
 * commands. A failure prints the seed and the shortest sequence that
 * fast-check has found.
 */
import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import { deadline } from "@std/async/deadline";
import { CancelledError, TimeoutError } from "../../../mod.ts";
import { PATIENCE_MS } from "../../patience.ts";
import { runsOf } from "../../runs.ts";
import { tasks } from "../../tasks.ts";
import { inStep } from "./commands.ts";
import { isDone, Model } from "./model.ts";
import { rest, type Run, runs } from "./run.ts";

/** What the model says of each task, in a form to be compared. */
function expected({ tasks }: Model): string[] {
  return tasks.map((task) =>
    [
      task.id,
      task.state,
      task.abandoned,
      !isDone(task) && task.why !== undefined,
    ]
      .join()
  );
}

function actual({ actors }: Run): string[] {
  return actors.map(({ handle }) =>
    [handle.id, handle.state, handle.abandoned, handle.cancelling].join()
  );
}

/** Whether those know that they are to stop that the model says it of. */
function isTold(run: Run, model: Model): boolean {
  return model.running.every(({ id, why }) => {
    const { index } = run.actors[id - model.firstId]!;
    return why === undefined || run.stage.puppet(index).stopping;
  });
}

/** The reasons and errors of cancelled tasks agree with the model's. */
function checkReasons(run: Run, model: Model): void {
  for (const [n, { why, state, givenUp, threw }] of model.tasks.entries()) {
    const outcome = run.actors[n]!.seen;
    if (state !== "cancelled") continue;
    assert(outcome?.state === "cancelled");
    const { reason, confirmed, error } = outcome;
    assertEquals([confirmed, error?.name], [
      !givenUp,
      threw ? "RangeError" : undefined,
    ]);
    if (why === "timeout" || why === "deadline") {
      assertInstanceOf(reason, TimeoutError);
      assertEquals(reason.limit, why);
    } else {
      assertInstanceOf(reason, CancelledError);
      const closed = why === "close" ? "the loop was closed" : why;
      assertEquals(reason.message, closed);
    }
  }
}

Deno.test("a controller agrees with its model after each command", async () => {
  await runs(inStep, runsOf(1000), async (run, commands) => {
    const probe = run.loop.submit(tasks.echo, [0]);
    await probe;
    run.loop.collect([probe]);
    const model = new Model(probe.id as number + 1);
    for (const command of commands) {
      run.do(command);
      model.do(command);
      const want = expected(model).join("\n");
      await rest(() => actual(run).join("\n") === want);
      await rest(() => isTold(run, model));
      if (model.over) await deadline(run.closing!, PATIENCE_MS);
      assertEquals(actual(run), expected(model), JSON.stringify(command));
      run.check();
      checkReasons(run, model);
      assertEquals(
        run.loop.list().map(({ id }) => id),
        model.listed.map(({ id }) => id),
      );
      const collected = model.tasks.filter((task) => task.collected);
      assertEquals(
        run.collected.map(({ id }) => id as number).toSorted((a, b) => a - b),
        collected.map(({ id }) => id),
      );
    }
    await run.finish();
  });
});
