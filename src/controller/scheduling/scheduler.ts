/**
 * Which task has a place in a loop, which waits for one, and what each came
 * to.
 *
 * @module
 */
import { epochNow, monotonicClock, systemClock } from "../../clock.ts";
import type { Engine } from "../../engine/engine.ts";
import { InvalidStateError } from "../../errors.ts";
import type { MovableLimit } from "../../protocol/messages.ts";
import {
  type AnyTaskReference,
  encodeReference,
} from "../../protocol/reference.ts";
import { Timers } from "../../timers.ts";
import { copyArguments } from "../loops/arguments.ts";
import { Callbacks } from "./callbacks.ts";
import { isLate, notStartedByDeadline } from "../task/deadline.ts";
import { LiveLoop, type LoopOwner } from "../loops/live_loop.ts";
import { wakeFollowers } from "../task/log.ts";
import { LoopSet } from "../loops/loop_set.ts";
import type { EndState, LoopEnd } from "../loops/loop_tasks.ts";
import { lose, loseTasks, type LossOwner } from "./loss.ts";
import { isIsolated, TaskQueue } from "./queue.ts";
import type { TaskRecord } from "../task/record.ts";
import { stopOnAbort, type StoppingOwner } from "./stopping.ts";
import {
  type GroupStart,
  submissionOf,
  type SubmitOptions,
} from "./submission.ts";
import { SubmissionSites } from "./submission_sites.ts";
import { TaskTable } from "../task/table.ts";

/** How long a blocked thread goes without looking after its timers. */
const MAX_BLOCK_MS = 100;

export interface SchedulerOptions {
  readonly concurrency: number;
  readonly isolatedConcurrency: number;
  readonly history: number;
  /** Milliseconds. */
  readonly grace: number;
  readonly report: (notice: string) => void;
}

export class Scheduler implements LoopOwner, LossOwner, StoppingOwner {
  readonly timers: Timers = new Timers();
  readonly #deadlines: Timers = new Timers(systemClock);
  readonly table: TaskTable;
  readonly loops: LoopSet;
  readonly grace: number;
  readonly report: (notice: string) => void;
  readonly callbacks: Callbacks;
  readonly queue: TaskQueue;
  readonly #sites: SubmissionSites = new SubmissionSites();
  #concurrency: number;
  /** The number of the task that was submitted last. */
  lastId = 0;
  /** How many tasks hold a place in the loop. */
  placed = 0;
  /** Whether no task begins any more. */
  stopped = false;
  /** Why no more tasks are taken, once none are. */
  #refusal: string | undefined;
  #filling = false;

  constructor(
    options: SchedulerOptions,
    startEngine: (isolated: boolean) => Engine,
  ) {
    this.grace = options.grace;
    // Apart from what is being done: it is the user's, and may throw.
    this.report = (notice) => queueMicrotask(() => options.report(notice));
    this.callbacks = new Callbacks(this.report);
    this.table = new TaskTable(options.history, this.report);
    this.queue = new TaskQueue(this.#deadlines, this.#expire);
    this.#concurrency = options.concurrency;
    this.loops = new LoopSet(
      (isolated) => new LiveLoop(startEngine(isolated), this),
      options.isolatedConcurrency,
      () => this.#fill(),
    );
  }

  get concurrency(): number {
    return this.#concurrency;
  }

  set concurrency(value: number) {
    this.#concurrency = value;
    this.#fill();
  }

  /** Takes in what has been said, so that what is read next is true. */
  sync(): void {
    this.loops.sync();
    this.callbacks.run();
  }

  /** The tasks that are known, and of each what is true at this moment. */
  records(): TaskRecord[] {
    this.sync();
    return [...this.table.all()];
  }

  /** Makes what is known of one task what is true at this moment. */
  refresh(record: TaskRecord): void {
    if (record.loop === undefined) return this.sync();
    record.loop.refresh(record);
    this.callbacks.run();
  }

  submit(
    reference: AnyTaskReference,
    args: readonly unknown[] = [],
    options?: SubmitOptions,
    group?: GroupStart,
  ): TaskRecord {
    if (this.#refusal !== undefined) {
      throw new InvalidStateError(`Cannot submit a task: ${this.#refusal}`);
    }
    const id = this.lastId + 1;
    const record = submissionOf(id, reference, args, options, group);
    record.submittedFrom = this.#sites.here(record.submittedAt);
    if (record.details?.resubmissions) record.args = copyArguments(args).args;
    const signal = options?.signal;
    const free = this.placed < this.#concurrency &&
      this.queue.isNext(record, this.loops.room);
    if (free && !isLate(record) && !signal?.aborted) this.#run(record);
    else this.#enqueue(record);
    this.lastId = id;
    this.table.add(record);
    if (signal !== undefined) stopOnAbort(this, record, signal);
    return record;
  }

  #run(record: TaskRecord): void {
    const loop = isIsolated(record)
      ? this.loops.startIsolated()
      : this.loops.loop;
    try {
      loop.run(record);
    } catch (error) {
      this.loops.leave(loop);
      throw error;
    }
    this.placed++;
  }

