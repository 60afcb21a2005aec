/**
 * What the commands of one session share: the loop, the modules in use, and
 * whether a task has failed.
 */
import type { LoopController, TaskHandle } from "../../../mod.ts";
import type { LogEntry, Outcome } from "../../task.ts";
import type { BatchStatus } from "../render/batch.ts";
import type { Reply } from "../render/reply.ts";
import { Starts } from "./starts.ts";
import { TaskModules } from "./task_modules.ts";

/** How long a loop may take to start what it was sent. */
const MAX_START_MS = 300;
/** Of more tasks, only the latest are waited for. */
const MAX_STARTING = 1000;

/** Tasks that somebody waits for. */
export interface Awaited {
  readonly tasks: readonly TaskHandle[];
  /** When the wait began, on the clock of `performance`. */
  readonly since: number;
  /** How many had ended by then. */
  readonly doneBefore: number;
}

/** A batch that a command started. */
export interface StartedBatch extends BatchStatus {
  /** Resolves when its outcomes are written. */
  readonly finished: Promise<void>;
  /** Runs the inputs again that have not succeeded, as a batch of that name. */
  readonly retry: () => Promise<StartedBatch>;
}

/** One run of the prompt, or of a script. */
export class Session {
  readonly modules: TaskModules = new TaskModules();
  readonly starts: Starts;
  /** Called when a task that a command started has ended. */
  onEnded: (handle: TaskHandle) => void = () => {};
  onFailure: () => void = () => {};
  /** Called once, when the history drops the first task that was collected. */
  onDropped: (id: TaskHandle["id"]) => void = () => {};
  /** Killed tasks whose thread could not be stopped, and goes on. */
  readonly unstoppable: Set<TaskHandle> = new Set();
  /** The tasks whose end the user has seen. */
  readonly reported: WeakSet<TaskHandle> = new WeakSet();
  /** Those of them whose end had a line of its own, with the value if short. */
  readonly shown: WeakSet<TaskHandle> = new WeakSet();
  /** The tasks whose outcome was handed out, by `result` or `collect`. */
  readonly taken: WeakSet<TaskHandle> = new WeakSet();
  /** Those of them that the user is done with, and `poll` leaves out. */
  readonly collected: WeakSet<TaskHandle> = new WeakSet();
  /** Whether what is collected is forgotten: a script has printed it whole. */
  forgetful = false;
  /** Shows what nobody has asked for. */
  tell: (reply: Reply) => void = () => {};
  /** Of the modules that are loaded again when a file changes, by URL. */
  readonly watchers: Map<string, Deno.FsWatcher> = new Map();
  /** The tasks that `run` has started, until what they wrote was shown. */
  readonly runs: WeakSet<TaskHandle> = new WeakSet();
  /** The batches by their names, also those that have ended. */
  readonly batches: Map<string, StartedBatch> = new Map();
  /** What the code of `run` has declared. */
  readonly declared: Set<string> = new Set();
  /** What a command waits for, for the status line. */
  awaited: Awaited | undefined;
  /** Whether a task that is no child has failed, or hit a limit. */
  failed = false;
  /** The collected tasks that are still known, in that order. */
  readonly #kept: Set<TaskHandle["id"]> = new Set();
  #dropped = false;
  readonly #limited: boolean;

