/**
 * Tasks that are started together.
 *
 * @module
 */
import {
  checkMoment,
  checkMs,
  mustBe,
  oneOf,
  optionsCheck,
} from "../checks.ts";
import { epochNow } from "../clock.ts";
import type { MovableLimit } from "../protocol/messages.ts";
import type { TaskReference } from "../protocol/reference.ts";
import type { CancelResult, Outcome } from "../task.ts";
import { handleOf, type TaskHandle } from "./handle.ts";
import { sumsOf } from "./handles.ts";
import type { Scheduler } from "./scheduling/scheduler.ts";
import {
  cancelAll,
  type CancelOptions,
  stopAll,
} from "./scheduling/stopping.ts";
import { SUBMIT_CHECKS, type SubmitOptions } from "./scheduling/submission.ts";
import type { TaskRecord } from "./task/record.ts";

/** How a group is started; the defaults of its members. */
export interface GatherOptions extends Omit<SubmitOptions, "transfer"> {
  /**
   * When a member fails or a limit of it fires, the others go on
   * (`"keep-going"`, the default) or are cancelled (`"cancel-rest"`).
   */
  readonly onFailure?: "keep-going" | "cancel-rest";
}

const { transfer: _, ...shared } = SUBMIT_CHECKS;
const checkGatherOptions = optionsCheck<GatherOptions>({
  ...shared,
  onFailure: oneOf("keep-going", "cancel-rest"),
});

const checkEntry = mustBe("an array: [task, args, options]", Array.isArray);

/** An entry of `gather` whose task returns `R`. */
export type GatherEntry<R> = readonly [
  task: TaskReference<never, R>,
  args?: readonly unknown[],
  options?: SubmitOptions,
];

/** The entries of `gather` whose tasks return `R`, in their order. */
export type GatherEntries<R extends readonly unknown[]> = {
  readonly [N in keyof R]: GatherEntry<R[N]>;
};

/** The values of tasks that return `R`. */
export type AwaitedAll<R extends readonly unknown[]> = {
  readonly [N in keyof R]: Awaited<R[N]>;
};

/** See {@linkcode LoopController.gather}. `unnamed` makes a name. */
export function gather(
  scheduler: Scheduler,
  unnamed: () => string,
  entries: Iterable<GatherEntry<unknown>>,
  options: GatherOptions = {},
): TaskGroup {
  checkGatherOptions(options);
  const { onFailure = "keep-going", name = unnamed(), ...shared } = options;
  const plain = Object.keys(shared).length === 0;
  const records: TaskRecord[] = [];
  const start = { name, at: epochNow() };
  try {
    for (const entry of entries) {
      checkEntry("an entry of gather", entry);
      const [task, args, own] = entry;
      const each = plain ? own : { ...shared, ...own };
      records.push(scheduler.submit(task, args, each, start));
    }
  } catch (error) {
    stopAll(scheduler, records, `${name} could not be started`);
    throw error;
  }
  return groupOf(name, records, scheduler, onFailure === "cancel-rest");
}

let groupOf: (
  name: string,
  records: readonly TaskRecord[],
  scheduler: Scheduler,
  cancelRest: boolean,
) => TaskGroup;

/** The handles of the members, each of the type of its result. */
export type Members<R extends readonly unknown[]> = {
  readonly [N in keyof R]: TaskHandle<R[N]>;
};

/** What the members returned, in their order. */
export type Results<R extends readonly unknown[]> = {
  -readonly [N in keyof R]: R[N];
};

