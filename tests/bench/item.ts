/** What is measured, and in which figures it is told. */
import type { Open } from "./session.ts";

/** A figure that an item's run yields. */
export interface Metric {
  /** Its key in what a run yields. */
  readonly key: string;
  /** As the head of a column: `tasks/s`, `ms`. */
  readonly unit: string;
  readonly better: "less" | "more";
}

/** The highest resident set of a contestant's process; every run yields it. */
export const PEAK: Metric = {
  key: "peakMiB",
  unit: "peak MiB",
  better: "less",
};

/** The figures of one run by their keys; times in milliseconds or as named. */
export type Figures = Readonly<Record<string, number>>;

interface Described {
  /** What `--item` takes. */
  readonly name: string;
  readonly title: string;
  /** The first is what ratios are made of. */
  readonly metrics: readonly [Metric, ...Metric[]];
  /** Those that take part, if not all. */
  readonly contestants?: readonly string[];
  /** Those that take part in the first round only, for they take long. */
  readonly once?: readonly string[];
  /** Runs on one processor alone, which leaves the cost of the software. */
  readonly pinned?: true;
  /** How many rounds, if fewer than for the others. */
  readonly rounds?: number;
  /** Milliseconds after which a run is given up; the default is a minute. */
  readonly patience?: number;
  /** Left out by `--quick`. */
  readonly long?: true;
}

/** Measured by the contestant's process itself. */
export interface InsideItem extends Described {
  readonly measure: (open: Open) => Promise<Figures>;
}

/** Measured from outside: milliseconds from the start of a command on. */
export interface OutsideItem extends Described {
  /** The command of each contestant that has one. */
  readonly commands: Readonly<Record<string, CommandLine>>;
}

export interface CommandLine {
  readonly command: readonly string[];
  readonly stdin?: string;
  /** Stops the clock; without it the end of the process does. */
  readonly until?: RegExp;
}

export type Item = InsideItem | OutsideItem;
