/** What a killed batch leaves behind. */
import { killRound } from "./kill_rounds.ts";

const ROUNDS = Deno.env.has("LOOPCTL_LONG_TESTS") ? 200 : 3;

Deno.test(`a batch that was killed and resumed has each outcome once, in ${ROUNDS} rounds`, async () => {
  for (let seed = 1; seed <= ROUNDS; seed++) {
    await killRound(seed).catch((cause) => {
      throw new Error(`with the seed ${seed}`, { cause });
    });
  }
});
