/**
 * The tasks that wait for a place: the larger priority first, then the older.
 *
 * @module
 */
import { LinkedList } from "../linked_list.ts";
import type { TaskRecord } from "./record.ts";

export class TaskQueue {
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

  /** Takes out a task that waits. */
  remove(record: TaskRecord): void {
    const priority = priorityOf(record);
    const list = this.#lists.get(priority)!;
    list.remove(record);
    this.size--;
    if (list.size > 0) return;
    this.#lists.delete(priority);
    this.#priorities = this.#priorities.filter((one) => one !== priority);
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
