/**
 * What a task waits for, or runs into.
 *
 * @module
 */
import type { MovableLimit } from "../protocol.ts";
import { Timer } from "../timers.ts";
import type { LoopTask, TaskHost } from "./loop_task.ts";

export class Sleep extends Timer {
  constructor(
    readonly task: LoopTask,
    readonly resolve: () => void,
    readonly reject: (reason: Error) => void,
  ) {
    super();
  }

  override fire(): void {
    this.task.woke(this);
    this.resolve();
  }
}

export class LimitTimer extends Timer {
  constructor(
    readonly task: LoopTask,
    readonly limit: MovableLimit,
    readonly value: number,
  ) {
    super();
  }

  override fire(): void {
    this.task.limitFired(this.limit, this.value);
  }
}

export class GraceTimer extends Timer {
  constructor(
    readonly host: TaskHost,
    readonly task: LoopTask,
    readonly endsAt: number,
  ) {
    super();
  }

  override fire(): void {
    this.host.graceEnded(this.task);
  }
}
