/**
 * One task inside its loop: what its own code sees of it, and what the loop
 * does to it.
 *
 * @module
 */
import { CancelledError, withoutStack } from "../errors.ts";
import type { MovableLimit, RunOptions } from "../protocol/messages.ts";
import type { AnyTaskReference, TaskReference } from "../protocol/reference.ts";
import type { TaskId } from "../task.ts";
import type { ChildTask, SpawnOptions, Task } from "../task_api.ts";
import type { Timers } from "../timers.ts";
import { Limits } from "./limits.ts";
import type { Resolvable } from "./resolve.ts";
import { GraceTimer, Sleep } from "./task_timers.ts";

/** What a task came to, before anything of it is sent. */
export type LoopOutcome =
  | { readonly state: "succeeded"; readonly value: unknown }
  | { readonly state: "failed" | "cancelled"; readonly error: unknown };

/** What a task needs of the loop that runs it. */
export interface TaskHost {
  readonly timers: Timers;
  /** Those that go by the system's clock. */
  readonly deadlines: Timers;
  /** When what it takes in came, on the clock of its timers. */
  readonly receivedAt: number;
  progressed(task: LoopTask): void;
  /**
   * Asks a task to stop for a reason that only the loop knows: a limit fired,
   * its parent ended.
   */
  stop(task: LoopTask, reason: Error, graceMs?: number): void;
  /** Makes a call in which the current task is this one. */
  runAs(task: LoopTask, call: () => void): void;
  /** The grace of the task is over. */
  graceEnded(task: LoopTask): void;
  spawn(
    parent: LoopTask,
    reference: AnyTaskReference,
    args: readonly unknown[],
    options: SpawnOptions,
  ): ChildTask;
}

/** What few tasks have, kept apart from what a million of them have. */
class Details {
  /** Those of its children that have not ended. */
  children: Set<LoopTask> | undefined;
  childCount = 0;
  attempt = 1;
  /** Is told, in the loop, what the task came to. */
  settled: ((outcome: LoopOutcome) => void) | undefined;
  /** What it last said of its progress, while that has not been posted. */
  report: ProgressReport | undefined;
  lastProgressAt: number | undefined;
  abort: AbortController | undefined;
  /** Its sleeps besides the first. */
  sleeps: Set<Sleep> | undefined;
  limits: Limits | undefined;
  grace: GraceTimer | undefined;

  constructor(readonly parent: LoopTask | undefined) {}
}

interface ProgressReport {
  readonly done: number;
  readonly total?: number;
  readonly note?: string;
}

export class LoopTask implements Task {
  readonly id: TaskId;
  readonly resolvable: Resolvable;
  readonly options: RunOptions | undefined;
  /** On the clock of its timers, as all its times. */
  readonly startedAt: number;
  /** Why it was asked to stop, once it was. */
  stopReason: Error | undefined;
  ended = false;
  /** Its grace ended before it did; whatever it does now comes too late. */
  abandoned = false;

  readonly #host: TaskHost;
  // Most tasks sleep once at a time.
  #sleep: Sleep | undefined;
  #details: Details | undefined;

  constructor(
    host: TaskHost,
    id: TaskId,
    resolvable: Resolvable,
    options: RunOptions | undefined,
    parent?: LoopTask,
  ) {
    this.#host = host;
    this.id = id;
    this.resolvable = resolvable;
    this.options = options;
    // A burst of tasks is too fast to look at the clock for each, and only a
    // limit needs it.
    this.startedAt = options === undefined
      ? host.receivedAt
      : host.timers.now();
    if (parent !== undefined) this.#details = new Details(parent);
    if (options === undefined) return;
    if (options.timeout !== undefined) this.limit("timeout", options.timeout);
    if (options.deadline !== undefined) {
      this.limit("deadline", options.deadline);
    }
    if (options.stall !== undefined) this.limit("stall", options.stall);
  }