  /** `limited`: tasks have only the permissions that options of the prompt give. */
  constructor(readonly loop: LoopController, { limited = false } = {}) {
    this.#limited = limited;
    this.starts = new Starts(loop, (handle) => this.#watch(handle));
  }

  /**
   * Waits until the loop has started the tasks that need not be queued, so that
   * a script that polls right after it has submitted sees them running.
   */
  async settleStarts(): Promise<void> {
    const { delay } = await import("@std/async/delay");
    const end = performance.now() + MAX_START_MS;
    while (performance.now() < end) {
      const { state, queued, running } = this.loop.health();
      if (running === 0) return;
      // Those that were submitted last are the last to start.
      const handles = this.loop.list().slice(-MAX_STARTING);
      const waiting = handles.filter((one) => one.state === "queued").length;
      if (waiting <= queued || state !== "responsive") return;
      await delay(1);
    }
  }

  /** The outcome of the task, if it has ended, with the prompt's own hints. */
  outcomeOf(handle: Pick<TaskHandle, "peek">): Outcome | undefined {
    const outcome = handle.peek();
    if (this.#limited && outcome !== undefined && "error" in outcome) {
      addHint(outcome.error);
    }
    return outcome;
  }

  withHint(message: string): string {
    return this.#limited ? withHint(message) : message;
  }

  /** The unfinished tasks that commands started. */
  running(): TaskHandle[] {
    return this.loop.list().filter((handle) =>
      !handle.done && handle.parent === undefined
    );
  }

  /** The tasks that commands started and whose end the user has not seen. */
  unreported(): TaskHandle[] {
    return this.loop.list().filter((handle) =>
      handle.parent === undefined && !this.reported.has(handle) &&
      !this.#runningBatch(handle.group)
    );
  }

  /** The tasks that were not collected, children left out. */
  uncollected(): TaskHandle[] {
    return this.loop.list().filter((handle) =>
      handle.parent === undefined && !this.collected.has(handle)
    );
  }

  /** Those of them whose outcome was not handed out in another way either. */
  untaken(): TaskHandle[] {
    return this.uncollected().filter((handle) => !this.taken.has(handle));
  }

  /** The tasks that `poll` lists: those to collect, and what still runs. */
  listed(): TaskHandle[] {
    const hidden = (handle: TaskHandle): boolean =>
      this.collected.has(handle) ||
      (handle.parent !== undefined && hidden(handle.parent));
    const all = this.loop.list();
    if (this.#kept.size === 0) return all;
    return all.filter((handle) => !hidden(handle) || handle.abandoned);
  }

  /** Marks that the outcome of a task was handed out. */
  markTaken(handle: TaskHandle): void {
    this.taken.add(handle);
    this.markReported(handle);
    // Reads the outcome: a failure seen here need not be reported at the end.
    void handle.outcome();
  }

  /** As {@linkcode Session.markTaken}; a script forgets the task as well. */
  collect(handle: TaskHandle): void {
    this.markTaken(handle);
    this.collected.add(handle);
    if (this.forgetful) this.loop.collect([handle]);
    else this.#kept.add(handle.id);
  }

  /** Forgets those of the tasks that have ended, and answers with these. */
  forget(handles: readonly TaskHandle[]): TaskHandle[] {
    const forgotten = this.loop.collect(handles);
    for (const handle of forgotten) {
      this.markTaken(handle);
      this.#kept.delete(handle.id);
    }
    return forgotten;
  }

  /** Says once that the history is too short for what was collected. */
  #noteDropped(): void {
    for (const id of this.#kept) {
      if (this.loop.get(id) !== undefined) return;
      this.#kept.delete(id);
      if (!this.#dropped) this.onDropped(id);
      this.#dropped = true;
    }
  }

  /** Marks that the user sees the end of a task. */
  markReported(handle: TaskHandle, how?: "counted"): void {
    this.reported.add(handle);
    if (how === undefined) this.shown.add(handle);
    // No command has started what a task has detached.
    if (handle.parent === undefined) this.#noteOutcome(handle.peek());
  }

  /** Calls `onEnded` when the task has ended, and notes a failure. */
  #watch(handle: TaskHandle): void {
    this.loop.wait([handle]).then(() => this.ended(handle));
  }

  /** A task that a command started has ended. */
  ended(handle: TaskHandle): void {
    this.#noteOutcome(handle.peek());
    this.#noteDropped();
    this.onEnded(handle);
  }

  /** Cancels the batches, and waits until their outcomes are written. */
  async endBatches(): Promise<void> {
    for (const { batch } of this.batches.values()) void batch.cancel();
    await this.batchesFinished();
  }

  /** The tasks of batches that are not forgotten. */
  membersOf(batches: readonly StartedBatch[]): TaskHandle[] {
    const names = new Set<string | undefined>(batches.map(({ name }) => name));
    return this.loop.list().filter(({ group }) => names.has(group));
  }

  #runningBatch(name: string | undefined): boolean {
    return name !== undefined && this.batches.get(name)?.batch.done === false;
  }

  /** Resolves when no batch runs, and their outcomes are written. */
  async batchesFinished(): Promise<void> {
    const batches = [...this.batches.values()];
    await Promise.all(batches.map(({ finished }) => finished));
  }

  /** What a task of `run` wrote with `console`, until that was shown. */
  outputOf(handle: TaskHandle): readonly LogEntry[] {
    return this.runs.has(handle) ? handle.logs() : [];
  }

  /** Stops watching files. */
  unwatch(): void {
    for (const watcher of this.watchers.values()) watcher.close();
    this.watchers.clear();
  }

  #noteOutcome(outcome: Outcome | undefined): void {
    if (this.failed || outcome === undefined || !isFailure(outcome)) return;
    this.failed = true;
    this.onFailure();
  }
}

/** Whether the task threw or hit a limit; to be cancelled is no failure. */
export function isFailure(outcome: Outcome): boolean {
  return "error" in outcome ||
    (outcome.state === "cancelled" && outcome.reason.name === "TimeoutError");
}

const DENIED = /(Requires (\w+) access\b.*, run again with the )--allow-\2\b/s;

/**
 * The message of a missing permission, with the prompt's own option in place of
 * Deno's flag: tasks in a process have the permissions that those options give.
 */
function withHint(message: string): string {
  return message.replace(DENIED, "$1--task-allow-$2");
}

const MAX_CAUSE_DEPTH = 8;

function addHint(error: Error): void {
  let one: unknown = error;
  for (let n = 0; n < MAX_CAUSE_DEPTH && one instanceof Error; n++) {
    // Not by assignment: the message of a DOMException can't be assigned.
    Reflect.set(one, "message", withHint(one.message));
    one = one.cause;
  }
}
