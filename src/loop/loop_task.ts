/**
 * One task inside its loop: what its own code sees of it, and what the loop
 * does to it.
 *
 * @module
 */
import { CancelledError, withoutStack } from "../errors.ts";
import type { MovableLimit, RunOptions } from "../protocol/messages.ts";
import type { AnyTaskReference } from "../protocol/reference.ts";
import type { EndState, Progress, TaskId } from "../task.ts";
import type { ChildTask, CurrentTask, SpawnOptions } from "../task_api.ts";
import type { Timers } from "../timers.ts";
import type { Detaching } from "./detaching.ts";
import { Limits } from "./limits.ts";
import type { Resolvable } from "./resolve.ts";
import { GraceTimer, Scope, Shield } from "./scope.ts";
import { stopReason } from "./stop_reason.ts";

// Before a task can change them.
const { Number, String } = globalThis;

/** What a task came to: what awaiting it gives or throws. */
export interface LoopOutcome {
  readonly state: EndState;
  readonly result: unknown;
}

/** What a task needs of the loop that runs it. */
export interface TaskHost {
  readonly timers: Timers;
  /** Those that go by the system's clock. */
  readonly deadlines: Timers;
  readonly detaching: Detaching;
  /** When what it takes in came, on the clock of its timers. */
  readonly receivedAt: number;
  progressed(task: LoopTask): void;
  /**
   * Asks a task to stop for a reason that only the loop knows: a limit fired,
   * its parent ended.
   */
  stop(task: LoopTask, reason: Error, graceMs?: number): void;
  /** Makes a call in which the current task is this one, or in its shield. */
  runAs<R>(scope: LoopTask | Shield, call: () => R): R;
  /** The shield that the running code is in, if any. */
  shield(): Shield | undefined;
  /** The grace of the task is over. */
  graceEnded(task: LoopTask): void;
  spawn(
    parent: LoopTask,
    reference: AnyTaskReference,
    args: readonly unknown[],
    options: SpawnOptions,
  ): ChildTask<never>;
}

/** What few tasks have, kept apart from what a million of them have. */
class Details {
  /** Those of its children that are not settled. */
  children: Set<LoopTask> | undefined;
  childCount = 0;
  /** What its code came to, while it waits for its children. */
  held: LoopOutcome | undefined;
  shield: Shield | undefined;
  attempt = 1;
  /** Is told, in the loop, what the task came to. */
  settled: ((state: EndState, result: unknown) => void) | undefined;
  /** What it last said of its progress, while that has not been posted. */
  report: ProgressReport | undefined;
  lastProgressAt: number | undefined;
  limits: Limits | undefined;
  grace: GraceTimer | undefined;

  constructor(
    readonly parent: LoopTask | undefined,
    /** Whether that started it in its shield. */
    readonly shielded = false,
  ) {}
}

type ProgressReport = Pick<Progress, "done" | "total" | "note">;

export class LoopTask extends Scope<TaskHost> implements CurrentTask {
  readonly id: TaskId;
  readonly resolvable: Resolvable;
  readonly options: RunOptions | undefined;
  /** On the clock of its timers, as all its times. */
  readonly startedAt: number;
  ended = false;
  /** Its grace ended before it did; whatever it does now comes too late. */
  abandoned = false;

  #details: Details | undefined;

  constructor(
    host: TaskHost,
    id: TaskId,
    resolvable: Resolvable,
    options: RunOptions | undefined,
    parent?: LoopTask,
    shielded?: boolean,
  ) {
    super(host);
    this.id = id;
    this.resolvable = resolvable;
    this.options = options;
    // A burst of tasks is too fast to look at the clock for each, and only a
    // limit needs it.
    const { receivedAt, timers } = host;
    this.startedAt = options === undefined ? receivedAt : timers.now();
    if (parent !== undefined) this.#details = new Details(parent, shielded);
    if (options === undefined) return;
    for (const limit of ["timeout", "deadline", "stall"] as const) {
      if (options[limit] !== undefined) this.limit(limit, options[limit]);
    }
  }

