/**
 * The loop: starts tasks, asks them to stop, and says what became of each.
 *
 * @module
 */
import { epochNow, systemClock } from "../clock.ts";
import { AsyncLocalStorage } from "node:async_hooks";
import { decodeThrown, encodeThrown } from "../protocol/codec.ts";
import { CancelledError, cancelledWith, withoutStack } from "../errors.ts";
import type { FromLoop, MovableLimit } from "../protocol/messages.ts";
import {
  type AnyTaskReference,
  encodeReference,
  referenceName,
} from "../protocol/reference.ts";
import type { EndState, TaskId } from "../task.ts";
import type { ChildTask, SpawnOptions } from "../task_api.ts";
import { Timers } from "../timers.ts";
import { IdTable } from "../id_table.ts";
import { Child, type ChildHost, runOptionsOf } from "./child.ts";
import { Detaching } from "./detaching.ts";
import { LoopTask, type TaskHost } from "./loop_task.ts";
import { Outbox } from "./outbox.ts";
import { callWithRetries } from "./retries.ts";
import { type Callable, Resolvable } from "./resolve.ts";
import { Shield } from "./scope.ts";
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

export class Loop implements TaskHost, ChildHost {
  readonly timers: Timers = new Timers();
  readonly deadlines: Timers = new Timers(systemClock);
  receivedAt = 0;
  readonly outbox: Outbox;
  readonly detaching: Detaching;
  readonly #options: LoopOptions;
  readonly #current: AsyncLocalStorage<LoopTask | Shield> =
    new AsyncLocalStorage();
  readonly #tasks: IdTable<LoopTask> = new IdTable();
  /** The reasons of tasks that threw something else while they were stopping. */
  readonly #withError: WeakSet<Error> = new WeakSet();

  constructor(options: LoopOptions) {
    this.#options = options;
    const { post, backlog } = options;
    this.outbox = new Outbox({ timers: this.timers, post, backlog });
    this.detaching = new Detaching(this.outbox);
  }

  /** The task whose code is running. */
  current(): LoopTask | undefined {
    const scope = this.#current.getStore();
    return scope instanceof Shield ? scope.task : scope;
  }

  shield(): Shield | undefined {
    const scope = this.#current.getStore();
    return scope instanceof Shield ? scope : undefined;
  }

  /** Finds a task that has not ended. */
  find(id: TaskId): LoopTask | undefined {
    return this.#tasks.get(id);
  }

  start(task: LoopTask, args: readonly unknown[]): void {
    this.#tasks.add(task.id, task);
    // A child is said to have been spawned.
    if (task.parent === undefined) this.outbox.started(task);
    const reason = task.mayNotBegin();
    if (reason !== undefined) return this.#threw(task, reason);
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
    this.#codeEnded(task, "succeeded", value);
  }

