/**
 * The loop: starts tasks, asks them to stop, and says what became of each.
 *
 * @module
 */
import { checkTaskOptions } from "../checks.ts";
import { epochNow, systemClock } from "../clock.ts";
import { AsyncLocalStorage } from "node:async_hooks";
import { decodeThrown, encodeThrown } from "../protocol/codec.ts";
import { CancelledError, withoutStack } from "../errors.ts";
import type { FromLoop, RunOptions } from "../protocol/messages.ts";
import {
  type AnyTaskReference,
  encodeReference,
  referenceName,
} from "../protocol/reference.ts";
import type { TaskId } from "../task.ts";
import type { ChildTask, SpawnOptions } from "../task_api.ts";
import { Timers } from "../timers.ts";
import { IdTable } from "../id_table.ts";
import { Child } from "./child.ts";
import { LoopTask, type TaskHost } from "./loop_task.ts";
import { Outbox } from "./outbox.ts";
import { callWithRetries } from "./retries.ts";
import { type Callable, Resolvable } from "./resolve.ts";
import { comesFrom, isCancellation } from "./stop_reason.ts";

// Before a task can change them.
const NativePromise = Promise;
const resolve = Promise.resolve.bind(Promise);
const { then } = Promise.prototype;
const { apply } = Reflect;

export interface LoopOptions {
  /** Milliseconds to unwind in, for tasks that say nothing else. */
  readonly grace: number;
  /** Says something to the controller; throws if it can't be sent. */
  readonly post: (batch: readonly FromLoop[]) => void;
  /** How many posts the controller has not taken in. */
  readonly backlog: () => number;
  /** Says that a task that had to wait for its module is called now. */
  readonly called: (id: number) => void;
}

export class Loop implements TaskHost {
  readonly timers: Timers = new Timers();
  readonly deadlines: Timers = new Timers(systemClock);
  receivedAt = 0;
  readonly outbox: Outbox;
  readonly #options: LoopOptions;
  readonly #current: AsyncLocalStorage<LoopTask> = new AsyncLocalStorage();
  readonly #tasks: IdTable<LoopTask> = new IdTable();

  constructor(options: LoopOptions) {
    this.#options = options;
    const { post, backlog } = options;
    this.outbox = new Outbox({ timers: this.timers, post, backlog });
  }

  /** The task whose code is running. */
  current(): LoopTask | undefined {
    return this.#current.getStore();
  }

  /** Finds a task that has not ended. */
  find(id: TaskId): LoopTask | undefined {
    return this.#tasks.get(id);
  }

  start(task: LoopTask, args: readonly unknown[]): void {
    this.#tasks.add(task.id, task);
    this.outbox.started(task);
    const { callable } = task.resolvable;
    if (callable !== undefined && task.options?.retry === undefined) {
      this.#current.run(task, this.#call, task, callable, args);
    } else {
      this.#current.run(task, this.#callResolved, task, args);
    }
  }

