/**
 * Waiting for several tasks.
 *
 * @module
 */
import { checkMs, checkSignal, oneOf, optionsCheck } from "../checks.ts";
import { TimeoutError } from "../errors.ts";
import { Alarm } from "../timers.ts";
import type { SettleListener, TaskRecord } from "./task/record.ts";
import type { Scheduler } from "./scheduling/scheduler.ts";

/** Till when `wait` waits. */
export interface WaitOptions {
  /**
   * `"all"` (the default) have ended, `"any"` of them has, or the
   * `"first-failure"`: one has failed or run into a limit, else all.
   */
  readonly until?: "all" | "any" | "first-failure";
  /** Milliseconds after which the wait is over. The tasks live on. */
  readonly timeout?: number;
}

/** As {@linkcode WaitOptions}, of a wait that does not block. */
export interface AsyncWaitOptions extends WaitOptions {
  /** Rejects the wait when it aborts, with its reason. The tasks live on. */
  readonly signal?: AbortSignal;
}

const checkWaitOptions = optionsCheck<AsyncWaitOptions>({
  until: oneOf("all", "any", "first-failure"),
  timeout: checkMs,
  signal: checkSignal,
});

/** Whether the task came to something that its caller has to see to. */
export function isFailure(record: TaskRecord): boolean {
  return record.error !== undefined ||
    (record.state === "cancelled" && record.result instanceof TimeoutError);
}

/** Watches tasks till enough of them have ended. */
class Wait implements SettleListener {
  #left: number;
  #failed = false;
  readonly #all: number;
  onEnough: (() => void) | undefined;

  constructor(
    readonly records: readonly TaskRecord[],
    readonly until: "all" | "any" | "first-failure",
  ) {
    this.#all = records.length;
    this.#left = records.length;
    for (const record of records) record.listen(this);
  }

  get enough(): boolean {
    if (this.#left === 0) return true;
    if (this.until === "any") return this.#left < this.#all;
    return this.until === "first-failure" && this.#failed;
  }

  onSettled(record: TaskRecord): void {
    this.#left--;
    this.#failed ||= isFailure(record);
    if (this.enough) this.onEnough?.();
  }

  /** Stops watching. */
  end(): void {
    this.onEnough = undefined;
    for (const record of this.records) record.unlisten(this);
  }
}

/** Resolves when enough of these have ended, or the timeout is over. */
export async function wait(
  scheduler: Scheduler,
  records: readonly TaskRecord[],
  options: AsyncWaitOptions = {},
): Promise<void> {
  checkWaitOptions(options);
  const { until = "all", timeout, signal } = options;
  signal?.throwIfAborted();
  const wait = new Wait(records, until);
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const abort = (): void => reject(signal!.reason);
  const timer = new Alarm(resolve);
  wait.onEnough = resolve;
  signal?.addEventListener("abort", abort, { once: true });
  scheduler.timers.start(timer, timeout ?? Infinity);
  try {
    if (!wait.enough) await promise;
  } finally {
    scheduler.timers.stop(timer);
    signal?.removeEventListener("abort", abort);
    wait.end();
  }
}

/** As `wait`, but blocks this thread. Returns whether enough have ended. */
export function waitSync(
  scheduler: Scheduler,
  records: readonly TaskRecord[],
  options: WaitOptions = {},
): boolean {
  checkWaitOptions(options);
  const { until = "all", timeout = Infinity } = options;
  const wait = new Wait(records, until);
  try {
    return scheduler.blockUntil(() => wait.enough, timeout);
  } finally {
    wait.end();
  }
}
