import { assertEquals } from "@std/assert";
import type { LoopController } from "../../mod.ts";
import { openLoop } from "../helpers.ts";
import { runsOf } from "../runs.ts";
import { Chaos } from "./chaos.ts";
import type { EngineName } from "./contract/suite.ts";
import { Random } from "./random.ts";

/** These take their time; the long test has them. */
const SPARED = ["running out of memory", "taking a message from the wire"];

async function run(
  loop: LoopController,
  engine: EngineName,
  rounds: number,
): Promise<void> {
  const seed = Number(Deno.env.get("CHAOS_SEED") ?? Date.now() % 2 ** 32);
  const chaos = new Chaos(new Random(seed), engine, SPARED);
  for (let round = 1; round <= rounds; round++) {
    try {
      await chaos.round(loop);
    } catch (cause) {
      const where = `in round ${round} of a ${engine}, CHAOS_SEED=${seed}`;
      throw new Error(where, { cause });
    }
  }
  const { submitted, succeeded, failed, cancelled } = chaos.tally;
  assertEquals(succeeded + failed + cancelled, submitted);
}

Deno.test("random tasks and deaths leave no handle behind", async () => {
  const onWarning = (): void => {};
  await using worker = openLoop({ isolation: "worker", onWarning });
  await using process = openLoop({ isolation: "process", onWarning });
  await Promise.all([
    run(worker, "worker", runsOf(160)),
    run(process, "process", runsOf(60)),
  ]);
  // Each counts the Workers of both while both are open.
  await Promise.all([worker.close(), process.close()]);
});
