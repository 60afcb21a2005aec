/**
 * The tasks that have ended and are not forgotten yet, bounded: those whose
 * outcome was read go first, a failure that nobody read goes last.
 *
 * @module
 */
import { LinkedList } from "../../linked_list.ts";
import type { TaskRecord } from "./record.ts";

export class History {
  readonly #read: LinkedList<TaskRecord> = new LinkedList();
  readonly #unread: LinkedList<TaskRecord> = new LinkedList();
  readonly #unreadFailures: LinkedList<TaskRecord> = new LinkedList();
  readonly #bound: number;
  readonly #drop: (record: TaskRecord) => void;

  /** `drop` is told of each that the bound pushes out. */
  constructor(bound: number, drop: (record: TaskRecord) => void) {
    this.#bound = bound;
    this.#drop = drop;
  }

  get size(): number {
    return this.#read.size + this.#unread.size + this.#unreadFailures.size;
  }

  /** Those that threw an error, and whose outcome nobody read. */
  get unreadFailures(): TaskRecord[] {
    return [...this.#unreadFailures];
  }

  /** All of them, the oldest first. */
  records(): TaskRecord[] {
    return [...this.#read, ...this.#unread, ...this.#unreadFailures]
      .sort((a, b) => a.submittedAt - b.submittedAt);
  }

  add(record: TaskRecord): void {
    this.#listOf(record).append(record);
    if (this.size <= this.#bound) return;
    const oldest = this.#read.first ?? this.#unread.first ??
      this.#unreadFailures.first!;
    this.#drop(oldest);
    this.remove(oldest);
  }

  /** The outcome of a task that is here has been handed out. */
  markRead(record: TaskRecord): void {
    this.#listOf(record).remove(record);
    record.retention = "read";
    this.#read.append(record);
  }

  /** Forgets a task that is here. */
  remove(record: TaskRecord): void {
    this.#listOf(record).remove(record);
    record.retention = "forgotten";
  }

  #listOf(record: TaskRecord): LinkedList<TaskRecord> {
    if (record.retention === "read") return this.#read;
    // A child's failure is for its parent to read.
    return record.error !== undefined && record.parent === undefined
      ? this.#unreadFailures
      : this.#unread;
  }
}
