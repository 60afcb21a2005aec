/**
 * The log lines and the progress of running tasks. Both wait while the
 * controller is behind: lines up to a limit, beyond which they are dropped and
 * counted. Outcomes never wait.
 *
 * @module
 */
import { epochNow } from "../clock.ts";
import { LogBuffer } from "../log_buffer.ts";
import type { FromLoop } from "../protocol/messages.ts";
import type { LogEntry, TaskId } from "../task.ts";
import { Alarm, type Timers } from "../timers.ts";
import type { LoopTask } from "./loop_task.ts";

/** What a task is here. */
export type Reporter = Pick<LoopTask, "id" | "details">;

/** How long reports of progress are gathered. */
const PROGRESS_INTERVAL_MS = 50;

/** With more posts than this not received, the controller is behind. */
const MAX_BACKLOG_POSTS = 16;

export interface TaskOutputHost {
  readonly timers: Timers;
  /** Returns how many posts the controller has not received. */
  backlog(): number;
  /** Called when there is something to post. */
  onDue(): void;
}

export class TaskOutput {
  readonly #host: TaskOutputHost;
  readonly #logs: Map<TaskId | undefined, LogBuffer> = new Map();
  readonly #reporting: Set<Reporter> = new Set();
  readonly #alarm: Alarm;
  #reportsDue = false;

  constructor(host: TaskOutputHost) {
    this.#host = host;
    this.#alarm = new Alarm(() => {
      this.#reportsDue = true;
      host.onDue();
    });
  }

  /** Adds a line of a task, or of the loop itself. */
  log(id: TaskId | undefined, entry: LogEntry): void {
    let buffer = this.#logs.get(id);
    if (buffer === undefined) this.#logs.set(id, buffer = new LogBuffer());
    buffer.add(entry);
    this.#host.onDue();
  }

  progressed(task: Reporter): void {
    this.#reporting.add(task);
    this.#wait();
  }

  #wait(): void {
    if (this.#alarm.bucket !== undefined) return;
    this.#host.timers.start(this.#alarm, PROGRESS_INTERVAL_MS);
  }

  /** Takes what is to be posted now. */
  take(): FromLoop[] {
    if (this.#logs.size === 0 && !this.#reportsDue) return [];
    if (this.#host.backlog() <= MAX_BACKLOG_POSTS) return this.takeAll();
    this.#wait();
    return [];
  }

  /** Takes everything, also while the controller is behind. */
  takeAll(): FromLoop[] {
    const messages: FromLoop[] = [];
    for (const [id, buffer] of this.#logs) {
      messages.push({ type: "log", id, ...buffer.take() });
    }
    this.#logs.clear();
    this.#reportsDue = false;
    if (this.#reporting.size > 0) {
      messages.push(progressOf([...this.#reporting]));
      this.#reporting.clear();
    }
    return messages;
  }

  /** Takes the output of one task, which is posted before its outcome. */
  takeOf(task: Reporter): FromLoop[] {
    const messages: FromLoop[] = [];
    if (this.#reporting.delete(task)) messages.push(progressOf([task]));
    const { id } = task;
    const buffer = this.#logs.get(id);
    if (buffer !== undefined) {
      messages.push({ type: "log", id, ...buffer.take() });
      this.#logs.delete(id);
    }
    return messages;
  }
}

function progressOf(tasks: readonly Reporter[]): FromLoop {
  const reports = tasks.map(({ details }) => details!.report!);
  return {
    type: "progress",
    ids: tasks.map(({ id }) => id),
    done: reports.map(({ done }) => done),
    totals: reports.map(({ total }) => total),
    notes: reports.map(({ note }) => note),
    at: epochNow(),
  };
}