  #threw(task: LoopTask, thrown: unknown): void {
    // As in asyncio, what is cancelled cancels who awaits it and lets that pass.
    if (task.stopReason === undefined && isCancellation(thrown)) {
      // What its child threw while that was stopping stays an error.
      const reason = this.#withError.has(thrown)
        ? withoutStack(() => new CancelledError(thrown.message))
        : thrown;
      this.stop(task, reason);
    }
    const { stopReason } = task;
    if (stopReason === undefined) {
      task.resolvable.explain(thrown);
      this.#codeEnded(task, "failed", thrown);
    } else if (comesFrom(thrown, stopReason)) {
      this.#codeEnded(task, "cancelled", stopReason);
    } else {
      const result = cancelledWith(stopReason, thrown);
      this.#withError.add(result);
      this.#codeEnded(task, "cancelled", result);
    }
  }

  /** A task has returned or thrown. It is settled when its children are. */
  #codeEnded(task: LoopTask, state: EndState, result: unknown): void {
    if (task.abandoned) {
      this.#forget(task);
      let what = state === "succeeded" ? "returned a value" : "threw";
      if (this.#withError.has(result as Error)) {
        what += ` ${textOf((result as Error).cause)}`;
      }
      this.outbox.note(task, `${what} after it had been given up; dropped`);
      this.outbox.stopped(task);
    } else if (!task.children?.size) {
      this.#settle(task, state, result);
    } else {
      task.held = { state, result };
      for (const child of task.children) {
        // It has the grace that it was given then.
        if (child.stopReason !== undefined) continue;
        const reason = `its parent, task ${task.id}, ended`;
        this.stop(child, withoutStack(() => new CancelledError(reason)));
      }
    }
  }

  #settle(task: LoopTask, state: EndState, result: unknown): void {
    this.#forget(task);
    if (state === "succeeded") this.outbox.succeeded(task, result);
    else if (state === "failed") this.outbox.failed(task, encodeThrown(result));
    else {
      const error = result === task.stopReason
        ? undefined
        : encodeThrown((result as Error).cause);
      this.outbox.cancelled(task, error);
    }
    this.#settled(task, state, result);
  }

  #forget(task: LoopTask): void {
    task.end();
    this.#tasks.delete(task.id);
  }

  /** Its parent may have waited for it only. */
  #settled(task: LoopTask, state: EndState, result: unknown): void {
    task.settled?.(state, result);
    const { parent } = task;
    if (parent === undefined) return;
    parent.children!.delete(task);
    if (parent.held === undefined || parent.children!.size > 0) return;
    this.#settle(parent, parent.held.state, parent.held.result);
  }

  stop(
    task: LoopTask,
    reason: Error,
    graceMs: number = task.options?.grace ?? this.#options.grace,
  ): void {
    if (task.stopReason === undefined) {
      this.outbox.send({
        type: "cancelling",
        id: task.id,
        reason: encodeThrown(reason),
        grace: graceMs,
        at: epochNow(),
      });
    }
    task.stop(reason, graceMs);
  }

  runAs<R>(scope: LoopTask | Shield, call: () => R): R {
    return this.#current.run(scope, call);
  }

  graceEnded(task: LoopTask): void {
    task.abandoned = true;
    this.outbox.abandoned(task);
    this.#settled(task, "cancelled", task.stopReason);
  }

  progressed(task: LoopTask): void {
    this.outbox.progressed(task);
  }

  spawn(
    parent: LoopTask,
    reference: AnyTaskReference,
    args: readonly unknown[],
    options: SpawnOptions,
  ): ChildTask<never> {
    const shield = this.shield();
    const { stopReason } = shield ?? parent;
    if (stopReason !== undefined) throw stopReason;
    if (parent.ended || parent.held !== undefined) {
      throw new CancelledError(`its parent, task ${parent.id}, has ended`);
    }
    const runOptions = runOptionsOf(options, referenceName(reference));
    const resolvable = typeof reference === "function"
      ? new Resolvable(reference as Callable)
      : new Resolvable(encodeReference(reference));
    const id = parent.nextChildId();
    const shielded = shield !== undefined;
    const task = new LoopTask(
      this,
      id,
      resolvable,
      runOptions,
      parent,
      shielded,
    );
    (parent.children ??= new Set()).add(task);
    this.outbox.send({
      type: "spawned",
      id,
      parent: parent.id,
      options: runOptions,
      task: referenceName(reference),
      at: epochNow(),
    });
    const child = new Child(task, this);
    this.start(task, args);
    return child;
  }

  moveLimit(task: LoopTask, limit: MovableLimit, value?: number): void {
    task.limit(limit, value);
    this.outbox.send({ type: "limit", id: task.id, limit, value });
  }
}

/** What was thrown, in a line; it may throw itself when it is read. */
function textOf(thrown: unknown): string {
  const { name, message } = decodeThrown(encodeThrown(thrown));
  return `${name}: ${message}`;
}

function isThenable(value: unknown): boolean {
  return value instanceof NativePromise ||
    typeof (value as { then?: unknown } | null | undefined)?.then ===
      "function";
}
