/**
 * Waiting for several tasks.
 *
 * @module
 */
import { checkMs } from "../checks.ts";
import { TimeoutError } from "../errors.ts";
import { Timer } from "../timers.ts";
import { handleOf, recordOf, type TaskHandle } from "./handle.ts";
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

  settled(record: TaskRecord): void {
    this.#left--;
    this.#failed ||= isFailure(record);
    if (this.enough) this.onEnough?.();
  }

  /** How things stand at this moment. */
  result(scheduler: Scheduler): WaitResult {
    scheduler.sync();
    const done: TaskHandle[] = [];
    const notDone: TaskHandle[] = [];
    for (const record of this.records) {
      (record.done ? done : notDone).push(handleOf(record, scheduler));
    }
    return { done, notDone };
  }

  /** Stops watching. */
  end(): void {
    this.onEnough = undefined;
    for (const record of this.records) record.unlisten(this);
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
    return watch.result(scheduler);
  } finally {
    scheduler.timers.stop(timer);
    signal?.removeEventListener("abort", abort);
    watch.end();
  }
}

export function waitSync(
  scheduler: Scheduler,
  records: readonly TaskRecord[],
  { until = "all", timeout = Infinity }: WaitOptions,
): WaitResult {
  checkMs("timeout", timeout);
  const watch = new Wait(records, until);
  try {
    scheduler.blockUntil(() => watch.enough, timeout);
    return watch.result(scheduler);
  } finally {
    watch.end();
  }
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
 * A handle whose task has ended, to be asked for its `result()`. It is typed
 * as one that can't be awaited: TypeScript takes what `for await` yields for
 * awaited, so that it would take a handle for its value.
 */
export type CompletedTask<H extends TaskHandle = TaskHandle> = H & {
  /** Not for calling. */
  readonly then: never;
};

/**
 * Yields each handle once its task has ended, in the order in which they do.
 * An async generator would await what it yields, and a handle is PromiseLike.
 */
export function asCompleted<H extends TaskHandle>(
  handles: Iterable<H>,
): AsyncIterableIterator<CompletedTask<H>> {
  const completed = inOrderOfEnd(handles);
  return {
    next: async () => {
      const { done, value } = await completed.next();
      if (done) return { done, value: undefined };
      return { value: value[0] as CompletedTask<H> };
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
