/** How many starts a rate allows, by a clock that the test turns. */
import { assert, assertEquals } from "@std/assert";
import { StartRate } from "../../../src/controller/batch/limits.ts";

/** How many may start from `from` to `to`, asking each millisecond. */
function starts(rate: StartRate, from: number, to: number): number {
  let count = 0;
  for (let now = from; now < to; now++) {
    for (; rate.waitMs(now) === 0; count++) rate.take(now);
  }
  return count;
}

Deno.test("a rate allows the first start at once and the next in its time", () => {
  const rate = new StartRate(10, 1000);
  assertEquals(rate.waitMs(1000), 0);
  rate.take(1000);
  assertEquals(rate.waitMs(1000), 100);
  assertEquals(rate.waitMs(1060), 40);
  assertEquals(rate.waitMs(1100), 0);
});

Deno.test("a rate allows so many starts in a second, also of thousands", () => {
  for (const perSecond of [1, 7, 100, 5000]) {
    const count = starts(new StartRate(perSecond, 0), 0, 10_000);
    const off = Math.abs(count - 10 * perSecond);
    // The last millisecond is not over.
    assert(off <= 1 + perSecond / 1000, `${count} at ${perSecond}`);
  }
});

Deno.test("starts that were not used are saved for a tenth of a second only", () => {
  assertEquals(starts(new StartRate(100, 0), 60_000, 60_001), 11);
});

Deno.test("a rate that changes holds from then on", () => {
  const rate = new StartRate(1, 0);
  rate.take(0);
  rate.setRate(100, 0);
  assertEquals(rate.waitMs(0), 10);
  rate.setRate(Infinity, 0);
  assertEquals(rate.waitMs(0), 0);
});
