/**
 * Code that is asked to stop as one: all of a task, or what it has shielded.
 *
 * @module
 */
import { Timer, type Timers } from "../timers.ts";
import type { LoopTask, TaskHost } from "./loop_task.ts";

/** What a scope needs of the loop that runs it. */
interface ScopeHost {
  readonly timers: Timers;
  /** Makes a call in which this scope is the current one. */
  runAs<R>(scope: Scope, call: () => R): R;
}

export class Scope<H extends ScopeHost = ScopeHost> {
  /** Why it was asked to stop, once it was. */
  stopReason: Error | undefined = undefined;
  protected readonly host: H;
  // Most sleep once at a time.
  #sleeps: Sleep | Set<Sleep> | undefined;
  #abort: AbortController | undefined;

  constructor(host: H) {
    this.host = host;
  }

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
      // One that is asked to stop is told so once the loop has turned: code
      // that catches that and sleeps again would else let nothing else run.
      const stopped = this.stopReason !== undefined;
      this.host.timers.start(sleep, stopped ? 0 : ms);
    });
  }

  /** The time of one of its sleeps has come. */
  woke(sleep: Sleep): void {
    if (this.#sleeps === sleep) this.#sleeps = undefined;
    else (this.#sleeps as Set<Sleep>).delete(sleep);
    if (this.stopReason === undefined) sleep.resolve();
    else sleep.reject(this.stopReason);
  }

  /** Asks its code to stop: its sleeps reject, and its signal aborts. */
  halt(reason: Error): void {
    this.stopReason = reason;
    const sleeps = this.#sleeps;
    this.#sleeps = undefined;
    if (sleeps instanceof Set) { for (const one of sleeps) this.#wake(one); }
    else if (sleeps !== undefined) this.#wake(sleeps);
    const abort = this.#abort;
    // Its listeners are the task's own code, whoever asks it to stop.
    if (abort !== undefined) this.host.runAs(this, () => abort.abort(reason));
  }

  #wake(sleep: Sleep): void {
    this.host.timers.stop(sleep);
    sleep.reject(this.stopReason!);
  }
}

/** What a task has shielded: asked to stop when the grace of the task ends. */
export class Shield extends Scope<TaskHost> {
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
    this.scope.woke(this);
  }
}

/** Who has a grace. */
interface Graced {
  graceEnded(): void;
}

export class GraceTimer extends Timer {
  constructor(readonly graced: Graced, readonly endsAt: number) {
    super();
  }

  override fire(): void {
    this.graced.graceEnded();
  }
}
