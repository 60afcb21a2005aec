/**
 * What the loop has to say, gathered into one post a macrotask.
 *
 * @module
 */
import { epochNow } from "../clock.ts";
import { isPrimitive, whatCannotBeCloned } from "../clone.ts";
import { type EncodedThrown, encodeThrown } from "../codec.ts";
import { withoutStack } from "../errors.ts";
import type { FromLoop } from "../protocol.ts";
import type { LogEntry, TaskId } from "../task.ts";
import { Timer, type Timers } from "../timers.ts";
import type { LoopTask } from "./context.ts";

/** How long reports of progress are gathered, in milliseconds. */
const PROGRESS_EVERY = 50;

/** How many lines of one task wait for a post at most. */
const LOG_LINES = 1000;

/** A column that is still being filled. */
type Filling<M> = {
  -readonly [K in keyof M]: M[K] extends readonly (infer E)[] ? E[] : M[K];
};
type Message<T extends FromLoop["type"]> = Extract<FromLoop, { type: T }>;

export class Outbox {
  readonly #post: (batch: readonly FromLoop[]) => void;
  readonly #timers: Timers;
  #batch: FromLoop[] = [];
  #scheduled = false;
  #started: LoopTask[] = [];
  readonly #reporting = new Set<LoopTask>();
  readonly #reportTimer: Timer;

  constructor(post: (batch: readonly FromLoop[]) => void, timers: Timers) {
    this.#post = post;
    this.#timers = timers;
    this.#reportTimer = new ReportTimer(this);
  }

  /** Posts what is there, now. */
  flush(): void {
    this.#addStarted();
    const batch = this.#batch;
    if (batch.length === 0) return;
    this.#batch = [];
    this.#post(batch);
  }

  send(message: FromLoop): void {
    this.#batch.push(message);
    this.#schedule();
  }

  started(task: LoopTask): void {
    this.#started.push(task);
    this.#schedule();
  }

  succeeded(task: LoopTask, value: unknown): void {
    this.#lastReport(task);
    if (!isPrimitive(value)) return this.#succeededWithObject(task, value);
    const column = this.#column("succeeded") ??
      this.#open<"succeeded">({
        type: "succeeded",
        ids: [],
        values: [],
        at: epochNow(),
      });
    column.ids.push(task.id);
    column.values.push(value);
  }

  /**
   * An object is posted at once: so it crosses as it is at this moment, apart
   * from the objects of other tasks, and if it can't, only its own task fails.
   */
  #succeededWithObject(task: LoopTask, value: unknown): void {
    this.flush();
    const ids = [task.id];
    const at = epochNow();
    try {
      this.#post([{ type: "succeeded", ids, values: [value], at }]);
    } catch {
      const part = whatCannotBeCloned(value, "result");
      if (task.parent === undefined) {
        const message = `Task ${task.id} returned what can't be sent: ` +
          `${part}; return plain data made of it`;
        const error = withoutStack(() => new TypeError(message));
        return this.failed(task, encodeThrown(error));
      }
      // What a child returns is for its parent, which has it already.
      this.note(task, `its result stays in the loop: ${part} can't be sent`);
      this.send({ type: "succeeded", ids, values: [undefined], at });
    }
  }

  failed(task: LoopTask, error: EncodedThrown): void {
    this.#lastReport(task);
    this.send({ type: "failed", id: task.id, error, at: epochNow() });
  }

  cancelled(task: LoopTask): void {
    this.#lastReport(task);
    const column = this.#column("cancelled") ??
      this.#open<"cancelled">({ type: "cancelled", ids: [], at: epochNow() });
    column.ids.push(task.id);
  }

  abandoned(task: LoopTask): void {
    this.#lastReport(task);
    this.send({ type: "abandoned", ids: [task.id], at: epochNow() });
  }

  progressed(task: LoopTask): void {
    if (this.#reporting.size === 0) {
      this.#timers.start(this.#reportTimer, PROGRESS_EVERY);
    }
    this.#reporting.add(task);
  }

  postReports(): void {
    for (const task of this.#reporting) this.#report(task);
    this.#reporting.clear();
  }

  log(id: TaskId | undefined, entry: LogEntry): void {
    const last = this.#batch.at(-1);
    if (last?.type !== "log" || last.id !== id) {
      this.send({ type: "log", id, entries: [entry], dropped: 0 });
      return;
    }
    const filling = last as Filling<Message<"log">>;
    filling.entries.push(entry);
    if (filling.entries.length >= 2 * LOG_LINES) {
      filling.entries.splice(0, LOG_LINES);
      filling.dropped += LOG_LINES;
    }
  }

  /** A remark of the loop's own in the task's log. */
  note(task: LoopTask, text: string): void {
    this.log(task.id, { at: epochNow(), level: "note", text });
  }

  /** The last message, if it is a column of this type. */
  #column<T extends "succeeded" | "cancelled">(
    type: T,
  ): Filling<Message<T>> | undefined {
    const last = this.#batch.at(-1);
    return last?.type === type
      ? last as unknown as Filling<Message<T>>
      : undefined;
  }

  #open<T extends FromLoop["type"]>(
    message: Filling<Message<T>>,
  ): Filling<Message<T>> {
    this.send(message as unknown as FromLoop);
    return message;
  }

  #addStarted(): void {
    if (this.#started.length === 0) return;
    const ids: TaskId[] = [];
    for (const task of this.#started) if (!task.ended) ids.push(task.id);
    this.#started = [];
    if (ids.length > 0) {
      this.#batch.unshift({ type: "started", ids, at: epochNow() });
    }
  }

  #lastReport(task: LoopTask): void {
    if (this.#reporting.delete(task)) this.#report(task);
  }

  #report(task: LoopTask): void {
    const { report } = task;
    if (report === undefined) return;
    task.report = undefined;
    const last = this.#batch.at(-1);
    const column = last?.type === "progress"
      ? last as Filling<Message<"progress">>
      : this.#open<"progress">({
        type: "progress",
        ids: [],
        done: [],
        totals: [],
        notes: [],
        at: epochNow(),
      });
    column.ids.push(task.id);
    column.done.push(report.done);
    column.totals.push(report.total);
    column.notes.push(report.note);
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.flush();
    });
  }
}

class ReportTimer extends Timer {
  constructor(readonly outbox: Outbox) {
    super();
  }

  override fire(): void {
    this.outbox.postReports();
  }
}
