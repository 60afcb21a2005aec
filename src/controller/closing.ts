/**
 * Closing a controller: once its tasks have ended, or at once.
 *
 * @module
 */
import { checkMs } from "../checks.ts";
import type { Scheduler } from "./scheduler.ts";
import { stopAll } from "./stopping.ts";
import { wait } from "./waiting.ts";

/** How a controller is closed. */
export interface CloseOptions {
  /** Asks all tasks to stop, instead of waiting for them to end. */
  readonly cancel?: boolean;
  /** Milliseconds to wait before those that are left are cancelled. */
  readonly timeout?: number;
}

/** How many unread failures `close` reports one by one. */
const REPORTED = 10;

export class Closing {
  readonly #scheduler: Scheduler;
  /** Resolves when the loops are gone, once they are to go. */
  #gone: Promise<void> | undefined;

  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler;
  }

  /** As {@linkcode LoopController.close}. */
  async close(options: CloseOptions): Promise<void> {
    const { cancel = false, timeout } = options;
    const scheduler = this.#scheduler;
    if (timeout !== undefined) checkMs("timeout", timeout);
    scheduler.refuse("the loop is closing");
    if (cancel) this.#cancelAll();
    this.#gone ??= this.#endWhenDone();
    if (timeout !== undefined) {
      const { notDone } = await wait(scheduler, scheduler.records(), {
        timeout,
      });
      if (notDone.length > 0) this.#cancelAll();
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
    for (;;) {
      const { notDone } = await wait(scheduler, scheduler.records(), {});
      // A task may have started children while the others were waited for.
      const all = scheduler.records();
      if (notDone.length === 0 && all.every((one) => one.done)) break;
    }
    scheduler.end(new Error("the loop was closed"));
    this.#reportUnread();
    await scheduler.loops.gone();
  }

  #cancelAll(): void {
    const scheduler = this.#scheduler;
    stopAll(scheduler, scheduler.records(), "the loop was closed");
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
