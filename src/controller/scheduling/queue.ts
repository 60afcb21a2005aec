/**
 * The tasks that wait for a slot, each until its deadline at most. The larger
 * priority goes first, then the older task. None goes while the queue is paused,
 * nor a task that is itself paused.
 *
 * @module
 */
import { InvalidStateError } from "../../errors.ts";
import { LinkedList } from "../../linked_list.ts";
import { Alarm, type Timers } from "../../timers.ts";
import type { TaskRecord } from "../task/record.ts";

export class TaskQueue {
  readonly #sharing = new Line();
  /** Apart, so that no other task waits behind one that waits for a process. */
  readonly #isolated = new Line();
  /** Apart, so that no other task waits behind one that is paused. */
  readonly #paused: Set<TaskRecord> = new Set();
  /** Whether no task's turn comes. */
  #allPaused = false;
  #mayPause = true;
  readonly #timers: Timers;
  readonly #onExpired: (record: TaskRecord) => void;
  readonly #onResumed: () => void;

  /**
   * `timers` follow the system's clock. `onExpired` is called for each task
   * whose deadline passes in the queue, `onResumed` when a pause has ended.
   */
  constructor(
    timers: Timers,
    onExpired: (record: TaskRecord) => void,
    onResumed: () => void,
  ) {
    this.#timers = timers;
    this.#onExpired = onExpired;
    this.#onResumed = onResumed;
  }

  get size(): number {
    return this.#sharing.size + this.#isolated.size + this.#paused.size;
  }

  add(record: TaskRecord): void {
    if (record.details?.paused) this.#paused.add(record);
    else this.#lineOf(record).add(record);
    this.watchDeadline(record);
  }

  remove(record: TaskRecord): void {
    if (!this.#paused.delete(record)) this.#lineOf(record).remove(record);
    this.#unwatchDeadline(record);
  }

  /** Whether the task waits, and would wait if every slot were free. */
  holds(record: TaskRecord): boolean {
    return record.state === "queued" && record.loop === undefined &&
      (this.#allPaused || this.#paused.has(record));
  }

  get paused(): boolean {
    return this.#allPaused;
  }

  /**
   * Pauses the queue, or these tasks. Those that have a slot would wait if they
   * came back.
   *
   * @throws {InvalidStateError} All tasks are to end.
   */
  pause(records?: Iterable<TaskRecord>): void {
    if (!this.#mayPause) {
      throw new InvalidStateError("Cannot pause: the loop is closing");
    }
    if (records === undefined) this.#allPaused = true;
    for (const record of records ?? []) {
      if (record.done || record.details?.paused) continue;
      record.ensureDetails().paused = true;
      if (record.loop !== undefined) continue;
      this.#lineOf(record).remove(record);
      this.#paused.add(record);
    }
  }

  /** Resumes the queue, or these tasks: each has the place of its age again. */
  resume(records?: Iterable<TaskRecord>): void {
    if (records === undefined) this.#allPaused = false;
    const back: TaskRecord[] = [];
    for (const record of records ?? []) {
      if (record.details?.paused) record.details.paused = false;
      if (this.#paused.delete(record)) back.push(record);
    }
    for (const [line, some] of Map.groupBy(back, (one) => this.#lineOf(one))) {
      line.insert(some);
    }
    this.#onResumed();
  }

  /** Ends every pause, for good. */
  endPauses(): void {
    this.#mayPause = false;
    this.resume();
    this.resume(this.#paused);
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
    return !this.#allPaused && (room || !isIsolated(record)) &&
      this.first(room) === undefined;
  }

  /** The task whose turn it is. `room`: whether it may be an isolated one. */
  first(room: boolean): TaskRecord | undefined {
    if (this.#allPaused) return undefined;
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
    this.#listOf(priorityOf(record)).append(record);
    this.size++;
  }

  /** Adds tasks that may be older than others of their priority. */
  insert(records: readonly TaskRecord[]): void {
    for (const [priority, some] of Map.groupBy(records, priorityOf)) {
      const list = this.#listOf(priority);
      const others = [...list];
      for (const one of others) list.remove(one);
      const byAge = [...others, ...some].sort((a, b) =>
        Number(a.id) - Number(b.id)
      );
      for (const one of byAge) list.append(one);
    }
    this.size += records.length;
  }

  #listOf(priority: number): LinkedList<TaskRecord> {
    let list = this.#lists.get(priority);
    if (list === undefined) {
      list = new LinkedList();
      this.#lists.set(priority, list);
      this.#priorities = [...this.#lists.keys()].sort((a, b) => b - a);
    }
    return list;
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
