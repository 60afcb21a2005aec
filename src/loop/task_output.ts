/**
 * What tasks say while they run: lines and progress. It is held back while
 * nobody takes it in, bounded, and what had to be dropped is counted; what
 * becomes of tasks is never held back.
 *
 * @module
 */
import { epochNow } from "../clock.ts";
import { LogBuffer } from "../log_buffer.ts";
import type { FromLoop } from "../protocol/messages.ts";
import type { LogEntry, TaskId } from "../task.ts";
import { Alarm, type Timer, type Timers } from "../timers.ts";
import type { LoopTask } from "./loop_task.ts";

/** What a task is here. */
export type Reporter = Pick<LoopTask, "id" | "report">;

/** How long reports of progress are gathered, in milliseconds. */
const PROGRESS_INTERVAL_MS = 50;

/** How many posts may wait to be taken in before output is held back. */
const MAX_BACKLOG_POSTS = 16;

export interface TaskOutputHost {
  readonly timers: Timers;
  /** How many posts wait to be taken in. */
  backlog(): number;
  /** There is something to post. */
  due(): void;
}

export class TaskOutput {
  readonly #host: TaskOutputHost;
  readonly #logs: Map<TaskId | undefined, LogBuffer> = new Map();
  readonly #reporting: Set<Reporter> = new Set();
  readonly #timer: Timer;
  /** Whether reports have been gathered for long enough. */
  #reportsDue = false;

  constructor(host: TaskOutputHost) {
    this.#host = host;
    this.#timer = new Alarm(() => {
      this.#reportsDue = true;
      host.due();
    });
  }

  /** Adds a line of a task, or of the loop's own. */
  log(id: TaskId | undefined, entry: LogEntry): void {
    let buffer = this.#logs.get(id);
    if (buffer === undefined) this.#logs.set(id, buffer = new LogBuffer());
    buffer.add(entry);
    this.#host.due();
  }

  progressed(task: Reporter): void {
    this.#reporting.add(task);
    this.#wait();
  }

  #wait(): void {
    if (this.#timer.bucket !== undefined) return;
    this.#host.timers.start(this.#timer, PROGRESS_INTERVAL_MS);
  }

  /** Takes what is to be posted now. */
  take(): FromLoop[] {
    if (this.#logs.size === 0 && !this.#reportsDue) return [];
    if (this.#host.backlog() > MAX_BACKLOG_POSTS) {
      this.#wait();
      return [];
    }
    return this.takeAll();
  }

  /** Takes all that there is, whether anybody takes it in or not. */
  takeAll(): FromLoop[] {
    const messages: FromLoop[] = [];
    for (const id of this.#logs.keys()) messages.push(this.#lines(id));
    this.#logs.clear();
    this.#reportsDue = false;
    if (this.#reporting.size > 0) {
      messages.push(progressOf([...this.#reporting]));
      this.#reporting.clear();
    }
    return messages;
  }

  /** Takes what a task has said last, before what became of it is said. */
  takeOf(task: Reporter): FromLoop[] {
    const messages: FromLoop[] = [];
    if (this.#reporting.delete(task)) messages.push(progressOf([task]));
    if (this.#logs.has(task.id)) {
      messages.push(this.#lines(task.id));
      this.#logs.delete(task.id);
    }
    return messages;
  }

  #lines(id: TaskId | undefined): FromLoop {
    return { type: "log", id, ...this.#logs.get(id)!.take() };
  }
}

function progressOf(tasks: readonly Reporter[]): FromLoop {
  const reports = tasks.map(({ report }) => report!);
  return {
    type: "progress",
    ids: tasks.map(({ id }) => id),
    done: reports.map(({ done }) => done),
    totals: reports.map(({ total }) => total),
    notes: reports.map(({ note }) => note),
    at: epochNow(),
  };
}
