/**
 * One task inside its loop: what its own code can do, and what the loop does to
 * it.
 *
 * @module
 */
import { epochNow } from "../clock.ts";
import { CancelledError, withoutStack } from "../errors.ts";
import { encodeThrown } from "../protocol/codec.ts";
import type { MovableLimit, RunOptions } from "../protocol/messages.ts";
import type { AnyTaskReference } from "../protocol/reference.ts";
import type { EndState, Progress, TaskId } from "../task.ts";
import type { ChildTask, CurrentTask, SpawnOptions } from "../task_api.ts";
import { Alarm } from "../timers.ts";
import { Limits } from "./limits.ts";
import type { Loop } from "./loop.ts";
import type { Resolvable } from "./resolve.ts";
import { Scope, Shield, stopReason } from "./scope.ts";

// Taken before a task can replace them.
const { Number, String } = globalThis;

/** Longer than 0, so that a turn of the event loop lies in between. */
const LAST_TURN_MS = 1;

/** How a task ended: what awaiting it returns or throws. */
export interface LoopOutcome {
  readonly state: EndState;
  readonly result: unknown;
}

/** What a task needs of its loop. Tests pass one of their own. */
export type TaskHost = Pick<
  Loop,
  | "timers"
  | "deadlines"
  | "receivedAt"
  | "outbox"
  | "detaching"
  | "stop"
  | "abandon"
  | "runAs"
  | "shield"
  | "spawn"
>;

/** What only few of a million tasks have, kept apart to save memory. */
export class Details {
  /** The children that have not settled. */
  children: Set<LoopTask> | undefined;
  childCount = 0;
  /** How the task's own code ended, while the task waits for its children. */
  pending: LoopOutcome | undefined;
  shield: Shield | undefined;
  attempt = 1;
  /** Called in the loop when the task settles. */
  onSettled: ((outcome: LoopOutcome) => void) | undefined;
  /** The latest progress that has not been posted. */
  report: Pick<Progress, "done" | "total" | "note"> | undefined;
  lastProgressAt: number | undefined;
  limits: Limits | undefined;
  /** Runs while the task has a grace, which ends at `graceEndsAt`. */
  grace: Alarm | undefined;
  graceEndsAt = Infinity;

  constructor(
    readonly parent?: LoopTask,
    /** Whether the parent started the task in its shield. */
    readonly shielded = false,
  ) {}
}

export class LoopTask extends Scope implements CurrentTask {
  /** On the clock of the loop's timers. */
  readonly startedAt: number;
  ended = false;
  /** Its grace ended before the task did: whatever it still does is dropped. */
  abandoned = false;

  constructor(
    host: TaskHost,
    readonly id: TaskId,
    readonly resolvable: Resolvable,
    readonly options: RunOptions | undefined,
    public details?: Details,
  ) {
    super(host);
    // Only a limit needs the exact time, and to read the clock for each task
    // would slow a burst down.
    const { receivedAt, timers } = host;
    this.startedAt = options === undefined ? receivedAt : timers.now();
    if (options === undefined) return;
    for (const limit of ["timeout", "deadline", "stall"] as const) {
      if (options[limit] !== undefined) this.limit(limit, options[limit]);
    }
  }

  /** Returns the details; makes them when they are first needed. */
  makeDetails(): Details {
    return this.details ??= new Details();
  }

  get name(): string {
    return this.options?.name ?? this.resolvable.name;
  }

  get attempt(): number {
    return this.details?.attempt ?? 1;
  }

  beginAttempt(attempt: number): void {
    this.makeDetails().attempt = attempt;
    if (attempt === 1) return;
    this.host.outbox.send({ type: "attempt", id: this.id, attempt });
  }

  /** Another attempt follows, after a pause in milliseconds. */
  attemptFailed(thrown: unknown, pause: number): void {
    const retryAt = epochNow() + pause;
    const error = encodeThrown(thrown);
    this.host.outbox.send({ type: "retrying", id: this.id, error, retryAt });
  }

  /** The signal of the code that reads it, which may run in the shield. */
  override get signal(): AbortSignal {
    return this.host.shield()?.signal ?? super.signal;
  }

  override sleep(ms: number): Promise<void> {
    return this.host.shield()?.sleep(ms) ?? super.sleep(ms);
  }

  shielded<R>(run: () => R): R {
    const details = this.makeDetails();
    if (details.shield === undefined) {
      details.shield = new Shield(this.host, this);
      if (this.abandoned) details.shield.halt(this.stopReason!);
    }
    return this.host.runAs(details.shield, run);
  }

  progress(done: number, total?: number, note?: string): void {
    if (this.ended || this.abandoned) return;
    // Converted here: a value that can't be sent would take the messages of
    // other tasks down with it.
    const details = this.makeDetails();
    details.report = {
      done: Number(done),
      ...(total === undefined ? {} : { total: Number(total) }),
      ...(note === undefined ? {} : { note: String(note) }),
    };
    details.lastProgressAt = this.host.timers.now();
    this.host.outbox.output.progressed(this);
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

  /** Sets, moves or (with `undefined`) lifts a limit. */
  limit(limit: MovableLimit, value: number | undefined): void {
    const details = this.makeDetails();
    (details.limits ??= new Limits(this.host, this)).set(limit, value);
  }

  /**
   * Asks the task to stop and starts its grace. A second request can only
   * shorten the grace.
   */
  stop(reason: Error, graceMs: number): void {
    const { timers } = this.host;
    const details = this.makeDetails();
    const endsAt = timers.now() + graceMs;
    if (details.grace !== undefined && endsAt >= details.graceEndsAt) return;
    details.grace ??= new Alarm(() => this.endGrace());
    details.graceEndsAt = endsAt;
    timers.start(details.grace, graceMs);
    if (this.stopReason === undefined) {
      details.limits?.lift();
      this.halt(reason);
    }
    for (const child of details.children ?? []) {
      if (!child.details!.shielded) this.#stopChild(child, graceMs);
    }
  }

  #stopChild(child: LoopTask, graceMs: number): void {
    const message = `its parent, task ${this.id}, was asked to stop`;
    const cause = this.stopReason;
    const reason = withoutStack(() => new CancelledError(message, { cause }));
    this.host.stop(child, reason, graceMs);
  }

  /** Ends the grace of the task, of what it shields and of its children. */
  endGrace(): void {
    if (this.ended || this.abandoned) return;
    // Shielded code hears of it only now, and has one turn to end.
    if (this.#haltShields()) return;
    for (const child of this.details?.children ?? []) {
      this.#stopChild(child, 0);
      child.endGrace();
    }
    // The task may have waited only for its children, and ended with them.
    if (!this.ended) this.host.abandon(this);
  }

  /**
   * Asks what the task and its children shield to stop, and gives them one more
   * turn. Returns whether there was anything.
   */
  #haltShields(): boolean {
    const { shield, children = [] } = this.details ?? {};
    let halted = shield !== undefined && shield.stopReason === undefined;
    if (halted) shield!.halt(this.stopReason!);
    for (const child of children) {
      this.#stopChild(child, 0);
      halted = child.#haltShields() || halted;
    }
    if (halted) this.host.timers.start(this.details!.grace!, LAST_TURN_MS);
    return halted;
  }

  /** Marks the task as ended and stops its timers. */
  end(): void {
    this.ended = true;
    if (this.details === undefined) return;
    const { grace, limits } = this.details;
    limits?.lift();
    if (grace !== undefined) this.host.timers.stop(grace);
  }
}
