/**
 * The tasks that a controller knows. Settled tasks are its history, which is
 * bounded: the oldest task whose outcome was read goes first, a failure that
 * nobody has read goes last.
 *
 * @module
 */
import { IdTable } from "../../id_table.ts";
import { LinkedList } from "../../linked_list.ts";
import { ProtocolViolation } from "../../protocol/check_message.ts";
import type { TaskId } from "../../task.ts";
import { wakeFollowers } from "./log.ts";
import type { TaskLoop, TaskRecord } from "./record.ts";

export class TaskTable {
  readonly #records: IdTable<TaskRecord> = new IdTable();
  /** The three parts of the history. */
  readonly #read: LinkedList<TaskRecord> = new LinkedList();
  readonly #unread: LinkedList<TaskRecord> = new LinkedList();
  readonly #unreadFailures: LinkedList<TaskRecord> = new LinkedList();
  readonly #maxHistory: number;
  readonly #onWarning: (warning: string) => void;
  /** The number of the task that was submitted last. */
  lastId = 0;
  #settledCount = 0;
  /** How many outcomes were dropped before anybody had read them. */
  dropped = 0;

  constructor(maxHistory: number, onWarning: (warning: string) => void) {
    this.#maxHistory = maxHistory;
    this.#onWarning = onWarning;
  }

  get(id: TaskId): TaskRecord | undefined {
    return this.#records.get(id);
  }

  /** All tasks as they are now, in the order in which they came. */
  toArray(): TaskRecord[] {
    return this.#records.toArray();
  }

  /** All tasks, in the order in which they came. */
  all(): Generator<TaskRecord> {
    return this.#records.values();
  }

  /**
   * The task of a loop that has this id, unless it was forgotten.
   *
   * @throws {ProtocolViolation} The task is not in this loop.
   */
  own(loop: TaskLoop, id: TaskId): TaskRecord | undefined {
    const record = this.#records.get(id);
    if (record === undefined) {
      if (parseInt(`${id}`) <= this.lastId) return undefined;
    } else if (record.loop === loop && record.sent !== 0 && record.id === id) {
      return record;
    }
    throw new ProtocolViolation(`task ${id} is none of its tasks`);
  }

  /** The tasks of a loop that have not settled. */
  *activeIn(loop: TaskLoop): Generator<TaskRecord> {
    for (const record of this.all()) {
      if (record.loop === loop && !record.done) yield record;
    }
  }

  /** The tasks of a loop that were abandoned and may still run. */
  *abandonedIn(loop: TaskLoop): Generator<TaskRecord> {
    for (const record of this.all()) {
      if (record.loop === loop && record.abandoned) yield record;
    }
  }

  /**
   * Forgets the settled ones of these tasks and returns them. Without
   * `records`: the whole history, but for children, which go with their parents.
   */
  collect(records: readonly TaskRecord[] = this.#history()): TaskRecord[] {
    const collected = records.filter(({ done, retention }) =>
      done && retention !== "forgotten"
    );
    for (const record of collected) this.forget(record);
    return collected;
  }

  #history(): TaskRecord[] {
    return [...this.#read, ...this.#unread, ...this.#unreadFailures]
      .filter(({ parent }) => !parent)
      .sort((a, b) => a.submittedAt - b.submittedAt);
  }

  /** Failures whose outcome nobody has read. */
  unreadFailures(): TaskRecord[] {
    return [...this.#unreadFailures];
  }

  add(record: TaskRecord): void {
    this.#records.add(record.id, record);
    if (record.parent === undefined) return;
    (record.parent.ensureDetails().children ??= new Set()).add(record);
  }

  /** The task has settled, and joins the history. */
  onSettled(record: TaskRecord): void {
    record.settledAs = ++this.#settledCount;
    if (record.parent?.retention === "forgotten") {
      record.retention = "forgotten";
      this.#unlist(record);
      return;
    }
    record.retention = record.retention === "awaited" ? "read" : "unread";
    this.#listOf(record).append(record);
    const size = this.#read.size + this.#unread.size +
      this.#unreadFailures.size;
    if (size > this.#maxHistory) this.#dropOldest();
  }

  /** The task's outcome is being handed out. */
  markRead(record: TaskRecord): void {
    if (record.retention === "none") record.retention = "awaited";
    if (record.retention !== "unread") return;
    this.#listOf(record).remove(record);
    record.retention = "read";
    this.#read.append(record);
  }

  /** Forgets a settled task and its settled children. */
  forget(record: TaskRecord): void {
    if (record.retention === "forgotten") return;
    this.#listOf(record).remove(record);
    record.retention = "forgotten";
    this.#unlist(record);
    // The other children are forgotten when they settle.
    for (const child of record.details?.children ?? []) {
      if (child.done) this.forget(child);
    }
  }

  /** An abandoned task has stopped. */
  onStopped(record: TaskRecord): void {
    record.abandoned = false;
    wakeFollowers(record);
    if (record.retention === "forgotten") this.#unlist(record);
  }

  /** An abandoned task stays listed until it has stopped. */
  #unlist(record: TaskRecord): void {
    if (record.abandoned) return;
    if (this.#records.get(record.id) === record) {
      this.#records.delete(record.id);
    }
    record.parent?.details?.children?.delete(record);
  }

  #dropOldest(): void {
    const record = this.#read.first ?? this.#unread.first ??
      this.#unreadFailures.first!;
    const unread = record.retention === "unread" && !record.parent;
    this.forget(record);
    if (!unread || ++this.dropped > 1) return;
    this.#onWarning(
      `The history of ${this.#maxHistory} tasks is full: the outcome of task ` +
        `${record.id} was dropped before anybody read it, and more may ` +
        `follow. Collect more often, or raise \`history\`.`,
    );
  }

  #listOf(record: TaskRecord): LinkedList<TaskRecord> {
    if (record.retention === "read") return this.#read;
    // A child's failure is for its parent to read.
    return record.error !== undefined && record.parent === undefined
      ? this.#unreadFailures
      : this.#unread;
  }
}
