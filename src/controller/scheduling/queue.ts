/**
 * The tasks that wait for a slot, each until its deadline at most. The larger
 * priority goes first, then the older task.
 *
 * @module
 */
import { LinkedList } from "../../linked_list.ts";
import { Alarm, type Timers } from "../../timers.ts";
import type { TaskRecord } from "../task/record.ts";

export class TaskQueue {
  readonly #sharing = new Line();
  /** Apart, so that no other task waits behind one that waits for a process. */
  readonly #isolated = new Line();
  readonly #timers: Timers;
  readonly #onExpired: (record: TaskRecord) => void;

  /**
   * `timers` follow the system's clock. `onExpired` is called for each task
   * whose deadline passes in the queue.
   */
  constructor(timers: Timers, onExpired: (record: TaskRecord) => void) {
    this.#timers = timers;
    this.#onExpired = onExpired;
  }

  get size(): number {
    return this.#sharing.size + this.#isolated.size;
  }

  add(record: TaskRecord): void {
    this.#lineOf(record).add(record);
    this.watchDeadline(record);
  }

  remove(record: TaskRecord): void {
    this.#lineOf(record).remove(record);
    this.#unwatchDeadline(record);
  }

  #lineOf(record: TaskRecord): Line {
    return isIsolated(record) ? this.#isolated : this.#sharing;
  }

  /** Watches the deadline that a queued task has now. */
  watchDeadline(record: TaskRecord): void {
    this.#unwatchDeadline(record);
    const deadline = record.details?.options.deadline;
    if (deadline === undefined) return;
    const alarm = new Alarm(() => this.#onExpired(record));
    record.ensureDetails().queueDeadline = alarm;
    this.#timers.start(alarm, deadline - this.#timers.now());
  }

  #unwatchDeadline({ details }: TaskRecord): void {
    if (details?.queueDeadline) this.#timers.stop(details.queueDeadline);
  }

  /** Whether a task that is not queued may start now. */
  isNext(record: TaskRecord, room: boolean): boolean {
    return (room || !isIsolated(record)) && this.first(room) === undefined;
  }

  /** The task whose turn it is. `room`: whether it may be an isolated one. */
  first(room: boolean): TaskRecord | undefined {
    const sharing = this.#sharing.first;
    const isolated = room ? this.#isolated.first : undefined;
    if (sharing === undefined || isolated === undefined) {
      return sharing ?? isolated;
    }
    const ahead = priorityOf(sharing) - priorityOf(isolated) ||
      Number(isolated.id) - Number(sharing.id);
    return ahead > 0 ? sharing : isolated;
  }
}

class Line {
  readonly #lists = new Map<number, LinkedList<TaskRecord>>();
  /** The priorities that have a list, largest first. */
  #priorities: number[] = [];
  size = 0;

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
  }

  remove(record: TaskRecord): void {
    const priority = priorityOf(record);
    const list = this.#lists.get(priority)!;
    list.remove(record);
    this.size--;
    if (list.size > 0) return;
    this.#lists.delete(priority);
    this.#priorities = this.#priorities.filter((one) => one !== priority);
  }

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

/** Whether the task gets a process of its own. */
export function isIsolated(record: TaskRecord): boolean {
  return record.details?.isolated ?? false;
}
