import type { Figures, InsideItem, Metric } from "../item.ts";
import type { Open } from "../session.ts";
import { median, quantile } from "../statistics.ts";

const WARM_UP = 5000;
const ROUND_TRIPS = 5000;

const metrics: readonly [Metric, Metric] = [
  { key: "medianUs", unit: "median µs", better: "less" },
  { key: "p99Us", unit: "p99 µs", better: "less" },
];

async function measure(open: Open): Promise<Figures> {
  const session = open();
  for (let n = 0; n < WARM_UP; n++) await session.call("echo", n);
  const samples: number[] = [];
  for (let n = 0; n < ROUND_TRIPS; n++) {
    const start = performance.now();
    await session.call("echo", n);
    samples.push(1000 * (performance.now() - start));
  }
  return { medianUs: median(samples), p99Us: quantile(samples, 0.99) };
}

export const pinned: InsideItem = {
  name: "latency-pinned",
  title: "round trip of one task, on one processor",
  metrics,
  pinned: true,
  measure,
};

export const free: InsideItem = {
  name: "latency",
  title: "round trip of one task, free",
  metrics,
  measure,
};