  get #own(): Details {
    return this.#details ??= new Details(undefined);
  }

  get parent(): LoopTask | undefined {
    return this.#details?.parent;
  }

  /** Those of its children that are not settled. */
  get children(): Set<LoopTask> | undefined {
    return this.#details?.children;
  }

  set children(children: Set<LoopTask>) {
    this.#own.children = children;
  }

  /** What its code came to, while it waits for its children. */
  get held(): LoopOutcome | undefined {
    return this.#details?.held;
  }

  set held(outcome: LoopOutcome) {
    this.#own.held = outcome;
  }

  get attempt(): number {
    return this.#details?.attempt ?? 1;
  }

  set attempt(value: number) {
    this.#own.attempt = value;
  }

  /** Is told, in the loop, what the task came to. */
  get settled(): ((state: EndState, result: unknown) => void) | undefined {
    return this.#details?.settled;
  }

  set settled(listener: (state: EndState, result: unknown) => void) {
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

  /** Of the code that reads it: of its shield, for what is in that. */
  override get signal(): AbortSignal {
    return this.host.shield()?.signal ?? super.signal;
  }

  override sleep(ms: number): Promise<void> {
    return this.host.shield()?.sleep(ms) ?? super.sleep(ms);
  }

  shielded<R>(run: () => R): R {
    const own = this.#own;
    if (own.shield === undefined) {
      own.shield = new Shield(this.host, this);
      if (this.abandoned) own.shield.halt(this.stopReason!);
    }
    return this.host.runAs(own.shield, run);
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
    own.lastProgressAt = this.host.timers.now();
    this.host.progressed(this);
  }

  spawn(
    reference: AnyTaskReference,
    args: readonly unknown[] = [],
    options: SpawnOptions = {},
  ): ChildTask<never> {
    return this.host.spawn(this, reference, args, options);
  }

  detach(
    reference: AnyTaskReference,
    args: readonly unknown[] = [],
    options: SpawnOptions = {},
  ): Promise<TaskId> {
    return this.host.detaching.ask(this.id, reference, args, options);
  }

  cancel(reason: string | Error = "cancelled by itself"): void {
    const error = stopReason(reason);
    if (!this.ended && !this.abandoned) this.host.stop(this, error);
  }

  nextChildId(): TaskId {
    return `${this.id}.${++this.#own.childCount}` as TaskId;
  }

  /** Sets, moves or (with `undefined`) lifts a limit. */
  limit(limit: MovableLimit, value: number | undefined): void {
    (this.#own.limits ??= new Limits(this.host, this)).set(limit, value);
  }

  /** Why it may not begin: because of a limit that leaves it no time, too. */
  mayNotBegin(): Error | undefined {
    this.#details?.limits?.check();
    return this.stopReason;
  }

  /**
   * Asks the task to stop, and starts its grace. Asked again, it may only be
   * given less time.
   */
  stop(reason: Error, graceMs: number): void {
    const { timers } = this.host;
    const own = this.#own;
    if (own.grace !== undefined) {
      if (timers.now() + graceMs >= own.grace.endsAt) return;
      timers.stop(own.grace);
    }
    own.grace = new GraceTimer(this, timers.now() + graceMs);
    timers.start(own.grace, graceMs);
    if (this.stopReason === undefined) {
      own.limits?.lift();
      this.halt(reason);
    }
    for (const child of own.children ?? []) {
      if (!child.#details!.shielded) this.stopChild(child, graceMs);
    }
  }

  /** Asks a child to stop, because the task was asked to. */
  stopChild(child: LoopTask, graceMs: number): void {
    const why = `its parent, task ${this.id}, was asked to stop`;
    const cause = this.stopReason;
    const reason = withoutStack(() => new CancelledError(why, { cause }));
    this.host.stop(child, reason, graceMs);
  }

  /** It is past a limit, as `reason` says. */
  passed(reason: Error): void {
    this.host.stop(this, reason);
  }

  /** Its grace is over, and that of what it has shielded or started. */
  graceEnded(): void {
    if (this.ended || this.abandoned) return;
    this.#details?.shield?.halt(this.stopReason!);
    for (const child of this.children ?? []) {
      this.stopChild(child, 0);
      child.graceEnded();
    }
    // Its code had ended, and it waited for its children only.
    if (!this.ended) this.host.graceEnded(this);
  }

  /** It has ended: nothing of it waits any more. */
  end(): void {
    this.ended = true;
    const details = this.#details;
    if (details === undefined) return;
    details.limits?.lift();
    if (details.grace !== undefined) this.host.timers.stop(details.grace);
  }
}
