/**
 * The tasks that a controller knows, till it forgets them.
 *
 * @module
 */
import type { TaskId } from "../../task.ts";
import { IdTable } from "../../id_table.ts";
import { History } from "./history.ts";
import { wakeFollowers } from "./log.ts";
import type { TaskRecord } from "./record.ts";

export class TaskTable {
  readonly #records: IdTable<TaskRecord> = new IdTable();
  readonly #history: History;
  readonly #bound: number;
  readonly #report: (notice: string) => void;
  /** How many tasks have ended. */
  #ended = 0;
  /** How many outcomes the bound dropped before anybody read them. */
  dropped = 0;

  /** Keeps at most `bound` that have ended. */
  constructor(bound: number, report: (notice: string) => void) {
    this.#bound = bound;
    this.#report = report;
    this.#history = new History(bound, (record) => this.#drop(record));
  }

  get(id: TaskId): TaskRecord | undefined {
    return this.#records.get(id);
  }

  /** In the order in which they came. */
  all(): Generator<TaskRecord> {
    return this.#records.values();
  }

  /**
   * Forgets those of these that have ended, by default all but children, which
   * go with their parents; returns them.
   */
  collect(
    records = this.#history.records().filter(({ parent }) => !parent),
  ): TaskRecord[] {
    const collected = records.filter(({ done, retention }) =>
      done && retention !== "forgotten"
    );
    for (const record of collected) this.forget(record);
    return collected;
  }

  /** Those that failed, and whose outcome nobody has read. */
  unreadFailures(): TaskRecord[] {
    return this.#history.unreadFailures;
  }

  add(record: TaskRecord): void {
    this.#records.add(record.id, record);
    if (record.parent === undefined) return;
    (record.parent.own.children ??= new Set()).add(record);
  }

  /** It has ended; from now on the bound may push it out. */
  ended(record: TaskRecord): void {
    record.endedAs = ++this.#ended;
    if (record.parent?.retention === "forgotten") {
      record.retention = "forgotten";
      this.#unlist(record);
      return;
    }
    record.retention = record.retention === "awaited" ? "read" : "unread";
    this.#history.add(record);
  }

  /** Its outcome is being handed out. */
  markRead(record: TaskRecord): void {
    if (record.retention === "none") record.retention = "awaited";
    else if (record.retention === "unread") this.#history.markRead(record);
  }

  /** Its outcome is being handed out for the last time. */
  forget(record: TaskRecord): void {
    if (record.retention === "forgotten") return;
    this.#history.remove(record);
    this.#unlist(record);
    this.#forgetChildren(record);
  }

  /** Those that have not ended yet are forgotten when they do. */
  #forgetChildren(record: TaskRecord): void {
    for (const child of record.details?.children ?? []) {
      if (child.done) this.forget(child);
    }
  }

  /** An abandoned task has really ended. */
  stopped(record: TaskRecord): void {
    record.abandoned = false;
    wakeFollowers(record);
    if (record.retention === "forgotten") this.#unlist(record);
  }

  /** What is abandoned stays listed till it has really stopped. */
  #unlist(record: TaskRecord): void {
    if (record.abandoned) return;
    if (this.#records.get(record.id) === record) {
      this.#records.delete(record.id);
    }
    record.parent?.details?.children?.delete(record);
  }

  #drop(record: TaskRecord): void {
    const unread = record.retention === "unread" && !record.parent;
    this.#unlist(record);
    this.#forgetChildren(record);
    if (!unread || ++this.dropped > 1) return;
    this.#report(
      `The history of ${this.#bound} tasks is full: the outcome of task ` +
        `${record.id} was dropped before anybody read it, and more may ` +
        `follow. Collect more often, or raise \`history\`.`,
    );
  }
}
