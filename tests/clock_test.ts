/** How the clocks of two threads are brought together. */
import { assert, assertEquals } from "@std/assert";
import { epochNow, originOf, readClock } from "../src/clock.ts";

const HOUR = 3_600_000;
/** When the starter read its clock, by that clock. */
const at = 5000;

Deno.test("originOf is the moment of the start, by the clock of who started it", () => {
  assertEquals(originOf({ at, ahead: 0 }, at + 3), at + 3);
});

Deno.test("originOf knows that the system's clock was set before the start", () => {
  for (const ahead of [HOUR, -HOUR]) {
    assertEquals(originOf({ at, ahead }, at + ahead + 3), at + 3);
  }
});

Deno.test("originOf that is told of a clock set during the start is off by no more than a start takes", () => {
  assertEquals(originOf({ at, ahead: 0 }, at - HOUR), at);
  assertEquals(originOf({ at, ahead: 0 }, at + HOUR), at + 10_000);
});

Deno.test("readClock tells no difference where the system's clock has not been set", () => {
  const before = epochNow();
  const { at, ahead } = readClock();
  assert(before <= at && at <= epochNow());
  // A clock that is kept by a time server drifts apart from the monotonic one.
  assert(Math.abs(ahead) < HOUR / 60, `${ahead} ms`);
});