/**
 * Tasks that were started together. {@linkcode TaskGroup.members} has a handle
 * for each of them. With `await using`, leaving the scope cancels the members
 * that have not ended.
 *
 * Awaiting a group gives its {@linkcode TaskGroup.results}, and so does an async
 * function that returns one. To return the group itself, put it into an object.
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
  readonly #cancelRest: boolean;
  #members: Members<R> | undefined;

  private constructor(
    name: string,
    records: readonly TaskRecord[],
    scheduler: Scheduler,
    cancelRest: boolean,
  ) {
    this.name = name;
    this.#records = records;
    this.#scheduler = scheduler;
    this.#cancelRest = cancelRest;
    if (!cancelRest) return;
    const onSettled = (record: TaskRecord): void => {
      if (!record.failed) return;
      stopAll(scheduler, records, `task ${record.id} of its group failed`);
    };
    const listener = { onSettled };
    for (const record of records) record.listen(listener);
  }

  static {
    groupOf = (...args) => new TaskGroup(...args);
  }

  /** The members' handles, in the order given. */
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
   * Rejects with the error of the first member that did not succeed: at once if
   * the group keeps going, otherwise when all members have ended.
   */
  async results(): Promise<Results<R>> {
    await this.#succeeded();
    return this.#records.map((record) => record.result) as Results<R>;
  }

  /** Like the `then` of a promise for the {@linkcode TaskGroup.results}. */
  then<A = Results<R>, B = never>(
    onValue?: ((results: Results<R>) => A | PromiseLike<A>) | null,
    onError?: ((error: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.results().then(onValue, onError);
  }

  /** The outcome of each member, when all have one. Never rejects. */
  async outcomes(): Promise<{ -readonly [N in keyof R]: Outcome<R[N]> }> {
    await new Promise<void>((resolve) => this.#read(resolve));
    const outcomes = this.#records.map((record) => record.outcome);
    return outcomes as { -readonly [N in keyof R]: Outcome<R[N]> };
  }

  /**
   * Asks all members to stop. Resolves to the result of each, as
   * {@linkcode TaskHandle.cancel} does.
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
   * Sets the absolute limit of each member, as `TaskHandle.setDeadline` does.
   *
   * @throws {TypeError} `at` is no moment.
   */
  setDeadline(at: number | Date | null): void {
    if (at !== null) checkMoment("deadline", at);
    this.#moveLimits("deadline", at?.valueOf());
  }

  /** Pauses the members, as {@linkcode LoopController.pause} does. */
  pause(): void {
    this.#scheduler.queue.pause(this.#records);
  }

  /** Ends the pause of the members, but not one of the whole queue. */
  resume(): void {
    this.#scheduler.queue.resume(this.#records);
  }

  /** Whether a member waits because the member or the queue is paused. */
  get paused(): boolean {
    const { queue } = this.#scheduler;
    return this.#records.some((record) => queue.holds(record));
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

  /** How Deno shows a group. */
  [Symbol.for("Deno.customInspect")](
    inspect: typeof Deno.inspect,
    options: Deno.InspectOptions,
  ): string {
    const members = inspect(this.members, { ...options, iterableLimit: 10 });
    return `TaskGroup ${this.name}: ${sumsOf(this.#records)} ${members}`;
  }

  /** Resolves when all members have succeeded. */
  #succeeded(): Promise<void> {
    return new Promise((resolve, reject) => {
      let failed: TaskRecord | undefined;
      this.#read(() => {
        if (failed === undefined) resolve();
        else reject(failed.result);
      }, (record) => {
        if (record.state === "succeeded") return;
        failed = worse(failed, record);
        if (!this.#cancelRest) reject(failed.result);
      });
    });
  }

  /** Marks each outcome as read when there is one; `onAll` after the last. */
  #read(onAll: () => void, onEach?: (record: TaskRecord) => void): void {
    let left = this.#records.length;
    if (left === 0) return onAll();
    const onSettled = (record: TaskRecord): void => {
      this.#scheduler.table.markRead(record);
      onEach?.(record);
      if (--left === 0) onAll();
    };
    const listener = { onSettled };
    for (const record of this.#records) record.listen(listener);
  }
}

/** The first task that did not succeed; a failure before a cancelled task. */
function worse(
  before: TaskRecord | undefined,
  record: TaskRecord,
): TaskRecord {
  if (before === undefined) return record;
  return record.failed && !before.failed ? record : before;
}
