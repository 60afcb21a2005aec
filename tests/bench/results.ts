/** What the runs of a benchmark came to, as data. */
import type { Item } from "./item.ts";
import type { Answer } from "./measure.ts";
import { median } from "./statistics.ts";

/** What one contestant's runs of one item came to. */
export type Cell =
  | {
    /** Medians by the metrics' keys. */
    readonly medians: Readonly<Record<string, number>>;
    /** The samples behind them. */
    readonly samples: Readonly<Record<string, readonly number[]>>;
  }
  /** Why there are none. */
  | { readonly missing: string };

export interface ItemResult {
  readonly item: Item;
  /** By the contestants' names. */
  readonly cells: ReadonlyMap<string, Cell>;
}

/** One cell made of the answers of all rounds. */
export function cellOf(answers: readonly Answer[]): Cell {
  const samples: Record<string, number[]> = {};
  let missing = "was not run";
  for (const answer of answers) {
    if ("cannot" in answer) missing = answer.cannot;
    else if ("failed" in answer) missing = `failed: ${answer.failed}`;
    else {
      for (const [key, value] of Object.entries(answer.figures)) {
        (samples[key] ??= []).push(value);
      }
    }
  }
  const keys = Object.keys(samples);
  if (keys.length === 0) return { missing };
  const medians = Object.fromEntries(
    keys.map((key) => [key, median(samples[key]!)]),
  );
  return { medians, samples };
}

/** One contestant's median, if there is one. */
export function medianOf(
  result: ItemResult | undefined,
  contestant: string,
  metric: string,
): number | undefined {
  const cell = result?.cells.get(contestant);
  return cell !== undefined && "medians" in cell
    ? cell.medians[metric]
    : undefined;
}
