/**
 * The loop: starts tasks, asks them to stop, and settles them.
 *
 * @module
 */
import { AsyncLocalStorage } from "node:async_hooks";
import { epochNow, systemClock } from "../clock.ts";
import { CancelledError, cancelledWith, withoutStack } from "../errors.ts";
import { IdTable } from "../id_table.ts";
import { decodeThrown, encodeThrown } from "../protocol/codec.ts";
import { shortArguments } from "../protocol/preview.ts";
import {
  type AnyTaskReference,
  encodeReference,
  moduleOf,
  referenceName,
} from "../protocol/reference.ts";
import type { EndState, TaskId } from "../task.ts";
import type { ChildTask, SpawnOptions } from "../task_api.ts";
import { Timers } from "../timers.ts";
import { Child, Detaching, runOptionsOf } from "./children.ts";
import { Details, LoopTask } from "./loop_task.ts";
import { Outbox, type OutboxHost } from "./outbox.ts";
import { type Callable, Resolvable } from "./resolve.ts";
import { comesFrom, isCancellation, type Scope, Shield } from "./scope.ts";

// Taken before a task can replace them.
const NativePromise = Promise;
const resolve = Promise.resolve.bind(Promise);
const { then } = Promise.prototype;
const { apply } = Reflect;

export interface LoopOptions extends Omit<OutboxHost, "timers"> {
  /** The grace of tasks that have none of their own, in milliseconds. */
  readonly grace: number;
  /** Called when a task that waited for its module calls its function. */
  onCalled(id: number): void;
}

export class Loop {
  readonly timers: Timers = new Timers();
  /** Timers of the system's clock. */
  readonly deadlines: Timers = new Timers(systemClock);
  /** When the current post arrived, on the clock of `timers`. */
  receivedAt = 0;
  readonly outbox: Outbox;
  readonly detaching: Detaching;
  readonly #options: LoopOptions;
  readonly #scope: AsyncLocalStorage<Scope> = new AsyncLocalStorage();
  readonly #tasks: IdTable<LoopTask> = new IdTable();
  /** The errors of tasks that threw something else while they were stopping. */
  readonly #withError: WeakSet<object> = new WeakSet();

  constructor(options: LoopOptions) {
    this.#options = options;
    this.outbox = new Outbox({ ...options, timers: this.timers });
    this.detaching = new Detaching(this.outbox);
  }

  /** The task whose code is running. */
  current(): LoopTask | undefined {
    const scope = this.#scope.getStore();
    return scope instanceof Shield ? scope.task : scope as LoopTask | undefined;
  }

  /** The shield that the running code is in. */
  shield(): Shield | undefined {
    const scope = this.#scope.getStore();
    return scope instanceof Shield ? scope : undefined;
  }

  /** Makes a call whose code belongs to `scope`. */
  runAs<R>(scope: Scope, call: () => R): R {
    return this.#scope.run(scope, call);
  }

  /** Finds a task that has not ended. */
  find(id: TaskId): LoopTask | undefined {
    return this.#tasks.get(id);
  }

  start(task: LoopTask, args: readonly unknown[]): void {
    this.#tasks.add(task.id, task);
    // A child is reported by a "spawned" message.
    if (task.details?.parent === undefined) this.outbox.started(task);
    // A limit that leaves the task no time stops the task here.
    task.details?.limits?.check();
    if (task.stopReason) return this.#threw(task, task.stopReason);
    const { callable } = task.resolvable;
    if (callable !== undefined && task.options?.retry === undefined) {
      this.#scope.run(task, this.#call, task, callable, args);
    } else {
      this.#scope.run(task, this.#callResolved, task, args);
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

  // Shared by all tasks: each reaction runs in the context of its own task.
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
      // Loaded on demand, since most loops never retry.
      const retries = task.options?.retry && await import("./retries.ts");
      // A task that was asked to stop meanwhile never starts.
      if (task.stopReason !== undefined) throw task.stopReason;
      if (typeof task.id === "number") this.#options.onCalled(task.id);
      if (retries !== undefined) {
        const call = retries.callWithRetries;
        return this.#returned(task, await call(task, callable, args));
      }
    } catch (thrown) {
      return this.#threw(task, thrown);
    }
    this.#call(task, callable, args);
  };

