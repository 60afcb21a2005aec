/**
 * Tasks that were started together.
 *
 * @module
 */
import { checkMoment, checkMs } from "../checks.ts";
import type { MovableLimit } from "../protocol/messages.ts";
import type { CancelResult, Outcome } from "../task.ts";
import { handleOf, type TaskHandle } from "./handle.ts";
import type { SettleListener, TaskRecord } from "./task/record.ts";
import type { Scheduler } from "./scheduling/scheduler.ts";
import {
  cancelAll,
  type CancelOptions,
  stopAll,
} from "./scheduling/stopping.ts";

export let groupOf: <R extends readonly unknown[]>(
  name: string,
  records: readonly TaskRecord[],
  scheduler: Scheduler,
  onFailure: "keep-going" | "cancel-rest",
) => TaskGroup<R>;

/** The handles of the members, each of the type of its result. */
export type Members<R extends readonly unknown[]> = {
  readonly [N in keyof R]: TaskHandle<R[N]>;
};

/** What the members returned, in their order. */
export type Results<R extends readonly unknown[]> = {
  -readonly [N in keyof R]: R[N];
};

/**
 * Tasks that were started together. Each is still controllable alone, by its
 * handle in {@linkcode TaskGroup.members}. Leaving the scope of an
 * `await using` cancels those that have not ended.
 *
 * Awaiting a group gives its {@linkcode TaskGroup.results}. So an async
 * function that returns a group gives its caller the results, once they are
 * there: to hand on the group itself, put it into an object or an array.
 *
 * @example
 * ```ts
 * import { LoopController } from "@loopctl/loopctl";
 * import { assertEquals } from "@std/assert";
 *
 * await using loop = new LoopController();
 * const double = (n: number) => 2 * n;
 * const group = loop.gather([[double, [1]], [double, [2]]]);
 * assertEquals(await group, [2, 4]);
 * ```
 */
