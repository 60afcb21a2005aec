/**
 * Closing a controller: once its tasks have ended, or at once.
 *
 * @module
 */
import { checkMs, oneOf, optionsCheck } from "../checks.ts";
import type { TaskRecord } from "./task/record.ts";
import type { Scheduler } from "./scheduling/scheduler.ts";
import { stopAll } from "./scheduling/stopping.ts";
import { wait } from "./waiting.ts";

/** How a controller is closed. */
export interface CloseOptions {
  /**
   * Asks all tasks to stop, instead of waiting for them to end; `"queued"`
   * only those that are certain not to have begun: in a process, those that
   * have no place there.
   */
  readonly cancel?: boolean | "queued";
  /** Milliseconds to wait before those that are left are cancelled. */
  readonly timeout?: number;
}

const checkCloseOptions = optionsCheck<CloseOptions>({
  cancel: oneOf(true, false, "queued"),
  timeout: checkMs,
});

/** How many unread failures `close` reports one by one. */
const REPORTED = 10;

function hasNotBegun(record: TaskRecord): boolean {
  return record.state === "queued" && (record.loop?.takeBack(record) ?? true);
}

export class Closing {
  readonly #scheduler: Scheduler;
  /** Resolves when the loops are gone, once they are to go. */
  #gone: Promise<void> | undefined;

  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler;
  }

  /** As {@linkcode LoopController.close}. */
  async close(options: CloseOptions): Promise<void> {
    checkCloseOptions(options);
    const { cancel = false, timeout } = options;
    const scheduler = this.#scheduler;
    scheduler.refuse("the loop is closing");
    if (cancel === "queued") {
      this.#cancel(hasNotBegun);
    } else if (cancel) {
      this.#cancel();
    }
    this.#gone ??= this.#endWhenDone();
    if (timeout !== undefined) {
      await wait(scheduler, scheduler.records(), { timeout });
      this.#cancel();
    }
    await this.#gone;
  }

  /** As {@linkcode LoopController.kill}. */
  kill(): void {
    this.#scheduler.end(new Error("the loop was killed"));
    this.#gone ??= this.#scheduler.loops.gone();
  }

  async #endWhenDone(): Promise<void> {
    const scheduler = this.#scheduler;
    // A task may have started children while the others were waited for.
    while (scheduler.records().some(({ done }) => !done)) {
      await wait(scheduler, scheduler.records());
    }
    scheduler.end(new Error("the loop was closed"));
    this.#reportUnread();
    await scheduler.loops.gone();
  }

  #cancel(which: (record: TaskRecord) => boolean = () => true): void {
    const records = this.#scheduler.records().filter(which);
    stopAll(this.#scheduler, records, "the loop was closed");
  }

  #reportUnread(): void {
    const failures = this.#scheduler.table.unreadFailures();
    for (const record of failures.slice(0, REPORTED)) {
      const { name, message } = record.error!;
      const how = record.state === "failed"
        ? "failed"
        : "threw while it was being cancelled";
      this.#scheduler.report(
        `Task ${record.id}, ${record.name}, ${how}, and nobody read it: ` +
          `${name}: ${message}`,
      );
    }
    const more = failures.length - REPORTED;
    if (more > 0) {
      this.#scheduler.report(`… and ${more} more tasks failed unread`);
    }
  }
}
