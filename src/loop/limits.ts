/**
 * The limits on a task's time.
 *
 * @module
 */
import { limitPassed } from "../errors.ts";
import type { MovableLimit } from "../protocol/messages.ts";
import { Timer, type Timers } from "../timers.ts";
import type { LoopTask, TaskHost } from "./loop_task.ts";

export class Limits {
  readonly #host: TaskHost;
  readonly #task: LoopTask;
  readonly #timers: { [L in MovableLimit]?: LimitTimer } = {};

  constructor(host: TaskHost, task: LoopTask) {
    this.#host = host;
    this.#task = task;
  }

  /**
   * Sets, moves or (with `undefined`) lifts a limit. A limit that has already
   * passed fires now.
   */
  set(limit: MovableLimit, value: number | undefined): void {
    this.#stop(limit);
    if (value === undefined || this.#task.stopReason !== undefined) return;
    const timer = new LimitTimer(this, limit, value);
    this.#timers[limit] = timer;
    this.#timersOf(limit).start(timer, this.#remainingMs(limit, value));
  }

  /** Fires the first limit that leaves the task no time at all. */
  check(): void {
    for (const { limit, value } of Object.values(this.#timers)) {
      const left = limit === "deadline"
        ? this.#remainingMs(limit, value)
        : value;
      if (left <= 0) return this.fire(limit, value);
    }
  }

  lift(): void {
    this.#stop("timeout");
    this.#stop("deadline");
    this.#stop("stall");
  }

  fire(limit: MovableLimit, value: number): void {
    // Progress has moved the stall limit.
    if (this.#remainingMs(limit, value) > 0) return this.set(limit, value);
    const { id, startedAt } = this.#task;
    const ranMs = this.#host.timers.now() - startedAt;
    this.#host.stop(this.#task, limitPassed(id, limit, value, ranMs));
  }

  #stop(limit: MovableLimit): void {
    const timer = this.#timers[limit];
    if (timer !== undefined) this.#timersOf(limit).stop(timer);
  }

  #timersOf(limit: MovableLimit): Timers {
    return limit === "deadline" ? this.#host.deadlines : this.#host.timers;
  }

  #remainingMs(limit: MovableLimit, value: number): number {
    const { startedAt, details } = this.#task;
    const now = this.#timersOf(limit).now();
    switch (limit) {
      case "timeout":
        return startedAt + value - now;
      case "deadline":
        return value - now;
      case "stall":
        return (details?.lastProgressAt ?? startedAt) + value - now;
    }
  }
}

// A class, because closures would take more memory, and many tasks have limits.
class LimitTimer extends Timer {
  constructor(
    readonly limits: Limits,
    readonly limit: MovableLimit,
    readonly value: number,
  ) {
    super();
  }

  override fire(): void {
    this.limits.fire(this.limit, this.value);
  }
}
