/**
 * How often a random test runs: a tenth as often in the suite as in
 * `deno task test:long`.
 */
export function runsOf(long: number): number {
  return Deno.env.has("LOOPCTL_LONG_TESTS") ? long : long / 10;
}
