/**
 * Waiting for several tasks, on either side.
 *
 * @module
 */
import { checkMs, checkSignal, oneOf, optionsCheck } from "./checks.ts";
import { Alarm, type Timers } from "./timers.ts";

/** How long `wait` waits. */
export interface WaitOptions {
  /**
   * Until `"all"` have ended (the default), until `"any"` has, or until the
   * `"first-failure"`: until one has failed or a limit has fired, else all.
   */
  readonly until?: "all" | "any" | "first-failure";
  /** Milliseconds after which the wait ends. The tasks run on. */
  readonly timeout?: number;
}

/** Options of a wait that does not block the thread. */
export interface AsyncWaitOptions extends WaitOptions {
  /** When it aborts, the wait rejects with its reason. The tasks run on. */
  readonly signal?: AbortSignal;
}

const checkWaitOptions = optionsCheck<AsyncWaitOptions>({
  until: oneOf("all", "any", "first-failure"),
  timeout: checkMs,
  signal: checkSignal,
});

/** A task that can be waited for. */
export interface Waitable {
  /** Whether it failed, or one of its limits fired. */
  readonly failed: boolean;
  /** Notifies `listener` when the task ends; at once if it has ended. */
  listen(listener: Listener): void;
  unlisten(listener: Listener): void;
}

interface Listener {
  onSettled(task: Waitable): void;
}

/** Watches tasks until enough of them have ended. */
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

/** Resolves when enough tasks have ended, or after the timeout. */
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

/** Blocks its thread until `done`, for at most `ms`; returns whether it is. */
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
