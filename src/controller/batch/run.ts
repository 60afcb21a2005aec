/**
 * What keeps a batch going: takes inputs, starts their tasks, and streams what
 * has ended.
 *
 * @module
 */
import { epochNow, systemClock } from "../../clock.ts";
import {
  CancelledError,
  InvalidStateError,
  TimeoutError,
  withoutStack,
} from "../../errors.ts";
import type { Submittable } from "../../protocol/reference.ts";
import { Alarm, Timers } from "../../timers.ts";
import { ResultStream } from "../../result_stream.ts";
import type { Scheduler } from "../scheduling/scheduler.ts";
import { stopAll } from "../scheduling/stopping.ts";
import { reasonOf, type SubmitOptions } from "../scheduling/submission.ts";
import { type SettleListener, TaskRecord } from "../task/record.ts";
import { InOrder } from "./in_order.ts";
import { Inputs } from "./inputs.ts";
import { KeyLimit, StartRate } from "./limits.ts";
import { eachOf, isReached, type MapOptions } from "./options.ts";

const DEFAULT_CONCURRENCY = 16;

/**
 * How many inputs may be taken beyond those that run: for results that nobody
 * has read, and for inputs whose key is busy.
 */
const MAX_AHEAD = 64;

/** An input that was taken. */
export interface Item<I> {
  readonly input: I;
  readonly index: number;
  readonly key: string | undefined;
}

/** What became of an item: its task, or why that could not be submitted. */
export type Ended = TaskRecord | { readonly error: Error };

export class BatchRun<I, T> implements SettleListener {
  readonly stream: ResultStream<T>;
  /** The tasks that have not ended. */
  readonly running: Map<TaskRecord, Item<I>> = new Map();
  readonly counts = { started: 0, succeeded: 0, failed: 0, cancelled: 0 };
  readonly #scheduler: Scheduler;
  readonly #name: string;
  readonly #task: Submittable;
  readonly #wrap: (item: Item<I>, ended: Ended) => T;
  readonly #options: MapOptions<I>;
  readonly #inputs: Inputs<I>;
  readonly #rate: StartRate;
  readonly #rateAlarm: Alarm = new Alarm(() => this.fill());
  readonly #deadlines: Timers = new Timers(systemClock);
  readonly #deadlineAlarm: Alarm = new Alarm(() => this.#onDeadline());
  readonly #onAbort = (): void => this.stop(this.#options.signal!.reason);
  readonly #keys: KeyLimit<Item<I>>;
  readonly #ordered: InOrder<T> = new InOrder();
  #nextIndex = 0;
  #concurrency: number;
  #each: SubmitOptions | undefined;
  /** Why no more tasks are started, once the batch is stopped. */
  #stopReason: { readonly reason: unknown } | undefined;
  #paused = false;
  #filling = false;
  readonly #whenDone = Promise.withResolvers<void>();
  done = false;

  constructor(
    scheduler: Scheduler,
    task: Submittable,
    inputs: Iterable<I> | AsyncIterable<I>,
    options: MapOptions<I> & { readonly name: string },
    wrap: (item: Item<I>, ended: Ended) => T,
  ) {
    this.#scheduler = scheduler;
    this.#name = options.name;
    this.#task = task;
    this.#options = options;
    this.#wrap = wrap;
    this.#concurrency = options.concurrency ?? DEFAULT_CONCURRENCY;
    this.#rate = new StartRate(
      options.rate ?? Infinity,
      scheduler.timers.now(),
    );
    this.#keys = new KeyLimit(options.perKey ?? Infinity);
    this.#each = eachOf(options);
    this.stream = new ResultStream({
      onTaken: () => this.fill(),
      onLeft: () => this.stop(`the iteration of ${this.#name} was left`),
    });
    this.#inputs = new Inputs(inputs, () => this.fill());
    this.#watchDeadline();
    if (options.signal?.aborted) this.#onAbort();
    options.signal?.addEventListener("abort", this.#onAbort, { once: true });
    this.fill();
  }

  /** Resolves when no task runs and none will be started. */
  get whenDone(): Promise<void> {
    return this.#whenDone.promise;
  }

  get concurrency(): number {
    return this.#concurrency;
  }

  set concurrency(value: number) {
    this.#concurrency = value;
    this.fill();
  }

  get rate(): number {
    return this.#rate.perSecond;
  }

  set rate(perSecond: number) {
    this.#rate.setRate(perSecond, this.#scheduler.timers.now());
    this.fill();
  }

  get paused(): boolean {
    return this.#paused;
  }

  /** While `paused`, no input is taken and no queued task starts. */
  set paused(paused: boolean) {
    this.#paused = paused;
    const { queue } = this.#scheduler;
    const tasks = [...this.running.keys()];
    if (paused) queue.pause(tasks);
    else queue.resume(tasks);
    this.fill();
  }

  /** Sets a limit of the tasks that run and of those to come. */
  setLimit(limit: "timeout" | "deadline", value: number | undefined): void {
    const { [limit]: _, ...others } = this.#each ?? {};
    this.#each = value === undefined ? others : { ...others, [limit]: value };
    for (const record of this.running.keys()) {
      this.#scheduler.moveLimit(record, limit, value);
    }
    if (limit === "deadline") this.#watchDeadline();
  }