  #enqueue(record: TaskRecord): void {
    // What is wrong with it is said now, not when its turn comes.
    encodeReference(record.reference!);
    const { transfer } = record.details ?? {};
    const copy = copyArguments(record.args!, transfer);
    record.args = copy.args;
    if (transfer !== undefined) record.own.transfer = copy.transfer;
    this.queue.add(record);
  }

  /** Ends a task whose deadline has passed while it waited. */
  readonly #expire = (record: TaskRecord): void =>
    this.stop(record, notStartedByDeadline(record, epochNow()));

  /** Asks a task to stop; one that waits is stopped by that. */
  stop(record: TaskRecord, reason: string | Error, grace?: number): void {
    if (record.loop !== undefined) {
      record.loop.cancel(record, reason, grace);
    } else if (!record.done) {
      record.stopFor(reason);
      this.settle(record, "cancelled", undefined, epochNow());
    }
  }

  /** Sets, moves or lifts a limit. */
  moveLimit(
    record: TaskRecord,
    limit: MovableLimit,
    value: number | undefined,
  ): void {
    this.refresh(record);
    if (record.done) return;
    record.setLimit(limit, value);
    if (record.loop !== undefined) record.loop.moveLimit(record, limit, value);
    else this.queue.watchDeadline(record);
  }

  /** The functions that a module exports, loaded in the loop. */
  async exportsOf(module: string): Promise<readonly string[]> {
    if (this.#refusal !== undefined) {
      throw new InvalidStateError(`Cannot load a module: ${this.#refusal}`);
    }
    return await this.loops.loop.exportsOf(module);
  }

  /** Blocks this thread till `done`, for at most `ms`; returns whether it is. */
  blockUntil(done: () => boolean, ms: number): boolean {
    const until = monotonicClock.now() + ms;
    for (;;) {
      this.sync();
      this.timers.runDue();
      this.#deadlines.runDue();
      for (const loop of this.loops) loop.health.check();
      if (done()) return true;
      const left = until - monotonicClock.now();
      if (left <= 0) return false;
      // No microtask does it while this thread is blocked.
      for (const loop of this.loops) loop.flush();
      this.loops.loop.waitSync(Math.min(left, MAX_BLOCK_MS));
    }
  }

  /** No more tasks from now on; `why` is what who tries is told. */
  refuse(why: string): void {
    this.#refusal ??= why;
  }

  /** Ends the loops; what has not ended is lost with them. */
  end(how: Error): void {
    // What they have said by now still counts.
    this.sync();
    this.#refusal = "the loop is closed";
    this.stopped = true;
    for (const loop of this.loops) loop.end(how);
    this.#loseQueue(how);
  }

  lost(loop: LiveLoop, end: LoopEnd): void {
    this.loops.delete(loop);
    // A loop that never spoke will not speak the next time: what waits would
    // wait for ever.
    if (!loop.heard && !end.killed) this.#loseQueue(end.how);
    loseTasks(this, loop, end);
  }

  /** Puts a task that has lost its loop back into the queue. */
  runAgain(record: TaskRecord): void {
    record.restart();
    this.placed--;
    this.queue.add(record);
    this.#fill();
  }

  /** Of what waits, nothing will ever begin. */
  #loseQueue(how: Error): void {
    for (let next; (next = this.queue.first(true));) {
      lose(this, next, { how, begun: false, running: [] });
    }
  }

  reallyEnded(record: TaskRecord): void {
    this.table.stopped(record);
    this.loops.leave(record.loop as LiveLoop);
  }

  settle(
    record: TaskRecord,
    state: EndState,
    result: unknown,
    at: number,
  ): void {
    if (record.loop === undefined) this.queue.remove(record);
    else if (record.parent === undefined) this.placed--;
    record.settle(state, result, at);
    if (record.error !== undefined) this.#sites.addTo(record.error, record);
    record.details?.release?.();
    wakeFollowers(record);
    record.loop?.release(record);
    record.announce();
    this.table.ended(record);
    if (record.loop !== undefined) this.loops.leave(record.loop as LiveLoop);
    this.#fill();
  }

  /** Gives the free places to those whose turn it is. */
  #fill(): void {
    // Who does not get one is settled, which would fill in turn.
    if (this.#filling) return;
    this.#filling = true;
    while (this.placed < this.#concurrency && !this.stopped) {
      const record = this.queue.first(this.loops.room);
      if (record === undefined) break;
      if (isLate(record)) {
        this.#expire(record);
        continue;
      }
      this.queue.remove(record);
      try {
        this.#run(record);
      } catch (error) {
        // What was copied to wait here can't be copied to a process.
        this.queue.add(record);
        this.settle(record, "failed", error, epochNow());
      }
    }
    this.#filling = false;
  }
}
