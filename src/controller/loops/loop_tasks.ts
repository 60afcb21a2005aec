/**
 * The tasks that one loop has, and what it tells of them.
 *
 * @module
 */
import { epochNow } from "../../clock.ts";
import { ProtocolViolation } from "../../protocol/check_message.ts";
import { decodeThrown } from "../../protocol/codec.ts";
import type { FromLoop } from "../../protocol/messages.ts";
import type { TaskId } from "../../task.ts";
import { takeProgress } from "../task/progress.ts";
import { type LoopOfTask, TaskRecord } from "../task/record.ts";
import type { TaskTable } from "../task/table.ts";

/** How a task can end. */
export type EndState = "succeeded" | "failed" | "cancelled";

/** How a loop has ended. */
export interface LoopEnd {
  readonly how: Error;
  /** The task that ended it, if that is known. */
  readonly culprit?: TaskId | undefined;
  /** Whether what ran in it has stopped for certain. */
  readonly certain: boolean;
  /** Whether it was ended from here, and not by itself. */
  readonly killed?: boolean;
}

/** What the tasks of a loop need of the scheduler that has them. */
export interface TaskOwner {
  readonly table: TaskTable;
  /** The number of the task that was submitted last. */
  readonly lastId: number;
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
  /** Those that have a limit and have not ended. */
  readonly limited: Set<TaskRecord> = new Set();
  /** Those that were asked to stop and have not ended. */
  readonly stopping: Set<TaskRecord> = new Set();
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
    this.stopping.delete(record);
  }

  /** It is asked to stop. Asked again, it may only be given less time. */
  stop(record: TaskRecord, reason: string | Error, grace: number): void {
    const { own } = record;
    const endsAt = epochNow() + grace;
    own.graceEndsAt = Math.min(own.graceEndsAt ?? Infinity, endsAt);
    record.stopFor(reason);
    this.stopping.add(record);
  }

  /** Gives a task up that did not unwind within its grace. */
  abandon(record: TaskRecord, at: number): void {
    if (record.done) return;
    record.abandoned = true;
    record.confirmed = false;
    this.#owner.settle(record, "cancelled", undefined, at);
  }

  /**
   * The task of this id, unless it is forgotten.
   *
   * @throws {ProtocolViolation} It is not the loop's.
   */
  own(id: TaskId): TaskRecord | undefined {
    const record = this.#owner.table.get(id);
    if (record === undefined) {
      if (parseInt(`${id}`) <= this.#owner.lastId) return undefined;
    } else if (
      record.loop === this.#loop && record.sent !== 0 && record.id === id
    ) {
      return record;
    }
    throw new ProtocolViolation(`task ${id} is none of its tasks`);
  }

  /**
   * The task of this id, if it has not ended.
   *
   * @throws {ProtocolViolation} It is not the loop's.
   */
  #live(id: TaskId): TaskRecord | undefined {
    const record = this.own(id);
    return record?.done ? undefined : record;
  }

  /** @throws {ProtocolViolation} The loop may not say this now. */
  received(message: TaskMessage): void {
    switch (message.type) {
      case "started":
        for (const id of message.ids) {
          const record = this.own(id);
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
          const record = this.#live(id);
          if (record === undefined) continue;
          if (!record.cancelling) throw outOfTurn(message, record);
          this.abandon(record, message.at);
        }
        return;
      case "stopped":
        for (const id of message.ids) {
          const record = this.own(id);
          if (record?.abandoned) this.#owner.reallyEnded(record);
          else if (record?.done === false) throw outOfTurn(message, record);
        }
        return;
      case "cancelling": {
        const record = this.#live(message.id);
        if (record === undefined || record.cancelling) return;
        this.stop(record, decodeThrown(message.reason), message.grace);
        return;
      }
      case "attempt": {
        const record = this.#live(message.id);
        if (record !== undefined) record.own.attempt = message.attempt;
        return;
      }
      case "spawned":
        this.#spawned(message);
        return;
      case "progress":
        for (const [n, id] of message.ids.entries()) {
          const record = this.#live(id);
          if (record === undefined) continue;
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
        throw new ProtocolViolation(Deno.inspect(unknown));
      }
    }
  }

  #ended(id: TaskId, state: EndState, result: unknown, at: number): void {
    const record = this.own(id);
    if (record === undefined) return;
    if (!record.done) {
      if (state === "cancelled" && !record.cancelling) {
        throw outOfTurn({ type: state }, record);
      }
      // One that is over within a turn of the loop is never said to have begun.
      if (state !== "cancelled") record.startedAt ??= at;
      this.#owner.settle(record, state, result, at);
    } else if (record.abandoned) {
      this.#owner.reallyEnded(record);
    } else if (state !== "cancelled") {
      // That of a task that was taken back is said by all who took it back.
      throw outOfTurn({ type: state }, record);
    }
  }

  #spawned(message: Extract<FromLoop, { type: "spawned" }>): void {
    const parent = this.own(message.parent);
    if (parent === undefined) return;
    const { id, task, at, options } = message;
    const { table } = this.#owner;
    const before = table.get(id);
    if (before?.loop === this.#loop || !isChildOf(id, parent.id)) {
      throw new ProtocolViolation(`task ${parent.id} has no new child ${id}`);
    }
    if (parent.done && !parent.abandoned) throw outOfTurn(message, parent);
    // The parent is run again: the children of its former run are gone.
    if (before !== undefined) table.forget(before);
    const record = new TaskRecord(id, undefined, task, undefined, at, parent);
    record.own.options = options;
    record.own.grace = options.grace;
    record.sent = CHILD;
    record.loop = this.#loop;
    this.add(record);
    record.start(at);
    table.add(record);
  }
}

function isChildOf(id: TaskId, parent: TaskId): boolean {
  const prefix = `${parent}.`;
  return `${id}`.startsWith(prefix) &&
    /^[1-9]\d{0,15}$/.test(`${id}`.slice(prefix.length));
}

function outOfTurn(
  { type }: Pick<FromLoop, "type">,
  { id, state }: TaskRecord,
): ProtocolViolation {
  return new ProtocolViolation(`task ${id} is ${state}, and not "${type}"`);
}

function hasLimit(record: TaskRecord): boolean {
  const { timeout, deadline, stall } = record.details?.options ?? {};
  return timeout !== undefined || deadline !== undefined || stall !== undefined;
}
