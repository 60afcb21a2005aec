/**
 * Which task has a slot in a loop, which task waits for one, and what happens
 * when a task settles.
 *
 * @module
 */
import { epochNow, monotonicClock, systemClock } from "../../clock.ts";
import { copyArguments } from "../../clone.ts";
import type { Engine } from "../../engine/engine.ts";
import { InvalidStateError } from "../../errors.ts";
import type { MovableLimit } from "../../protocol/messages.ts";
import { encodeReference, type Submittable } from "../../protocol/reference.ts";
import type { EndState } from "../../task.ts";
import { Timers } from "../../timers.ts";
import type { Connection } from "../loops/connection.ts";
import { DetachedTasks } from "../loops/detached_tasks.ts";
import { LiveLoop, type LoopEnd, type LoopOwner } from "../loops/live_loop.ts";
import { LoopSet } from "../loops/loop_set.ts";
import { isLate, notStartedByDeadline } from "../task/limits.ts";
import { wakeFollowers } from "../task/log.ts";
import type { TaskRecord } from "../task/record.ts";
import { TaskTable } from "../task/table.ts";
import { Callbacks } from "./callbacks.ts";
import { lostError, lostTasks } from "./lost.ts";
import { isIsolated, TaskQueue } from "./queue.ts";
import {
  type GroupStart,
  stopOnAbort,
  submissionOf,
  SubmissionSites,
  type SubmitOptions,
} from "./submission.ts";

/** How long a blocked thread goes without a look at its timers. */
const MAX_BLOCK_MS = 100;

export interface SchedulerOptions {
  readonly concurrency: number;
  readonly isolatedConcurrency: number;
  readonly history: number;
  /** Milliseconds. */
  readonly grace: number;
  readonly onWarning: (warning: string) => void;
}

export class Scheduler implements LoopOwner {
  readonly timers: Timers = new Timers();
  readonly #deadlines: Timers = new Timers(systemClock);
  readonly table: TaskTable;
  readonly loops: LoopSet;
  readonly detached: DetachedTasks = new DetachedTasks(this);
  readonly grace: number;
  readonly onWarning: (warning: string) => void;
  readonly callbacks: Callbacks;
  readonly queue: TaskQueue;
  readonly #sites: SubmissionSites = new SubmissionSites();
  #concurrency: number;
  /** How many tasks have a slot. */
  usedSlots = 0;
  /** Whether the loops have ended and no task starts any more. */
  stopped = false;
  /** Why a submission is refused, once it is. */
  #refusal: string | undefined;
  #filling = false;

  constructor(
    options: SchedulerOptions,
    startEngine: (isolated: boolean) => Engine,
  ) {
    this.grace = options.grace;
    // The user's function may throw, which must not break what runs now.
    this.onWarning = (warning) =>
      queueMicrotask(() => options.onWarning(warning));
    this.callbacks = new Callbacks(this.onWarning);
    this.table = new TaskTable(options.history, this.onWarning);
    this.queue = new TaskQueue(this.#deadlines, this.#expire, this.#fillSlots);
    this.#concurrency = options.concurrency;
    this.loops = new LoopSet(
      (isolated) => new LiveLoop(startEngine(isolated), this, isolated),
      options.isolatedConcurrency,
      this.#fillSlots,
    );
  }

  get concurrency(): number {
    return this.#concurrency;
  }

  set concurrency(value: number) {
    this.#concurrency = value;
    this.#fillSlots();
  }

  /** Takes in what all loops have said. */
  sync(): void {
    for (const loop of this.loops) loop.connection.sync();
    this.callbacks.run();
  }

  /** All tasks, after a {@linkcode Scheduler.sync}. */
  records(): TaskRecord[] {
    this.sync();
    return this.table.toArray();
  }

  /** Brings the record of one task up to date. */
  refresh(record: TaskRecord): void {
    if (record.loop === undefined) return this.sync();
    record.loop.refresh(record);
    this.callbacks.run();
  }

  submit(
    reference: Submittable,
    args: readonly unknown[] = [],
    options?: SubmitOptions,
    group?: GroupStart,
  ): TaskRecord {
    this.#ensureOpen("submit a task");
    const id = this.table.lastId + 1;
    const record = submissionOf(id, reference, args, options, group);
    record.submittedFrom = this.#sites.here(record.submittedAt);
    if (record.details?.resubmissions) record.args = copyArguments(args).args;
    const signal = options?.signal;
    const free = this.usedSlots < this.#concurrency &&
      this.queue.isNext(record, this.loops.hasRoom);
    if (free && !isLate(record) && !signal?.aborted) this.#run(record);
    else this.#enqueue(record);
    this.table.lastId = id;
    this.table.add(record);
    if (signal) stopOnAbort(record, signal, (one, why) => this.stop(one, why));
    return record;
  }

  #run(record: TaskRecord): void {
    const isolated = isIsolated(record);
    const loop = isolated
      ? this.loops.startIsolated()
      : this.loops.ensureShared();
    try {
      loop.run(record);
    } catch (error) {
      if (isolated) loop.end(new Error("its task could not be sent"));
      throw error;
    }
    this.usedSlots++;
  }

