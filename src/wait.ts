/**
 * Waiting for several tasks, on either side.
 *
 * @module
 */
import { checkMs, checkSignal, oneOf, optionsCheck } from "./checks.ts";
import { Alarm, type Timers } from "./timers.ts";

/** Till when `wait` waits. */
export interface WaitOptions {
  /**
   * `"all"` (the default) have ended, `"any"` of them has, or the
   * `"first-failure"`: one has failed or run into a limit, else all.
   */
  readonly until?: "all" | "any" | "first-failure";
  /** Milliseconds after which the wait is over. The tasks live on. */
  readonly timeout?: number;
}

/** As {@linkcode WaitOptions}, of a wait that does not block. */
export interface AsyncWaitOptions extends WaitOptions {
  /** Rejects the wait when it aborts, with its reason. The tasks live on. */
  readonly signal?: AbortSignal;
}

const checkWaitOptions = optionsCheck<AsyncWaitOptions>({
  until: oneOf("all", "any", "first-failure"),
  timeout: checkMs,
  signal: checkSignal,
});

/** A task that can be waited for. */
export interface Waitable {
  /** Whether it came to something that its caller has to see to. */
  readonly failed: boolean;
  /** `listener` is told when the task ends; at once if it has. */
  listen(listener: Listener): void;
  unlisten(listener: Listener): void;
}

interface Listener {
  onSettled(task: Waitable): void;
}

/** Watches tasks till enough of them have ended. */
class Wait implements Listener {
  #left: number;
  #failed = false;
  readonly #all: number;
  onEnough: (() => void) | undefined;

  constructor(
    readonly tasks: readonly Waitable[],
    readonly until: "all" | "any" | "first-failure",
  ) {
    this.#all = tasks.length;
    this.#left = tasks.length;
    for (const task of tasks) task.listen(this);
  }

  get enough(): boolean {
    if (this.#left === 0) return true;
    if (this.until === "any") return this.#left < this.#all;
    return this.until === "first-failure" && this.#failed;
  }

  onSettled(task: Waitable): void {
    this.#left--;
    this.#failed ||= task.failed;
    if (this.enough) this.onEnough?.();
  }

  /** Stops watching. */
  end(): void {
    this.onEnough = undefined;
    for (const task of this.tasks) task.unlisten(this);
  }
}

/** Resolves when enough of these have ended, or the timeout is over. */
export async function wait(
  { timers }: { readonly timers: Timers },
  tasks: readonly Waitable[],
  options: AsyncWaitOptions = {},
): Promise<void> {
  checkWaitOptions(options);
  const { until = "all", timeout, signal } = options;
  signal?.throwIfAborted();
  const wait = new Wait(tasks, until);
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const abort = (): void => reject(signal!.reason);
  const timer = new Alarm(resolve);
  wait.onEnough = resolve;
  signal?.addEventListener("abort", abort, { once: true });
  timers.start(timer, timeout ?? Infinity);
  try {
    if (!wait.enough) await promise;
  } finally {
    timers.stop(timer);
    signal?.removeEventListener("abort", abort);
    wait.end();
  }
}

/** What can block its thread till `done`, for at most `ms`; says whether it is. */
interface Blockable {
  blockUntil(done: () => boolean, ms: number): boolean;
}

/** As `wait`, but blocks this thread. Returns whether enough have ended. */
export function waitSync(
  thread: Blockable,
  tasks: readonly Waitable[],
  options: WaitOptions = {},
): boolean {
  checkWaitOptions(options);
  const { until = "all", timeout = Infinity } = options;
  const wait = new Wait(tasks, until);
  try {
    return thread.blockUntil(() => wait.enough, timeout);
  } finally {
    wait.end();
  }
}
