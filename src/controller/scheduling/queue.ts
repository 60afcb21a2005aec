/**
 * The tasks that wait for a place, at most till their deadline: the larger
 * priority first, then the older.
 *
 * @module
 */
import { LinkedList } from "../../linked_list.ts";
import type { Timers } from "../../timers.ts";
import { QueueDeadline } from "../task/deadline.ts";
import type { TaskRecord } from "../task/record.ts";

export class TaskQueue {
  readonly #sharing = new Line();
  /** Apart, so that nobody waits behind those that wait for a process. */
  readonly #isolated = new Line();
  readonly #timers: Timers;
  readonly #expired: (record: TaskRecord) => void;

  /** `expired` is told of each whose deadline passes while it waits. */
  constructor(timers: Timers, expired: (record: TaskRecord) => void) {
    this.#timers = timers;
    this.#expired = expired;
  }

  get size(): number {
    return this.#sharing.size + this.#isolated.size;
  }

  add(record: TaskRecord): void {
    this.#lineOf(record).add(record);
    this.watchDeadline(record);
  }

  /** Takes out a task that waits. */
  remove(record: TaskRecord): void {
    this.#lineOf(record).remove(record);
    record.details?.queueDeadline?.stop();
  }

  #lineOf(record: TaskRecord): Line {
    return isIsolated(record) ? this.#isolated : this.#sharing;
  }

  /** Watches the deadline that a task which waits has now. */
  watchDeadline(record: TaskRecord): void {
    const deadline = record.details?.options.deadline;
    record.details?.queueDeadline?.stop();
    if (deadline === undefined) return;
    record.own.queueDeadline = new QueueDeadline(
      this.#timers,
      deadline,
      () => this.#expired(record),
    );
  }

  /** Whether it need not wait for its turn, nor for room. */
  isNext(record: TaskRecord, room: boolean): boolean {
    return (room || !isIsolated(record)) && this.first(room) === undefined;
  }

  /** The one whose turn it is; `room`: whether it may be an isolated one. */
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

/** Whether the task wants a process of its own. */
export function isIsolated(record: TaskRecord): boolean {
  return record.details?.isolated ?? false;
}
