/**
 * What the commands of one session share: the loop, the modules in use, and
 * whether a task has failed.
 *
 * @module
 */
import { delay } from "@std/async/delay";
import type { LoopController, TaskHandle } from "../../../mod.ts";
import type { Outcome } from "../../task.ts";
import { BUILTIN_MODULE } from "./builtins.ts";
import { nameOwnOption, withOwnOption } from "./denied.ts";
import { TaskModules } from "./task_modules.ts";

/** Milliseconds that a loop may take to start what it was sent. */
const START_PATIENCE = 300;

/** One run of the prompt, or of a script. */
export class Session {
  readonly loop: LoopController;
  readonly modules: TaskModules = new TaskModules();
  /** Hears of each task that a command started, when it has ended. */
  onEnded: (handle: TaskHandle) => void = () => {};
  /** Hears of the first failure. */
  onFailure: () => void = () => {};
  /** Killed tasks whose thread could not be stopped, and goes on. */
  readonly unstoppable: Set<TaskHandle> = new Set();
  readonly #told = new WeakSet<TaskHandle>();
  readonly #limited: boolean;
  #failed = false;
  #groups = 0;

  /** `limited`: tasks may do what options of the prompt say, and no more. */
  constructor(loop: LoopController, { limited = false } = {}) {
    this.loop = loop;
    this.#limited = limited;
  }

  /** Whether a task that a command started has failed, or hit a limit. */
  get failed(): boolean {
    return this.#failed;
  }

  /**
   * Has the loop load the built-in tasks before the first command: loading
   * draws on the terminal, and would draw over the prompt.
   */
  async prepare(): Promise<void> {
    await this.loop.exportsOf(BUILTIN_MODULE);
  }

  /**
   * Waits a moment for what has a place to have started, so that a script that
   * asks right after it has submitted is not told that all is queued.
   */
  async settleStarts(): Promise<void> {
    const end = performance.now() + START_PATIENCE;
    while (performance.now() < end) {
      const { state, queued } = this.loop.health();
      const waiting = this.loop.list().filter((handle) =>
        handle.state === "queued"
      );
      if (waiting.length <= queued || state !== "turning") return;
      await delay(1);
    }
  }

  /** A name for a group that was given none, easy to type. */
  nextGroupName(): string {
    return `group-${++this.#groups}`;
  }

  /** What the task came to, if it has ended, in words of the prompt. */
  outcomeOf(handle: TaskHandle): Outcome | undefined {
    const outcome = handle.peek();
    if (this.#limited && outcome !== undefined && "error" in outcome) {
      nameOwnOption(outcome.error);
    }
    return outcome;
  }

  /** What goes wrong while a module is loaded, in words of the prompt. */
  inOwnWords(message: string): string {
    return this.#limited ? withOwnOption(message) : message;
  }

  /** The tasks that commands started and that have not ended. */
  running(): TaskHandle[] {
    return this.loop.list().filter((handle) =>
      !handle.done && handle.parent === undefined
    );
  }

  /** The tasks that commands started and whose end nobody has been told. */
  untold(): TaskHandle[] {
    return this.loop.list().filter((handle) =>
      handle.parent === undefined && !this.#told.has(handle)
    );
  }

  /** Takes note that the user hears of the end of a task. */
  tell(handle: TaskHandle): void {
    this.#told.add(handle);
  }

  /** Whether the user has heard of the end of a task. */
  wasTold(handle: TaskHandle): boolean {
    return this.#told.has(handle);
  }

  /** Takes note of what a task that a command started will come to. */
  watch(handle: TaskHandle): void {
    this.loop.wait([handle]).then(() => {
      this.noteOutcome(handle.peek());
      this.onEnded(handle);
    });
  }

  /** Takes note of an outcome. */
  noteOutcome(outcome: Outcome | undefined): void {
    if (this.#failed || outcome === undefined || !isFailure(outcome)) return;
    this.#failed = true;
    this.onFailure();
  }
}

/** Whether the outcome is one to worry about: being cancelled alone is not. */
export function isFailure(outcome: Outcome): boolean {
  return "error" in outcome ||
    (outcome.state === "cancelled" && outcome.reason.name === "TimeoutError");
}