  #returned(task: LoopTask, value: unknown): void {
    this.#ended(task, "succeeded", value);
  }

  #threw(task: LoopTask, thrown: unknown): void {
    // As in asyncio, a task that does not catch the cancellation of what it
    // awaits is cancelled itself.
    if (task.stopReason === undefined && isCancellation(thrown)) {
      // What the child threw while it was stopping remains the child's error.
      const reason = this.#withError.has(thrown)
        ? withoutStack(() => new CancelledError(thrown.message))
        : thrown;
      this.stop(task, reason);
    }
    const { stopReason } = task;
    if (stopReason === undefined) {
      task.resolvable.explain(thrown);
      this.#ended(task, "failed", thrown);
    } else if (comesFrom(thrown, stopReason)) {
      this.#ended(task, "cancelled", stopReason);
    } else {
      const result = cancelledWith(stopReason, thrown);
      this.#withError.add(result);
      this.#ended(task, "cancelled", result);
    }
  }

  /** The task's own code has ended; the task settles after its children. */
  #ended(task: LoopTask, state: EndState, result: unknown): void {
    const children = task.details?.children;
    if (task.abandoned) {
      this.#forget(task);
      let what = state === "succeeded" ? "returned a value" : "threw";
      if (this.#withError.has(result as Error)) {
        what += ` ${textOf((result as Error).cause)}`;
      }
      this.outbox.note(task, `${what} after it had been given up; dropped`);
      this.outbox.stopped(task);
    } else if (!children?.size) {
      this.#settle(task, state, result);
    } else {
      task.details!.pending = { state, result };
      for (const child of children) {
        // A child that is stopping keeps the grace that it was given.
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
    else if (result === task.stopReason) this.outbox.cancelled(task);
    else this.outbox.cancelled(task, encodeThrown((result as Error).cause));
    this.#announce(task, state, result);
  }

  #forget(task: LoopTask): void {
    task.end();
    this.#tasks.delete(task.id);
  }

  /** Tells the parent, which settles if it waited only for this child. */
  #announce(task: LoopTask, state: EndState, result: unknown): void {
    if (task.details === undefined) return;
    const { onSettled, parent } = task.details;
    onSettled?.({ state, result });
    if (parent === undefined) return;
    const { children, pending } = parent.details!;
    children!.delete(task);
    if (pending === undefined || children!.size > 0) return;
    this.#settle(parent, pending.state, pending.result);
  }

  /** Stops a task for a reason that the controller does not know yet. */
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

  /** Gives up a task that is still running at the end of its grace. */
  abandon(task: LoopTask): void {
    task.abandoned = true;
    this.outbox.abandoned(task);
    this.#announce(task, "cancelled", task.stopReason);
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
    if (parent.ended || parent.details?.pending !== undefined) {
      throw new CancelledError(`its parent, task ${parent.id}, has ended`);
    }
    const name = referenceName(reference);
    const runOptions = runOptionsOf(options, name);
    const resolvable = new Resolvable(
      typeof reference === "function"
        ? reference as Callable
        : encodeReference(reference),
    );
    const details = parent.makeDetails();
    const id = `${parent.id}.${++details.childCount}` as TaskId;
    const own = new Details(parent, shield !== undefined);
    const task = new LoopTask(this, id, resolvable, runOptions, own);
    (details.children ??= new Set()).add(task);
    this.outbox.send({
      type: "spawned",
      id,
      parent: parent.id,
      options: runOptions,
      task: name,
      module: moduleOf(reference),
      args: shortArguments(args),
      at: epochNow(),
    });
    const child = new Child(task, this);
    this.start(task, args);
    return child;
  }
}

/** What was thrown, in one line. */
function textOf(thrown: unknown): string {
  // Decoded, because reading the error itself may throw.
  const { name, message } = decodeThrown(encodeThrown(thrown));
  return `${name}: ${message}`;
}

function isThenable(value: unknown): boolean {
  return value instanceof NativePromise ||
    typeof (value as { then?: unknown } | null | undefined)?.then ===
      "function";
}
