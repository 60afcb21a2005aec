/**
 * What ends by the clock for a task: a sleep, or its grace.
 *
 * @module
 */
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
