import { assertEquals } from "@std/assert";
import { openLoop } from "../helpers.ts";
import { Chaos } from "./chaos.ts";
import type { EngineName } from "./contract/suite.ts";
import { Random } from "./random.ts";

const ROUNDS: Readonly<Record<EngineName, number>> = {
  worker: 160,
  process: 40,
};

for (const [engine, rounds] of Object.entries(ROUNDS)) {
  Deno.test(`${rounds} rounds of random tasks and deaths in a ${engine} leave no handle behind`, async () => {
    const seed = Number(Deno.env.get("CHAOS_SEED") ?? Date.now() % 2 ** 32);
    const chaos = new Chaos(new Random(seed), engine as EngineName, [
      "running out of memory",
    ]);
    await using loop = openLoop({
      isolation: engine as EngineName,
      report: () => {},
    });
    for (let round = 1; round <= rounds; round++) {
      try {
        await chaos.round(loop);
      } catch (cause) {
        throw new Error(`in round ${round} of CHAOS_SEED=${seed}`, { cause });
      }
    }
    const { submitted, succeeded, failed, cancelled } = chaos.tally;
    assertEquals(succeeded + failed + cancelled, submitted);
  });
}