  #enqueue(record: TaskRecord): void {
    // What can't be sent is refused now, not when the task's turn comes.
    encodeReference(record.reference!);
    const { transfer } = record.details ?? {};
    const copy = copyArguments(record.args, transfer);
    record.args = copy.args;
    if (transfer !== undefined) {
      record.ensureDetails().transfer = copy.transfer;
    }
    this.queue.add(record);
  }

  /** Stops a queued task whose deadline has passed. */
  readonly #expire = (record: TaskRecord): void =>
    this.stop(record, notStartedByDeadline(record, epochNow()));

  /** Asks a task to stop. A task without a slot is cancelled at once. */
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

  /** The connection to the shared loop, if the loop can `what`. */
  connect(what: string): Connection {
    this.#ensureOpen(what);
    return this.loops.ensureShared().connection;
  }

  /** Blocks this thread until `done`, for at most `ms`; returns whether it is. */
  blockUntil(done: () => boolean, ms: number): boolean {
    const until = monotonicClock.now() + ms;
    for (;;) {
      this.sync();
      this.timers.runDue();
      this.#deadlines.runDue();
      for (const loop of this.loops) loop.check();
      if (done()) return true;
      const left = until - monotonicClock.now();
      if (left <= 0) return false;
      // No microtask posts while this thread is blocked.
      for (const loop of this.loops) loop.connection.flush();
      this.loops.ensureShared().engine.waitSync(Math.min(left, MAX_BLOCK_MS));
    }
  }

  /** Refuses submissions from now on; `why` goes into the error. */
  refuse(why: string): void {
    this.#refusal ??= why;
  }

  #ensureOpen(action: string): void {
    if (this.#refusal === undefined) return;
    throw new InvalidStateError(`Cannot ${action}: ${this.#refusal}`);
  }

  /** Ends the loops. Tasks that have not settled are lost. */
  end(how: Error): void {
    // What the loops have said by now still counts.
    this.sync();
    this.#refusal = "the loop is closed";
    this.stopped = true;
    for (const loop of this.loops) loop.end(how);
    this.queue.endPauses();
    this.#failQueue(how);
  }

  onLoopEnd(loop: LiveLoop, end: LoopEnd): void {
    this.loops.delete(loop);
    // The next loop would not speak either: the queue would wait for ever.
    if (!loop.connection.hasSpoken && !end.killed) this.#failQueue(end.how);
    const lost = lostTasks(this.table, loop, end, this.stopped);
    for (const { record, outcome } of lost) {
      if (outcome === "resubmit") this.#resubmit(record);
      else if (outcome === "cancelled") {
        this.settle(record, outcome, undefined, epochNow());
      } else this.settle(record, "failed", outcome, epochNow());
    }
  }

  /** Puts a task whose loop has ended back into the queue. */
  #resubmit(record: TaskRecord): void {
    record.restart();
    this.usedSlots--;
    this.queue.add(record);
    this.#fillSlots();
  }

  #failQueue(how: Error): void {
    for (let next; (next = this.queue.first(true));) {
      this.settle(next, "failed", lostError(next, how, false, []), epochNow());
    }
  }

  /** Settles a task; frees its slot. */
  settle(
    record: TaskRecord,
    state: EndState,
    result: unknown,
    at: number,
  ): void {
    if (record.loop === undefined) this.queue.remove(record);
    else if (record.parent === undefined) this.usedSlots--;
    record.settle(state, result, at);
    if (record.error !== undefined) this.#sites.addTo(record.error, record);
    record.details?.release?.();
    wakeFollowers(record);
    record.announce();
    this.table.onSettled(record);
    this.#fillSlots();
  }

  /** Gives free slots to the tasks whose turn it is. */
  readonly #fillSlots = (): void => {
    // A task that can't start is settled, which calls this again.
    if (this.#filling) return;
    this.#filling = true;
    while (this.usedSlots < this.#concurrency && !this.stopped) {
      const record = this.queue.first(this.loops.hasRoom);
      if (record === undefined) break;
      if (isLate(record)) {
        this.#expire(record);
        continue;
      }
      this.queue.remove(record);
      try {
        this.#run(record);
      } catch (error) {
        // What was copied into the queue may not cross to a process.
        this.queue.add(record);
        this.settle(record, "failed", error, epochNow());
      }
    }
    this.#filling = false;
  };
}
