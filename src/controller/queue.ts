/**
 * The tasks that wait for a place, at most till their deadline: the larger
 * priority first, then the older.
 *
 * @module
 */
import { epochNow } from "../clock.ts";
import type { TimeoutError } from "../errors.ts";
import { LinkedList } from "../linked_list.ts";
import type { Timers } from "../timers.ts";
import { notStartedByDeadline, QueueDeadline } from "./deadline.ts";
import type { TaskRecord } from "./record.ts";

export class TaskQueue {
  readonly #lists = new Map<number, LinkedList<TaskRecord>>();
  /** The priorities that have a list, largest first. */
  #priorities: number[] = [];
  readonly #timers: Timers;
  readonly #expired: (record: TaskRecord, error: TimeoutError) => void;
  size = 0;

  /** `expired` is told of each whose deadline passes while it waits. */
  constructor(
    timers: Timers,
    expired: (record: TaskRecord, error: TimeoutError) => void,
  ) {
    this.#timers = timers;
    this.#expired = expired;
  }

  add(record: TaskRecord): void {
    const priority = priorityOf(record);
    let list = this.#lists.get(priority);
    if (list === undefined) {
      list = new LinkedList();
      this.#lists.set(priority, list);
      this.#priorities = [...this.#lists.keys()].sort((a, b) => b - a);
    }
    list.append(record);
    this.size++;
    this.watchDeadline(record);
  }

  /** Takes out a task that waits. */
  remove(record: TaskRecord): void {
    const priority = priorityOf(record);
    const list = this.#lists.get(priority)!;
    list.remove(record);
    this.size--;
    record.details?.queueDeadline?.stop();
    if (list.size > 0) return;
    this.#lists.delete(priority);
    this.#priorities = this.#priorities.filter((one) => one !== priority);
  }

  /** Watches the deadline that a task which waits has now. */
  watchDeadline(record: TaskRecord): void {
    const deadline = record.details?.options.deadline;
    record.details?.queueDeadline?.stop();
    if (deadline === undefined) return;
    record.own.queueDeadline = new QueueDeadline(this.#timers, deadline, () => {
      const error = notStartedByDeadline(record, deadline, epochNow());
      this.#expired(record, error);
    });
  }

  /** The one whose turn it is. */
  get first(): TaskRecord | undefined {
    const priority = this.#priorities[0];
    return priority === undefined
      ? undefined
      : this.#lists.get(priority)!.first;
  }
}

function priorityOf(record: TaskRecord): number {
  return record.details?.priority ?? 0;
}
