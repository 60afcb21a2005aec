/**
 * The limits on a task's time.
 *
 * @module
 */
import { limitPassed } from "../errors.ts";
import type { MovableLimit } from "../protocol/messages.ts";
import { Alarm, type Timers } from "../timers.ts";
import type { LoopTask, TaskHost } from "./loop_task.ts";

export class Limits {
  readonly #host: TaskHost;
  readonly #task: LoopTask;
  readonly #set: Map<MovableLimit, { value: number; alarm: Alarm }> = new Map();

  constructor(host: TaskHost, task: LoopTask) {
    this.#host = host;
    this.#task = task;
  }

  /**
   * Sets, moves or (with `undefined`) lifts a limit. A limit that has already
   * passed fires now.
   */
  set(limit: MovableLimit, value: number | undefined): void {
    this.#lift(limit);
    if (value === undefined || this.#task.stopReason !== undefined) return;
    const alarm = new Alarm(() => this.#fire(limit, value));
    this.#set.set(limit, { value, alarm });
    this.#timersOf(limit).start(alarm, this.#remainingMs(limit, value));
  }

  /** Fires the first limit that leaves the task no time at all. */
  check(): void {
    for (const [limit, { value }] of this.#set) {
      const left = limit === "deadline"
        ? this.#remainingMs(limit, value)
        : value;
      if (left <= 0) return this.#fire(limit, value);
    }
  }

  lift(): void {
    for (const limit of this.#set.keys()) this.#lift(limit);
  }

  #fire(limit: MovableLimit, value: number): void {
    // Progress has moved the stall limit.
    if (this.#remainingMs(limit, value) > 0) return this.set(limit, value);
    const { id, startedAt } = this.#task;
    const ranMs = this.#host.timers.now() - startedAt;
    this.#host.stop(this.#task, limitPassed(id, limit, value, ranMs));
  }

  #lift(limit: MovableLimit): void {
    const set = this.#set.get(limit);
    if (set !== undefined) this.#timersOf(limit).stop(set.alarm);
    this.#set.delete(limit);
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
