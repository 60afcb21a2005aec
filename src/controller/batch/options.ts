/**
 * The options of a batch.
 *
 * @module
 */
import {
  checkCount,
  checkFlag,
  checkFunction,
  mustBe,
  optionsCheck,
} from "../../checks.ts";
import { SUBMIT_CHECKS, type SubmitOptions } from "../scheduling/submission.ts";

/** When a batch stops before its inputs are used up. */
export type BatchUntil =
  | "all"
  | "first-failure"
  | { readonly failures: number }
  | { readonly failedShare: number };

/** How a batch runs. `timeout`, `retry` and the like hold for each task. */
export interface MapOptions<I = unknown>
  extends Omit<SubmitOptions, "transfer"> {
  /** How many of the tasks run at once. The default is 16. */
  readonly concurrency?: number;
  /** How many tasks start in a second, at most. The default is no limit. */
  readonly rate?: number;
  /** Yields the results in the order of the inputs. */
  readonly ordered?: boolean;
  /**
   * When no more inputs are taken and the running tasks are cancelled: never
   * (`"all"`, the default), at the first failure, at the n-th one, or when more
   * than this share of at least ten ended tasks has failed. A limit that fires
   * counts as a failure.
   */
  readonly until?: BatchUntil;
  /** The arguments of the task for an input. The default is the input alone. */
  readonly args?: (input: I) => readonly unknown[];
  /** The key of an input, for `perKey` and for the result. */
  readonly key?: (input: I) => string;
  /** How many tasks with the same key run at once. */
  readonly perKey?: number;
}

const isPositive = (value: unknown): boolean =>
  typeof value === "number" && value > 0;

export const checkRate = mustBe(
  "a number of starts per second, more than 0",
  isPositive,
  RangeError,
);

const checkUntil = mustBe(
  '"all", "first-failure", { failures: 1 or more } or { failedShare: 0 to 1 }',
  (value) => {
    if (value === "all" || value === "first-failure") return true;
    if (typeof value !== "object" || value === null) return false;
    const { failures, failedShare } = value as Record<string, unknown>;
    return failedShare === undefined
      ? Number.isInteger(failures) && isPositive(failures)
      : failures === undefined && typeof failedShare === "number" &&
        failedShare >= 0 && failedShare <= 1;
  },
);

const { transfer: _, ...each } = SUBMIT_CHECKS;

const checkFields = optionsCheck<MapOptions>({
  ...each,
  concurrency: checkCount,
  rate: checkRate,
  ordered: checkFlag,
  until: checkUntil,
  args: checkFunction,
  key: checkFunction,
  perKey: checkCount,
});

/** @throws {TypeError | RangeError} An option can't be used. */
export function checkMapOptions<I>(options: MapOptions<I>): void {
  checkFields(options as MapOptions);
  if (options.perKey !== undefined && options.key === undefined) {
    throw new TypeError("Cannot use perKey without key, which gives the keys");
  }
}

/** A share of fewer tasks than this says nothing yet. */
const MIN_SHARED = 10;

/** Whether a batch should stop after so many of its tasks have ended and failed. */
export function isReached(
  until: BatchUntil,
  ended: number,
  failed: number,
): boolean {
  if (until === "all") return false;
  if (until === "first-failure") return failed > 0;
  return "failures" in until
    ? failed >= until.failures
    : ended >= MIN_SHARED && failed / ended > until.failedShare;
}

/** The options that hold for each task; none, if there are none. */
export function eachOf<I>(options: MapOptions<I>): SubmitOptions | undefined {
  const {
    name: _name,
    signal: _signal,
    concurrency: _concurrency,
    rate: _rate,
    ordered: _ordered,
    until: _until,
    args: _args,
    key: _key,
    perKey: _perKey,
    ...each
  } = options;
  return Object.keys(each).length === 0 ? undefined : each;
}
