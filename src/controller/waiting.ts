/**
 * Waiting for several tasks.
 *
 * @module
 */
import { TimeoutError } from "../errors.ts";
import { Timer } from "../timers.ts";
import { handleOf, recordOf, type TaskHandle } from "./handle.ts";
import { checkMs } from "./options.ts";
import type { SettleListener, TaskRecord } from "./record.ts";
import type { Scheduler } from "./scheduler.ts";

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

/** What a wait came to; each in the order that was asked for. */
export interface WaitResult {
  /** Those that have ended. */
  readonly done: TaskHandle[];
  /** Those that have not. */
  readonly notDone: TaskHandle[];
}

/** Whether the task came to something that its caller has to see to. */
export function isFailure(record: TaskRecord): boolean {
  return record.state === "failed" ||
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

  settled(record: TaskRecord): void {
    this.#left--;
    this.#failed ||= isFailure(record);
    if (this.enough) this.onEnough?.();
  }

  /** Stops watching; says how things stand. */
  end(scheduler: Scheduler): WaitResult {
    const done: TaskHandle[] = [];
    const notDone: TaskHandle[] = [];
    for (const record of this.records) {
      record.unlisten(this);
      (record.done ? done : notDone).push(handleOf(record, scheduler));
    }
    return { done, notDone };
  }
}

export async function wait(
  scheduler: Scheduler,
  records: readonly TaskRecord[],
  { until = "all", timeout, signal }: WaitOptions & {
    readonly signal?: AbortSignal;
  },
): Promise<WaitResult> {
  if (timeout !== undefined) checkMs("timeout", timeout);
  signal?.throwIfAborted();
  const watch = new Wait(records, until);
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const abort = (): void => reject(signal!.reason);
  const timer = new Wake(resolve);
  watch.onEnough = resolve;
  signal?.addEventListener("abort", abort, { once: true });
  scheduler.timers.start(timer, timeout ?? Infinity);
  try {
    if (!watch.enough) await promise;
  } finally {
    scheduler.timers.stop(timer);
    signal?.removeEventListener("abort", abort);
    watch.onEnough = undefined;
  }
  return watch.end(scheduler);
}

export function waitSync(
  scheduler: Scheduler,
  records: readonly TaskRecord[],
  { until = "all", timeout = Infinity }: WaitOptions,
): WaitResult {
  const watch = new Wait(records, until);
  scheduler.blockUntil(() => watch.enough, checkMs("timeout", timeout));
  return watch.end(scheduler);
}

class Wake extends Timer {
  constructor(readonly wake: () => void) {
    super();
  }

  override fire(): void {
    this.wake();
  }
}

/**
 * Yields each handle once its task has ended, in the order in which they do.
 * An async generator would await what it yields, and a handle is PromiseLike.
 */
export function asCompleted<H extends TaskHandle>(
  handles: Iterable<H>,
): AsyncIterableIterator<H> {
  const completed = inOrderOfEnd(handles);
  return {
    next: async () => {
      const { done, value } = await completed.next();
      return done ? { done, value: undefined } : { value: value[0] };
    },
    return: async () => {
      await completed.return();
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

async function* inOrderOfEnd<H extends TaskHandle>(
  handles: Iterable<H>,
): AsyncGenerator<readonly [H], void, void> {
  const waiting = new Map<TaskRecord, H>();
  for (const handle of handles) waiting.set(recordOf(handle), handle);
  let ended: [H][] = [];
  let more = Promise.withResolvers<void>();
  const listener: SettleListener = {
    settled(record) {
      ended.push([waiting.get(record)!]);
      waiting.delete(record);
      more.resolve();
    },
  };
  for (const record of [...waiting.keys()]) record.listen(listener);
  try {
    while (ended.length > 0 || waiting.size > 0) {
      await more.promise;
      more = Promise.withResolvers();
      const batch = ended;
      ended = [];
      yield* batch;
    }
  } finally {
    for (const record of waiting.keys()) record.unlisten(listener);
  }
}
