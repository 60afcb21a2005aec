import { type InsideItem, PEAK } from "../item.ts";

/** How long each of them sleeps, in milliseconds. */
const SLEEP = 1000;

function sleepersOf(
  count: number,
  name: string,
  rest: Partial<InsideItem> = {},
): InsideItem {
  return {
    name,
    title: `sleepers: ${count.toLocaleString("en")} of 1 s in flight at once`,
    metrics: [{ key: "ms", unit: "ms", better: "less" }, PEAK],
    async measure(open) {
      const session = open();
      await session.call("echo", 1);
      const start = performance.now();
      await session.sleepAll(count, SLEEP);
      const ms = performance.now() - start;
      return { ms, perTaskUs: 1000 * (ms - SLEEP) / count };
    },
    ...rest,
  };
}

export const sleepers: readonly InsideItem[] = [
  sleepersOf(1000, "sleepers-1k", { contestants: ["loopctl", "batched"] }),
  sleepersOf(10_000, "sleepers-10k"),
  sleepersOf(100_000, "sleepers-100k"),
  sleepersOf(1_000_000, "sleepers-1m", {
    contestants: [
      "loopctl",
      "python",
      "bare",
      "batched",
      "comlink",
      "poolifier",
    ],
    once: ["python", "comlink", "poolifier"],
    rounds: 3,
    patience: 180_000,
    long: true,
  }),
];
