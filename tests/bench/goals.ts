/** What loopctl is to reach, and whether it did. */
import type { Metric } from "./item.ts";
import { type ItemResult, medianOf } from "./results.ts";

/** A bound on loopctl's figure, or on its ratio to a contestant's. */
interface Goal {
  readonly item: string;
  readonly metric: string;
  /** Whose figure it is divided by; left out, the figure itself counts. */
  readonly than?: string;
  readonly atMost?: number;
  readonly atLeast?: number;
}

const GOALS: readonly Goal[] = [
  { item: "cold", metric: "ms", than: "bare", atMost: 1.4 },
  { item: "program", metric: "ms", than: "bare", atMost: 1.7 },
  { item: "prompt", metric: "ms", than: "bare", atMost: 1.6 },
  { item: "paste", metric: "ms", atMost: 1000 },
  { item: "latency-pinned", metric: "medianUs", than: "bare", atMost: 1.4 },
  { item: "burst", metric: "perSecond", than: "python", atLeast: 20 },
  { item: "burst", metric: "perSecond", than: "comlink", atLeast: 8 },
  { item: "burst", metric: "perSecond", than: "batched", atLeast: 1.5 },
  { item: "map-1m", metric: "perSecond", than: "python", atLeast: 1 },
  { item: "map-1m", metric: "perSecond", than: "python_executor", atLeast: 1 },
  { item: "map-1m", metric: "perSecond", than: "p_map", atLeast: 1 },
  { item: "map-1m", metric: "perSecond", than: "pooled_map", atLeast: 1 },
  { item: "map-1m", metric: "peakMiB", atMost: 200 },
  { item: "map-pages", metric: "ms", than: "bare", atMost: 1.1 },
  { item: "map-resume", metric: "ms", atMost: 2000 },
  { item: "map-resume", metric: "residentMiB", atMost: 300 },
  { item: "sleepers-100k", metric: "ms", than: "batched", atMost: 1 },
  { item: "sleepers-100k", metric: "peakMiB", than: "batched", atMost: 1 },
  { item: "sleepers-1m", metric: "ms", than: "batched", atMost: 0.5 },
  { item: "sleepers-1m", metric: "peakMiB", atMost: 1.2 * 1024 },
  { item: "cancel", metric: "ms", than: "bare", atMost: 0.5 },
  { item: "cancel", metric: "ms", than: "python", atMost: 1 },
  { item: "poll", metric: "ns", atMost: 20 },
  { item: "watch", metric: "percent", atMost: 5 },
  { item: "poll-blocked", metric: "lateMs", atMost: 10 },
  { item: "transfer", metric: "ms", than: "bare", atMost: 1.2 },
];

export interface Verdict extends Goal {
  readonly title: string;
  /** The unit of the figure; of a ratio, none. */
  readonly unit: string;
  /** What was reached; nothing if it was not measured. */
  readonly value: number | undefined;
  readonly reached: boolean | undefined;
}

/** The goals of the items that were measured. */
export function verdicts(results: readonly ItemResult[]): Verdict[] {
  return GOALS.flatMap((goal) => {
    const result = results.find(({ item }) => item.name === goal.item);
    if (result === undefined) return [];
    const metric = metricOf(result, goal.metric);
    const own = medianOf(result, "loopctl", goal.metric);
    const than = goal.than === undefined
      ? 1
      : medianOf(result, goal.than, goal.metric);
    const value = own === undefined || than === undefined
      ? undefined
      : own / than;
    const { atMost = Infinity, atLeast = 0 } = goal;
    return [{
      ...goal,
      title: result.item.title,
      unit: metric.unit,
      value,
      reached: value === undefined
        ? undefined
        : value <= atMost && value >= atLeast,
    }];
  });
}

function metricOf({ item }: ItemResult, key: string): Metric {
  return item.metrics.find((metric) => metric.key === key)!;
}