export class TaskGroup<R extends readonly unknown[] = readonly unknown[]>
  implements PromiseLike<Results<R>>, AsyncDisposable {
  /** The group's name; `group-1`, `group-2` … unless one was given. */
  readonly name: string;
  readonly #records: readonly TaskRecord[];
  readonly #scheduler: Scheduler;
  readonly #waitForRest: boolean;
  #members: Members<R> | undefined;

  private constructor(
    name: string,
    records: readonly TaskRecord[],
    scheduler: Scheduler,
    onFailure: "keep-going" | "cancel-rest",
  ) {
    this.name = name;
    this.#records = records;
    this.#scheduler = scheduler;
    this.#waitForRest = onFailure === "cancel-rest";
    if (this.#waitForRest) {
      const cancelRest = new CancelRest(records, scheduler);
      for (const record of records) record.listen(cancelRest);
    }
  }

  static {
    groupOf = (name, records, scheduler, onFailure) =>
      new TaskGroup(name, records, scheduler, onFailure);
  }

  /** The members' handles, in the order in which they were given. */
  get members(): Members<R> {
    return this.#members ??= this.#records.map((record) =>
      handleOf(record, this.#scheduler)
    ) as unknown as Members<R>;
  }

  /** Whether all members have ended. */
  get done(): boolean {
    this.#scheduler.sync();
    return this.#records.every((record) => record.done);
  }

  /**
   * What the members returned, in their order.
   *
   * Rejects with what the first member that did not succeed threw or was
   * cancelled for: at once where the group keeps going, else when all have
   * ended.
   */
  async results(): Promise<Results<R>> {
    await this.#succeeded();
    return this.#records.map((record) => record.result) as Results<R>;
  }

  /** As a promise's `then`, of the {@linkcode TaskGroup.results}. */
  then<A = Results<R>, B = never>(
    onValue?: ((results: Results<R>) => A | PromiseLike<A>) | null,
    onError?: ((error: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.results().then(onValue, onError);
  }

  /** What each member came to, in their order, when all have. Never rejects. */
  async outcomes(): Promise<{ -readonly [N in keyof R]: Outcome<R[N]> }> {
    await new Promise<void>((resolve) => {
      const all = new All(this.#records.length, this.#scheduler, resolve);
      for (const record of this.#records) record.listen(all);
    });
    const outcomes = this.#records.map((record) => record.outcome);
    return outcomes as { -readonly [N in keyof R]: Outcome<R[N]> };
  }

  /**
   * Asks all members to stop; resolves to what came of each, as
   * {@linkcode TaskHandle.cancel} says it.
   */
  cancel(
    reason?: string | Error,
    options?: CancelOptions,
  ): Promise<CancelResult[]> {
    const results = cancelAll(this.#scheduler, this.#records, reason, options);
    return Promise.all(results);
  }

  /**
   * Sets, moves or (with `null`) lifts the limit on the running time of each
   * member, as {@linkcode TaskHandle.setTimeout} does.
   *
   * @throws {TypeError} `ms` is no number of milliseconds.
   */
  setTimeout(ms: number | null): void {
    if (ms !== null) checkMs("timeout", ms);
    this.#moveLimits("timeout", ms ?? undefined);
  }

  /**
   * Sets, moves or (with `null`) lifts the absolute limit of each member, as
   * {@linkcode TaskHandle.setDeadline} does.
   *
   * @throws {TypeError} `at` is no moment.
   */
  setDeadline(at: number | Date | null): void {
    if (at !== null) checkMoment("deadline", at);
    this.#moveLimits("deadline", at?.valueOf());
  }

  #moveLimits(limit: MovableLimit, value: number | undefined): void {
    for (const record of this.#records) {
      this.#scheduler.moveLimit(record, limit, value);
    }
  }

  /** Cancels the members that have not ended, and waits for them. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.cancel(`the scope of ${this.name} was left`);
  }

  /** How Deno shows it. */
  [Symbol.for("Deno.customInspect")](
    inspect: typeof Deno.inspect,
    options: Deno.InspectOptions,
  ): string {
    return `TaskGroup ${this.name} ${inspect(this.members, options)}`;
  }

  /** Resolves when all have succeeded. */
  #succeeded(): Promise<void> {
    return new Promise((resolve, reject) => {
      let failed: TaskRecord | undefined;
      const all = new All(this.#records.length, this.#scheduler, () => {
        if (failed === undefined) resolve();
        else reject(failed.result);
      }, (record) => {
        if (record.state === "succeeded") return;
        failed = worse(failed, record);
        if (!this.#waitForRest) reject(failed.result);
      });
      for (const record of this.#records) record.listen(all);
    });
  }
}

/** The first that did not succeed; a failure before what it had cancelled. */
function worse(
  before: TaskRecord | undefined,
  record: TaskRecord,
): TaskRecord {
  if (before === undefined) return record;
  return record.failed && !before.failed ? record : before;
}

/** Reads each outcome as it comes; tells when there are all. */
class All implements SettleListener {
  #left: number;

  constructor(
    count: number,
    readonly scheduler: Scheduler,
    readonly onAll: () => void,
    readonly onEach?: (record: TaskRecord) => void,
  ) {
    this.#left = count;
    if (count === 0) onAll();
  }

  onSettled(record: TaskRecord): void {
    this.scheduler.table.markRead(record);
    this.onEach?.(record);
    if (--this.#left === 0) this.onAll();
  }
}

class CancelRest implements SettleListener {
  readonly #records: readonly TaskRecord[];
  readonly #scheduler: Scheduler;

  constructor(records: readonly TaskRecord[], scheduler: Scheduler) {
    this.#records = records;
    this.#scheduler = scheduler;
  }

  onSettled(record: TaskRecord): void {
    if (!record.failed) return;
    const reason = `task ${record.id} of its group failed`;
    stopAll(this.#scheduler, this.#records, reason);
  }
}
