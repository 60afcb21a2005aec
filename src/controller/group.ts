/**
 * Tasks that were started together.
 *
 * @module
 */
import { checkMs } from "../checks.ts";
import type { Outcome } from "../task.ts";
import { handleOf, type TaskHandle } from "./handle.ts";
import type { SettleListener, TaskRecord } from "./record.ts";
import type { Scheduler } from "./scheduler.ts";
import {
  cancelAll,
  type CancelOptions,
  type CancelResult,
  stopAll,
} from "./stopping.ts";
import { isFailure } from "./waiting.ts";

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

/**
 * Tasks that were started together. Each is still controllable alone, by its
 * handle in {@linkcode TaskGroup.members}. Leaving the scope of an
 * `await using` cancels those that have not ended.
 *
 * @example
 * ```ts
 * import { LoopController } from "@loopctl/loopctl";
 * import { assertEquals } from "@std/assert";
 *
 * await using loop = new LoopController();
 * const double = (n: number) => 2 * n;
 * const group = loop.gather([[double, [1]], [double, [2]]]);
 * assertEquals(await group.results(), [2, 4]);
 * ```
 */
export class TaskGroup<R extends readonly unknown[] = readonly unknown[]>
  implements AsyncDisposable {
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
  async results(): Promise<{ -readonly [N in keyof R]: R[N] }> {
    await this.#succeeded();
    const results = this.#records.map((record) => record.result);
    return results as { -readonly [N in keyof R]: R[N] };
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
    reason: string | Error = "cancelled",
    { grace }: CancelOptions = {},
  ): Promise<CancelResult[]> {
    if (grace !== undefined) checkMs("grace", grace);
    const results = cancelAll(this.#scheduler, this.#records, reason, grace);
    return Promise.all(results);
  }

  /** Sets, moves or (with `null`) lifts the members' limit on running time. */
  setTimeout(ms: number | null): void {
    for (const handle of this.members as readonly TaskHandle[]) {
      handle.setTimeout(ms);
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
  return isFailure(record) && !isFailure(before) ? record : before;
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

  settled(record: TaskRecord): void {
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

  settled(record: TaskRecord): void {
    if (!isFailure(record)) return;
    const reason = `task ${record.id} of its group failed`;
    stopAll(this.#scheduler, this.#records, reason);
  }
}