  readonly #call = (
    task: LoopTask,
    callable: Callable,
    args: readonly unknown[],
  ): void => {
    try {
      const result = callable(...args);
      if (!isThenable(result)) return this.#returned(task, result);
      apply(then, resolve(result), this.#onEnd);
    } catch (thrown) {
      this.#threw(task, thrown);
    }
  };

  // The same for all tasks: each is called in the context of its own.
  readonly #onEnd = [
    (value: unknown) => this.#returned(this.current()!, value),
    (thrown: unknown) => this.#threw(this.current()!, thrown),
  ] as const;

  readonly #callResolved = async (
    task: LoopTask,
    args: readonly unknown[],
  ): Promise<void> => {
    let callable: Callable;
    try {
      callable = await task.resolvable.resolve();
      // A task that was asked to stop while its module loaded never starts.
      if (task.stopReason !== undefined) throw task.stopReason;
      if (typeof task.id === "number") this.#options.called(task.id);
      if (task.options?.retry !== undefined) {
        const value = await callWithRetries(task, callable, args, this.outbox);
        return this.#returned(task, value);
      }
    } catch (thrown) {
      return this.#threw(task, thrown);
    }
    this.#call(task, callable, args);
  };

  #returned(task: LoopTask, value: unknown): void {
    if (!this.#ended(task, "returned a value")) return;
    this.outbox.succeeded(task, value);
    task.settled?.({ state: "succeeded", value });
    this.#stopChildren(task);
  }

  #threw(task: LoopTask, thrown: unknown): void {
    if (!this.#ended(task, "threw")) return;
    // As in asyncio, what is cancelled cancels who awaits it and lets that pass.
    if (task.stopReason === undefined && isCancellation(thrown)) {
      this.#sayCancelling(task, thrown);
      task.stopReason = thrown;
    }
    if (task.stopReason === undefined) {
      task.resolvable.explain(thrown);
      this.outbox.failed(task, encodeThrown(thrown));
      task.settled?.({ state: "failed", error: thrown });
    } else {
      if (!comesFrom(thrown, task.stopReason)) {
        const { name, message } = decodeThrown(encodeThrown(thrown));
        const text = `threw while it was stopping: ${name}: ${message}`;
        this.outbox.note(task, text);
      }
      this.outbox.cancelled(task);
      task.settled?.({ state: "cancelled", error: task.stopReason });
    }
    this.#stopChildren(task);
  }

  /** Returns whether the outcome still counts. */
  #ended(task: LoopTask, how: string): boolean {
    const { abandoned } = task;
    task.end();
    this.#tasks.delete(task.id);
    if (!abandoned) return true;
    this.outbox.note(task, `${how} after it had been given up; dropped`);
    this.outbox.stopped(task);
    this.#stopChildren(task);
    return false;
  }

  #stopChildren(task: LoopTask): void {
    for (const child of task.children ?? []) {
      const reason = withoutStack(() =>
        new CancelledError(`its parent, task ${task.id}, ended`)
      );
      this.stop(child, reason);
    }
  }

  stop(
    task: LoopTask,
    reason: Error,
    graceMs: number = task.options?.grace ?? this.#options.grace,
  ): void {
    if (task.stopReason === undefined) this.#sayCancelling(task, reason);
    task.stop(reason, graceMs);
  }

  #sayCancelling({ id }: LoopTask, reason: Error): void {
    this.outbox.send({
      type: "cancelling",
      id,
      reason: encodeThrown(reason),
      at: epochNow(),
    });
  }

  runAs(task: LoopTask, call: () => void): void {
    this.#current.run(task, call);
  }

  graceEnded(task: LoopTask): void {
    task.abandoned = true;
    this.outbox.abandoned(task);
    task.settled?.({ state: "cancelled", error: task.stopReason });
  }

  progressed(task: LoopTask): void {
    this.outbox.progressed(task);
  }

  spawn(
    parent: LoopTask,
    reference: AnyTaskReference,
    args: readonly unknown[],
    options: SpawnOptions,
  ): ChildTask {
    if (parent.stopReason !== undefined) throw parent.stopReason;
    if (parent.ended) {
      throw new CancelledError(`its parent, task ${parent.id}, has ended`);
    }
    checkTaskOptions(options);
    const { name, timeout, deadline, stallTimeout, grace, retry } = options;
    // Copied, to throw here what would else take other messages down with it.
    const runOptions: RunOptions = structuredClone({
      name: name ?? referenceName(reference),
      timeout,
      deadline: deadline?.valueOf(),
      stall: stallTimeout,
      grace,
      retry,
    });
    const resolvable = typeof reference === "function"
      ? new Resolvable(reference as Callable)
      : new Resolvable(encodeReference(reference));
    const id = parent.nextChildId();
    const task = new LoopTask(this, id, resolvable, runOptions, parent);
    (parent.children ??= new Set()).add(task);
    this.outbox.send({
      type: "spawned",
      id,
      parent: parent.id,
      options: runOptions,
      task: referenceName(reference),
      at: epochNow(),
    });
    const child = new Child(task, (reason) => this.stop(task, reason));
    this.start(task, args);
    return child;
  }
}

function isThenable(value: unknown): boolean {
  return value instanceof NativePromise ||
    typeof (value as { then?: unknown } | null | undefined)?.then ===
      "function";
}
