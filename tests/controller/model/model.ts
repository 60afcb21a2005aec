/**
 * A controller as plain data: what the real one must agree with after each
 * command, once it has come to rest.
 */
import type { TaskState } from "../../../mod.ts";
import type { Command } from "./commands.ts";
import type { End } from "./stage.ts";

/** Why a task was asked to stop. */
export type Why = "cancel" | "signal" | "timeout" | "deadline" | "close";

export interface ModelTask {
  readonly id: number;
  readonly priority: number;
  /** Whether it stops when it is asked to. */
  readonly follows: boolean;
  state: TaskState;
  end: End;
  /** Why it was asked to stop, first. */
  why: Why | undefined;
  /** It threw while it was being cancelled. */
  threw: boolean;
  abandoned: boolean;
  /** It was given up, whether or not it has stopped since. */
  givenUp: boolean;
  /** Limits that fire when it starts. */
  timeoutAtStart: boolean;
  collected: boolean;
}

export function isDone({ state }: ModelTask): boolean {
  return state !== "queued" && state !== "running";
}

export class Model {
  readonly tasks: ModelTask[] = [];
  concurrency = Infinity;
  closed = false;

  /** `firstId`: the id of the next task. */
  constructor(readonly firstId: number) {}

  get running(): ModelTask[] {
    return this.tasks.filter(({ state }) => state === "running");
  }

  /** Those that the controller lists. */
  get listed(): ModelTask[] {
    return this.tasks.filter((task) => !task.collected || task.abandoned);
  }

  /** Closed, and all tasks have ended: the loop has, too. */
  get over(): boolean {
    return this.closed && this.tasks.every(isDone);
  }

  #at(task: number): ModelTask | undefined {
    return this.tasks[task % this.tasks.length];
  }

  /** Does what a controller should. */
  do(command: Command): void {
    this.#do(command);
    // What was given up ends with the thread.
    if (this.over) { for (const task of this.tasks) task.abandoned = false; }
  }

  #do(command: Command): void {
    switch (command.do) {
      case "submit":
        if (!this.closed) this.#submit(command.follows, command.priority);
        return;
      case "cancel": {
        const task = this.#at(command.task);
        const why = command.bySignal ? "signal" : "cancel";
        if (task) this.#stop(task, why, command.patient || command.bySignal);
        return;
      }
      case "tell": {
        const task = this.#at(command.task);
        if (task) this.#tellEnd(task, command.end);
        return;
      }
      case "limit": {
        const task = this.#at(command.task);
        if (task) this.#limit(task, command.limit, command.when === "past");
        return;
      }
      case "collect":
        this.#collect(
          command.tasks === "all"
            ? this.tasks
            : command.tasks.map((task) => this.#at(task)).filter((task) =>
              task !== undefined
            ),
        );
        return;
      case "concurrency":
        return this.#setConcurrency(command.value);
      case "close":
        return this.#close(command.cancel);
    }
  }

  #submit(follows: boolean, priority: number): void {
    this.tasks.push({
      id: this.firstId + this.tasks.length,
      priority,
      follows,
      state: "queued",
      end: "goes on",
      why: undefined,
      threw: false,
      abandoned: false,
      givenUp: false,
      timeoutAtStart: false,
      collected: false,
    });
    this.#fill();
  }

  /** Asks a task to stop; `patient`: with all the grace that it needs. */
  #stop(task: ModelTask, why: Why, patient: boolean): void {
    if (isDone(task)) return;
    task.why ??= why;
    if (task.state === "queued" || task.follows) {
      task.state = "cancelled";
    } else if (!patient) {
      task.state = "cancelled";
      task.abandoned = true;
      task.givenUp = true;
    }
    this.#fill();
  }

  #tellEnd(task: ModelTask, end: Exclude<End, "goes on">): void {
    if (this.over) return;
    if (task.end === "goes on") task.end = end;
    this.#obey(task);
    this.#fill();
  }

  #obey(task: ModelTask): void {
    if (task.end === "goes on") return;
    if (task.abandoned) task.abandoned = false;
    if (task.state !== "running") return;
    task.threw = task.end === "throws" && task.why !== undefined;
    task.state = task.end === "returns"
      ? "succeeded"
      : task.why === undefined
      ? "failed"
      : "cancelled";
  }

  /** Sets a limit that has passed already, or one that is far off. */
  #limit(task: ModelTask, limit: "timeout" | "deadline", past: boolean): void {
    if (isDone(task) || task.why !== undefined) return;
    if (task.state === "queued" && limit === "timeout") {
      task.timeoutAtStart = past;
    } else if (past) {
      this.#stop(task, limit, true);
    }
  }

  /** Hands out those of `candidates` that have ended, each once. */
  #collect(candidates: readonly ModelTask[]): ModelTask[] {
    const collected = candidates
      .filter((task) => isDone(task) && !task.collected);
    for (const task of collected) task.collected = true;
    return collected;
  }

  #setConcurrency(value: number): void {
    this.concurrency = value;
    this.#fill();
  }

  #close(cancel: boolean): void {
    this.closed = true;
    if (!cancel) return;
    for (const task of this.tasks) {
      if (task.state === "queued") this.#stop(task, "close", true);
    }
    for (const task of this.tasks) this.#stop(task, "close", true);
  }

  #fill(): void {
    for (;;) {
      if (this.running.length >= this.concurrency) return;
      const next = this.tasks.filter(({ state }) => state === "queued")
        .sort((a, b) => b.priority - a.priority || a.id - b.id)[0];
      if (next === undefined) return;
      if (next.timeoutAtStart) {
        // It never begins.
        this.#stop(next, "timeout", true);
        continue;
      }
      next.state = "running";
      this.#obey(next);
    }
  }
}
