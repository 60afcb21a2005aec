/**
 * The limits on a task's time: how much of each is left, and that the task is
 * asked to stop when one is passed.
 *
 * @module
 */
import { limitPassed } from "../errors.ts";
import type { MovableLimit } from "../protocol/messages.ts";
import type { TaskId } from "../task.ts";
import { Timer, type Timers } from "../timers.ts";

/** What has limits. Its times are on the clock of its timers. */
interface Limited {
  readonly id: TaskId;
  readonly startedAt: number;
  readonly lastProgressAt: number | undefined;
  /** Why it was asked to stop, once it was. */
  readonly stopReason: Error | undefined;
  /** It is past a limit, as `reason` says. */
  passed(reason: Error): void;
}

/** What limits are measured by. */
interface Clocks {
  readonly timers: Timers;
  /** They go by the system's clock. */
  readonly deadlines: Timers;
}

export class Limits {
  readonly #clock: Timers;
  readonly #deadlines: Timers;
  readonly #task: Limited;
  readonly #timers: { [L in MovableLimit]?: LimitTimer } = {};

  constructor({ timers, deadlines }: Clocks, task: Limited) {
    this.#clock = timers;
    this.#deadlines = deadlines;
    this.#task = task;
  }

  /**
   * Sets, moves or (with `undefined`) lifts a limit. One that is shorter than
   * what has passed fires at once.
   */
  set(limit: MovableLimit, value: number | undefined): void {
    this.#stop(limit);
    if (value === undefined || this.#task.stopReason !== undefined) return;
    const timer = new LimitTimer(this, limit, value);
    this.#timers[limit] = timer;
    this.#timersOf(limit).start(timer, this.#remaining(limit, value));
  }

  /** Fires one that leaves no time at all, if any does. */
  check(): void {
    for (const { limit, value } of Object.values(this.#timers)) {
      const left = limit === "deadline" ? this.#remaining(limit, value) : value;
      if (left <= 0) return this.fired(limit, value);
    }
  }

  /** Lifts all that are set. */
  lift(): void {
    this.#stop("timeout");
    this.#stop("deadline");
    this.#stop("stall");
  }

  #stop(limit: MovableLimit): void {
    const timer = this.#timers[limit];
    if (timer !== undefined) this.#timersOf(limit).stop(timer);
  }

  #timersOf(limit: MovableLimit): Timers {
    return limit === "deadline" ? this.#deadlines : this.#clock;
  }

  #remaining(limit: MovableLimit, value: number): number {
    const { startedAt, lastProgressAt = startedAt } = this.#task;
    const now = this.#timersOf(limit).now();
    switch (limit) {
      case "timeout":
        return startedAt + value - now;
      case "deadline":
        return value - now;
      case "stall":
        return lastProgressAt + value - now;
    }
  }

  fired(limit: MovableLimit, value: number): void {
    const left = this.#remaining(limit, value);
    // Progress moves the stall limit on.
    if (left > 0) return this.set(limit, value);
    const ran = this.#clock.now() - this.#task.startedAt;
    this.#task.passed(limitPassed(this.#task.id, limit, value, ran));
  }
}

class LimitTimer extends Timer {
  constructor(
    readonly limits: Limits,
    readonly limit: MovableLimit,
    readonly value: number,
  ) {
    super();
  }

  override fire(): void {
    this.limits.fired(this.limit, this.value);
  }
}
