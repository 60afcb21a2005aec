/**
 * Outside a loop a task is a plain call, which nothing can stop.
 *
 * @module
 */
import { CancelledError } from "../errors.ts";
import type { TaskReference } from "../protocol/reference.ts";
import { type CancelResult, isDone, type TaskState } from "../task.ts";
import type { ChildTask } from "./child.ts";
import type { CurrentTask } from "./task.ts";

/** Calls the referenced function. */
async function call<A extends readonly unknown[], R>(
  reference: TaskReference<A, R>,
  args: A = [] as unknown as A,
): Promise<Awaited<R>> {
  if (typeof reference === "function") return await reference(...args);
  const exports: Record<string, (...args: A) => R> = await import(
    reference.module
  );
  return await exports[reference.export]!(...args);
}

/** A child outside a loop. */
class PlainCall<T> implements ChildTask<T> {
  readonly id = 0;
  readonly #value: Promise<T>;
  state: TaskState = "running";

  constructor(value: Promise<T>) {
    this.#value = value;
    value.then(() => this.state = "succeeded", (error) => {
      this.state = error instanceof CancelledError ? "cancelled" : "failed";
    });
  }

  get failed(): boolean {
    return this.state === "failed";
  }

  then<A = T, B = never>(
    onValue?: ((value: T) => A | PromiseLike<A>) | null,
    onError?: ((error: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.#value.then(onValue, onError);
  }

  cancel(): Promise<CancelResult> {
    return Promise.resolve(isDone(this.state) ? "finished" : "ignored");
  }

  setTimeout(): void {}

  setDeadline(): void {}
}

/** The current task outside a loop. */
export const outside: CurrentTask = {
  id: undefined,
  name: "",
  attempt: 1,
  signal: new AbortController().signal,
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  shielded: (run) => run(),
  progress: () => {},
  spawn: <A extends readonly unknown[], R>(
    reference: TaskReference<A, R>,
    args?: A,
  ) => new PlainCall(call(reference, args)),
  detach: (reference, args) => {
    call(reference, args).catch((error) =>
      console.error("A detached task failed:", error)
    );
    return Promise.resolve(0);
  },
  cancel: () => {},
};