  get #own(): Details {
    return this.#details ??= new Details(undefined);
  }

  get parent(): LoopTask | undefined {
    return this.#details?.parent;
  }

  /** Those of its children that have not ended. */
  get children(): Set<LoopTask> | undefined {
    return this.#details?.children;
  }

  set children(children: Set<LoopTask>) {
    this.#own.children = children;
  }

  get attempt(): number {
    return this.#details?.attempt ?? 1;
  }

  set attempt(value: number) {
    this.#own.attempt = value;
  }

  /** Is told, in the loop, what the task came to. */
  get settled(): ((outcome: LoopOutcome) => void) | undefined {
    return this.#details?.settled;
  }

  set settled(listener: (outcome: LoopOutcome) => void) {
    this.#own.settled = listener;
  }

  /** What it last said of its progress, while that has not been posted. */
  get report(): ProgressReport | undefined {
    return this.#details?.report;
  }

  set report(report: ProgressReport | undefined) {
    this.#own.report = report;
  }

  get lastProgressAt(): number | undefined {
    return this.#details?.lastProgressAt;
  }

  get name(): string {
    return this.options?.name ?? this.resolvable.name;
  }

  get signal(): AbortSignal {
    const own = this.#own;
    if (own.abort === undefined) {
      own.abort = new AbortController();
      if (this.stopReason !== undefined) own.abort.abort(this.stopReason);
    }
    return own.abort.signal;
  }

  sleep(ms: number): Promise<void> {
    if (this.stopReason !== undefined) return Promise.reject(this.stopReason);
    return new Promise((resolve, reject) => {
      const sleep = new Sleep(this, resolve, reject);
      if (this.#sleep === undefined) this.#sleep = sleep;
      else (this.#own.sleeps ??= new Set()).add(sleep);
      this.#host.timers.start(sleep, ms);
    });
  }

  woke(sleep: Sleep): void {
    if (this.#sleep === sleep) this.#sleep = undefined;
    else this.#details?.sleeps?.delete(sleep);
  }

  #wakeAll(reason: Error): void {
    if (this.#sleep !== undefined) this.#wake(this.#sleep, reason);
    this.#sleep = undefined;
    const sleeps = this.#details?.sleeps;
    if (sleeps === undefined) return;
    for (const sleep of sleeps) this.#wake(sleep, reason);
    sleeps.clear();
  }

  #wake(sleep: Sleep, reason: Error): void {
    this.#host.timers.stop(sleep);
    sleep.reject(reason);
  }

  progress(done: number, total?: number, note?: string): void {
    if (this.ended || this.abandoned) return;
    // Made what it says it is: one that can't be sent would take the messages
    // of other tasks down with it.
    const own = this.#own;
    own.report = {
      done: Number(done),
      ...(total === undefined ? {} : { total: Number(total) }),
      ...(note === undefined ? {} : { note: String(note) }),
    };
    own.lastProgressAt = this.#host.timers.now();
    this.#host.progressed(this);
  }

  spawn<A extends readonly unknown[], R>(
    reference: TaskReference<A, R>,
    args?: A,
    options: SpawnOptions = {},
  ): ChildTask<Awaited<R>> {
    return this.#host.spawn(
      this,
      reference,
      args ?? [],
      options,
    ) as ChildTask<Awaited<R>>;
  }

  /** The id of its next child. */
  nextChildId(): TaskId {
    return `${this.id}.${++this.#own.childCount}` as TaskId;
  }

  /** Sets, moves or (with `undefined`) lifts a limit. */
  limit(limit: MovableLimit, value: number | undefined): void {
    const { timers, deadlines } = this.#host;
    const limits = this.#own.limits ??= new Limits(timers, deadlines, this);
    limits.set(limit, value);
  }

  /**
   * Asks the task to stop, and starts its grace. Asked again, it may only be
   * given less time.
   */
  stop(reason: Error, graceMs: number): void {
    const { timers } = this.#host;
    const own = this.#own;
    if (own.grace !== undefined) {
      if (timers.now() + graceMs >= own.grace.endsAt) return;
      timers.stop(own.grace);
    }
    own.grace = new GraceTimer(this, timers.now() + graceMs);
    timers.start(own.grace, graceMs);
    if (this.stopReason !== undefined) return;
    this.stopReason = reason;
    own.limits?.lift();
    this.#wakeAll(reason);
    const { abort } = own;
    // Its listeners are the task's own code, whoever asks it to stop.
    if (abort !== undefined) this.#host.runAs(this, () => abort.abort(reason));
    for (const child of own.children ?? []) {
      const why = `its parent, task ${this.id}, was asked to stop`;
      this.#host.stop(
        child,
        withoutStack(() => new CancelledError(why, { cause: reason })),
        graceMs,
      );
    }
  }

  /** It is past a limit, as `reason` says. */
  passed(reason: Error): void {
    this.#host.stop(this, reason);
  }

  /** Its grace is over. */
  graceEnded(): void {
    this.#host.graceEnded(this);
  }

  /** Its code has returned or thrown: nothing of it waits any more. */
  end(): void {
    this.ended = true;
    const details = this.#details;
    if (details === undefined) return;
    details.limits?.lift();
    if (details.grace !== undefined) this.#host.timers.stop(details.grace);
    details.parent?.children?.delete(this);
  }
}
