/**
 * Code that is asked to stop as one: all of a task, or what the task shields.
 *
 * @module
 */
import { Timer } from "../timers.ts";
import type { LoopTask, TaskHost } from "./loop_task.ts";

export class Scope {
  /** Why the code was asked to stop. */
  stopReason: Error | undefined = undefined;
  // Most scopes have one sleep at a time.
  #sleeps: Sleep | Set<Sleep> | undefined;
  #abort: AbortController | undefined;

  constructor(protected readonly host: TaskHost) {}

  get signal(): AbortSignal {
    if (this.#abort === undefined) {
      this.#abort = new AbortController();
      if (this.stopReason !== undefined) this.#abort.abort(this.stopReason);
    }
    return this.#abort.signal;
  }

  sleep(ms: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const sleep = new Sleep(this, resolve, reject);
      const others = this.#sleeps;
      if (others === undefined) this.#sleeps = sleep;
      else if (others instanceof Set) others.add(sleep);
      else this.#sleeps = new Set([others, sleep]);
      // In code that was asked to stop, a sleep rejects in a later macrotask:
      // code that catches the reason and sleeps again must not block the loop.
      const stopped = this.stopReason !== undefined;
      this.host.timers.start(sleep, stopped ? 0 : ms);
    });
  }

  /** Ends a sleep whose timer has fired. */
  wake(sleep: Sleep): void {
    if (this.#sleeps === sleep) this.#sleeps = undefined;
    else (this.#sleeps as Set<Sleep>).delete(sleep);
    if (this.stopReason === undefined) sleep.resolve();
    else sleep.reject(this.stopReason);
  }

  /** Asks the code to stop: its sleeps reject and its signal aborts. */
  halt(reason: Error): void {
    this.stopReason = reason;
    const sleeps = this.#sleeps;
    this.#sleeps = undefined;
    const all = sleeps instanceof Set ? sleeps : sleeps ? [sleeps] : [];
    for (const sleep of all) {
      this.host.timers.stop(sleep);
      sleep.reject(reason);
    }
    const abort = this.#abort;
    // The listeners are the task's code, whoever asked the task to stop.
    if (abort !== undefined) this.host.runAs(this, () => abort.abort(reason));
  }
}

/** What a task shields: asked to stop only when the task's grace ends. */
export class Shield extends Scope {
  constructor(host: TaskHost, readonly task: LoopTask) {
    super(host);
  }
}

class Sleep extends Timer {
  constructor(
    readonly scope: Scope,
    readonly resolve: () => void,
    readonly reject: (reason: Error) => void,
  ) {
    super();
  }

  override fire(): void {
    this.scope.wake(this);
  }
}
