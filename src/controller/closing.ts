/**
 * Closing a controller: once its tasks have settled, or now.
 *
 * @module
 */
import { checkMs, oneOf, optionsCheck } from "../checks.ts";
import { wait } from "../wait.ts";
import type { TaskRecord } from "./task/record.ts";
import type { Scheduler } from "./scheduling/scheduler.ts";
import { stopAll } from "./scheduling/stopping.ts";

/** How a controller is closed. */
export interface CloseOptions {
  /**
   * Cancels all tasks instead of waiting for them. `"queued"` cancels only the
   * tasks that have certainly not started: with a process, those without a slot.
   */
  readonly cancel?: boolean | "queued";
  /** Milliseconds until the tasks that have not settled are cancelled. */
  readonly timeout?: number;
}

const checkCloseOptions = optionsCheck<CloseOptions>({
  cancel: oneOf(true, false, "queued"),
  timeout: checkMs,
});

/** How many unread failures `close` reports one by one. */
const MAX_REPORTED = 10;

function hasNotStarted(record: TaskRecord): boolean {
  return record.state === "queued" && (record.loop?.revoke(record) ?? true);
}

export class Closing {
  readonly #scheduler: Scheduler;
  /** Resolves when the loops have exited, once they are to end. */
  #exited: Promise<void> | undefined;

  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler;
  }

  /** See {@linkcode LoopController.close}. */
  async close(options: CloseOptions): Promise<void> {
    checkCloseOptions(options);
    const { cancel = false, timeout } = options;
    const scheduler = this.#scheduler;
    scheduler.refuse("the loop is closing");
    if (cancel === "queued") {
      this.#cancel(hasNotStarted);
    } else if (cancel) {
      this.#cancel();
    }
    // What is paused would be waited for without end.
    scheduler.queue.endPauses();
    this.#exited ??= this.#endWhenDone();
    if (timeout !== undefined) {
      await wait(scheduler, scheduler.records(), { timeout });
      this.#cancel();
    }
    await this.#exited;
  }

  /** See {@linkcode LoopController.kill}. */
  kill(): void {
    this.#scheduler.end(new Error("the loop was killed"));
    this.#exited ??= this.#scheduler.loops.exited();
  }

  async #endWhenDone(): Promise<void> {
    const scheduler = this.#scheduler;
    // A task may have started children meanwhile.
    while (scheduler.records().some(({ done }) => !done)) {
      await wait(scheduler, scheduler.records());
    }
    scheduler.end(new Error("the loop was closed"));
    this.#reportUnread();
    await scheduler.loops.exited();
  }

  #cancel(which: (record: TaskRecord) => boolean = () => true): void {
    const records = this.#scheduler.records().filter(which);
    stopAll(this.#scheduler, records, "the loop was closed");
  }

  #reportUnread(): void {
    const failures = this.#scheduler.table.unreadFailures();
    for (const record of failures.slice(0, MAX_REPORTED)) {
      const { name, message } = record.error!;
      const how = record.state === "failed"
        ? "failed"
        : "threw while it was being cancelled";
      this.#scheduler.onWarning(
        `Task ${record.id}, ${record.name}, ${how}, and nobody read it: ` +
          `${name}: ${message}`,
      );
    }
    const more = failures.length - MAX_REPORTED;
    if (more > 0) {
      this.#scheduler.onWarning(`… and ${more} more tasks failed unread`);
    }
  }
}