  /** Takes no more inputs and asks the running tasks to stop. */
  stop(reason: unknown): void {
    if (this.#stopReason !== undefined) return;
    this.close(reason);
    stopAll(this.#scheduler, [...this.running.keys()], reasonOf(reason));
  }

  /** Takes no more inputs, for a reason that the reader gets in the end. */
  close(reason: unknown): void {
    this.#stopReason ??= { reason };
    this.#inputs.close();
    this.#keys.clear();
    this.fill();
  }

  onSettled(record: TaskRecord): void {
    const item = this.running.get(record)!;
    this.running.delete(record);
    const filling = this.#filling;
    // The reader takes the result, which must not start a task: this end may be
    // the one that stops the batch.
    this.#filling = true;
    this.#onEnded(item, record);
    this.#filling = filling;
    this.fill();
  }

  /** Starts what may start; ends the stream after the last result. */
  fill(): void {
    // What a start brings about, for example an end, calls this again.
    if (this.#filling || this.done) return;
    this.#filling = true;
    const start = { name: this.#name, at: epochNow() };
    while (this.running.size < this.#concurrency && this.#mayStart()) {
      const item = this.#nextItem();
      if (item === undefined) break;
      this.#start(item, start);
    }
    this.#filling = false;
    if (this.running.size === 0 && this.#isUsedUp()) this.#end();
  }

  /** Whether a task may start now; if the rate forbids it, a timer asks again. */
  #mayStart(): boolean {
    if (this.#paused) return false;
    const { timers } = this.#scheduler;
    const ms = this.#rate.waitMs(timers.now());
    if (ms > 0) timers.start(this.#rateAlarm, ms);
    return ms === 0;
  }

  #nextItem(): Item<I> | undefined {
    const held = this.#keys.next();
    if (held !== undefined) return held;
    while (this.#ahead < MAX_AHEAD) {
      const taken = this.#inputs.take();
      if (typeof taken === "string") return undefined;
      const item = this.#itemOf(taken.input);
      if (item === undefined || this.#keys.isFree(item)) return item;
      this.#keys.hold(item);
    }
    return undefined;
  }

  get #ahead(): number {
    return this.#keys.size + this.#ordered.size + this.stream.size;
  }

  #itemOf(input: I): Item<I> | undefined {
    try {
      const key = this.#options.key?.(input);
      return { input, index: this.#nextIndex++, key };
    } catch (error) {
      this.stop(error);
      return undefined;
    }
  }

  #start(item: Item<I>, start: { name: string; at: number }): void {
    this.#rate.take(this.#scheduler.timers.now());
    this.counts.started++;
    this.#keys.onStart(item);
    let record: TaskRecord;
    try {
      const args = this.#options.args?.(item.input) ?? [item.input];
      record = this.#scheduler.submit(this.#task, args, this.#each, start);
    } catch (error) {
      const reason = error instanceof Error ? error : new Error(String(error));
      this.#onEnded(item, { error: reason });
      if (error instanceof InvalidStateError) this.stop(error);
      return;
    }
    // The result goes to the reader of the batch, who need not ask the history.
    this.#scheduler.table.markRead(record);
    this.running.set(record, item);
    record.listen(this);
  }

  #onEnded(item: Item<I>, ended: Ended): void {
    this.#keys.onEnd(item);
    const { counts } = this;
    const failed = ended instanceof TaskRecord ? ended.failed : true;
    if (failed) counts.failed++;
    else if ((ended as TaskRecord).state === "cancelled") counts.cancelled++;
    else counts.succeeded++;
    const result = this.#wrap(item, ended);
    const next = this.#options.ordered
      ? this.#ordered.add(item.index, result)
      : [result];
    for (const one of next) this.stream.push(one);
    if (!failed) return;
    const done = counts.succeeded + counts.failed;
    if (isReached(this.#options.until ?? "all", done, counts.failed)) {
      this.stop(this.#tooManyFailed(counts.failed, done));
    }
  }

  #tooManyFailed(failures: number, of: number): CancelledError {
    const message = `${this.#name} was stopped: ${failures} of ${of} failed`;
    return withoutStack(() => new CancelledError(message));
  }

  #isUsedUp(): boolean {
    return this.#stopReason !== undefined ||
      (this.#keys.size === 0 && this.#inputs.ended);
  }

  #end(): void {
    this.done = true;
    this.#scheduler.timers.stop(this.#rateAlarm);
    this.#deadlines.stop(this.#deadlineAlarm);
    this.#options.signal?.removeEventListener("abort", this.#onAbort);
    // A batch that was stopped has dropped the items that it held.
    for (const result of this.#ordered.rest()) this.stream.push(result);
    const failure = this.#stopReason ?? this.#inputs.failure;
    if (failure === undefined) this.stream.end();
    else this.stream.fail(failure.reason);
    this.#whenDone.resolve();
  }

  #watchDeadline(): void {
    const deadline = this.#each?.deadline?.valueOf() ?? Infinity;
    const ms = deadline - this.#deadlines.now();
    this.#deadlines.start(this.#deadlineAlarm, ms);
  }

  #onDeadline(): void {
    const message = `the deadline of ${this.#name} has passed`;
    this.stop(withoutStack(() => new TimeoutError(message, "deadline", 0)));
  }
}
