/**
 * The tasks that one loop has, and what it tells of them.
 *
 * @module
 */
import { decodeThrown } from "../protocol/codec.ts";
import type { FromLoop } from "../protocol/messages.ts";
import type { TaskId } from "../task.ts";
import { takeProgress } from "./progress.ts";
import { type LoopOfTask, TaskRecord } from "./record.ts";
import type { TaskTable } from "./table.ts";

/** How a task can end. */
export type EndState = "succeeded" | "failed" | "cancelled";

/** What the tasks of a loop need of the scheduler that has them. */
export interface TaskOwner {
  readonly table: TaskTable;
  /** Milliseconds that a task has to unwind in if nothing else is said. */
  readonly grace: number;
  settle(
    record: TaskRecord,
    state: EndState,
    result: unknown,
    at: number,
  ): void;
  /** An abandoned task has really ended. */
  reallyEnded(record: TaskRecord): void;
  /** A child began in the loop. */
  began(record: TaskRecord): void;
}

/** What a loop tells of its tasks, but for what they write: it writes too. */
export type TaskMessage = Exclude<
  FromLoop,
  {
    readonly type:
      | "log"
      | "exports"
      | "pong"
      | "latest"
      | "exiting"
      | "ended"
      | "rejected";
  }
>;

/** A child is not sent: it begins in the loop, and counts as begun. */
const CHILD = -1;

export class LoopTasks {
  /** Those that have a limit, or were asked to stop, and have not ended. */
  readonly limited: Set<TaskRecord> = new Set();
  readonly #loop: LoopOfTask;
  readonly #owner: TaskOwner;
  /** How many have not ended. */
  #unended = 0;

  constructor(loop: LoopOfTask, owner: TaskOwner) {
    this.#loop = loop;
    this.#owner = owner;
  }

  /** Whether any runs or waits, also if it was given up. */
  get busy(): boolean {
    return this.#unended > 0 || !this.abandoned().next().done;
  }

  /** Those that have not ended. */
  *active(): Generator<TaskRecord> {
    for (const record of this.#owner.table.all()) {
      if (record.loop === this.#loop && !record.done) yield record;
    }
  }

  /** Those that the loop has given up and that really run still. */
  *abandoned(): Generator<TaskRecord> {
    for (const record of this.#owner.table.all()) {
      if (record.loop === this.#loop && record.abandoned) yield record;
    }
  }

  /** The loop has one more. */
  add(record: TaskRecord): void {
    this.#unended++;
    if (hasLimit(record)) this.limited.add(record);
  }

  /** It has ended. */
  delete(record: TaskRecord): void {
    this.#unended--;
    this.limited.delete(record);
  }

  /** Gives a task up that did not unwind within its grace. */
  abandon(record: TaskRecord, at: number): void {
    if (record.done) return;
    record.abandoned = true;
    record.confirmed = false;
    this.#owner.settle(record, "cancelled", undefined, at);
  }

  received(message: TaskMessage): void {
    const { table } = this.#owner;
    switch (message.type) {
      case "started":
        for (const id of message.ids) {
          const record = table.get(id);
          if (record?.state === "queued") record.start(message.at);
        }
        return;
      case "succeeded":
        for (let n = 0; n < message.ids.length; n++) {
          const value = message.values[n];
          this.#ended(message.ids[n]!, "succeeded", value, message.at);
        }
        return;
      case "failed": {
        const error = decodeThrown(message.error);
        this.#ended(message.id, "failed", error, message.at);
        return;
      }
      case "cancelled":
        for (const id of message.ids) {
          this.#ended(id, "cancelled", undefined, message.at);
        }
        return;
      case "cancelledWith": {
        const error = decodeThrown(message.error);
        this.#ended(message.id, "cancelled", error, message.at);
        return;
      }
      case "abandoned":
        for (const id of message.ids) {
          const record = table.get(id);
          if (record !== undefined) this.abandon(record, message.at);
        }
        return;
      case "stopped":
        for (const id of message.ids) {
          const record = table.get(id);
          if (record?.abandoned) this.#owner.reallyEnded(record);
        }
        return;
      case "cancelling": {
        const record = table.get(message.id);
        if (record === undefined || record.cancelling) return;
        record.stopFor(decodeThrown(message.reason));
        record.own.cancelledAt = message.at;
        this.limited.add(record);
        record.own.grace = message.grace;
        return;
      }
      case "attempt": {
        const record = table.get(message.id);
        if (record !== undefined) record.own.attempt = message.attempt;
        return;
      }
      case "spawned":
        this.#spawned(message);
        return;
      case "progress":
        for (const [n, id] of message.ids.entries()) {
          const record = table.get(id);
          if (record === undefined || record.done) continue;
          takeProgress(record, {
            done: message.done[n]!,
            total: message.totals[n],
            note: message.notes[n],
            at: message.at,
          });
        }
        return;
      default: {
        const unknown: never = message;
        throw new TypeError(
          `The loop sent what is no message: ${Deno.inspect(unknown)}`,
        );
      }
    }
  }

  #ended(id: TaskId, state: EndState, result: unknown, at: number): void {
    const record = this.#owner.table.get(id);
    if (record === undefined) return;
    if (!record.done) {
      // One that is over within a turn of the loop is never said to have begun.
      if (state !== "cancelled") record.startedAt ??= at;
      this.#owner.settle(record, state, result, at);
    } else if (record.abandoned) {
      this.#owner.reallyEnded(record);
    }
  }

  #spawned(message: Extract<FromLoop, { type: "spawned" }>): void {
    const parent = this.#owner.table.get(message.parent);
    if (parent === undefined) return;
    const { id, task, at, options } = message;
    const record = new TaskRecord(id, undefined, task, undefined, at, parent);
    record.own.options = options;
    record.sent = CHILD;
    record.loop = this.#loop;
    this.add(record);
    record.start(at);
    this.#owner.began(record);
  }
}

function hasLimit(record: TaskRecord): boolean {
  const { timeout, deadline, stall } = record.details?.options ?? {};
  return timeout !== undefined || deadline !== undefined || stall !== undefined;
}
