/** Time per task as the number of tasks grows. */
import { type ItemResult, medianOf } from "./results.ts";

/** How much more than at the second size a task may take at a larger one. */
export const GROWTH_BOUND = 1.5;

const SIZES = [1000, 10_000, 100_000, 1_000_000];

/** The items of the growing sizes, smallest first. */
const SERIES: Readonly<Record<string, readonly string[]>> = {
  burst: ["burst-1k", "burst-10k", "burst", "burst-1m"],
  "sleepers, beyond their sleep": [
    "sleepers-1k",
    "sleepers-10k",
    "sleepers-100k",
    "sleepers-1m",
  ],
};

export interface Growth {
  readonly series: string;
  readonly contestant: string;
  readonly sizes: readonly number[];
  /** Microseconds a task at each size. */
  readonly perTaskUs: readonly (number | undefined)[];
  /** The worst of the larger sizes, over the second. */
  readonly growth: number | undefined;
}

export function growthOf(results: readonly ItemResult[]): Growth[] {
  const found = (name: string): ItemResult | undefined =>
    results.find(({ item }) => item.name === name);
  return Object.entries(SERIES).flatMap(([series, items]) =>
    ["loopctl", "batched"].map((contestant) => {
      const perTaskUs = items.map((name) =>
        medianOf(found(name), contestant, "perTaskUs")
      );
      const [, base, ...larger] = perTaskUs;
      const measured = larger.filter((one) => one !== undefined);
      const growth = base === undefined || measured.length === 0
        ? undefined
        : Math.max(...measured) / base;
      return { series, contestant, sizes: SIZES, perTaskUs, growth };
    })
  ).filter(({ perTaskUs }) =>
    perTaskUs.filter((one) => one !== undefined).length > 1
  );
}
