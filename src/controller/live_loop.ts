/**
 * One loop that is up: what it is told, how it is and how it ends.
 *
 * @module
 */
import { epochNow } from "../clock.ts";
import { encodeThrown } from "../protocol/codec.ts";
import { withoutStack } from "../errors.ts";
import type { FromLoop, MovableLimit } from "../protocol/messages.ts";
import type { LogEntry, TaskId } from "../task.ts";
import { Connection, type ConnectionListener } from "./connection.ts";
import type { Engine } from "../engine/engine.ts";
import { ExportRequests } from "./export_requests.ts";
import { Health } from "./health.ts";
import { appendLog } from "./log.ts";
import { LoopTasks, type TaskOwner } from "./loop_tasks.ts";
import { type LoopOfTask, TaskRecord } from "./record.ts";
import { within } from "./within.ts";

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

/** What a loop needs of the scheduler that has it. */
export interface LoopOwner extends TaskOwner {
  /** The loop is gone, and its tasks with it. */
  lost(loop: LiveLoop, end: LoopEnd): void;
  report(notice: string): void;
}

/** How long a thread that was told to end is waited for, in milliseconds. */
const ENDS_WITHIN = 1000;
/** As much for one that seems to be blocked, and may be just slow. */
const BLOCKED_ENDS_WITHIN = 200;
/** As much for a process, which the system ends. */
const PROCESS_ENDS_WITHIN = 10_000;

export class LiveLoop implements LoopOfTask, ConnectionListener {
  readonly tasks: LoopTasks;
  readonly health: Health;
  /** What the loop wrote and none of its tasks did. */
  readonly log: TaskRecord;
  readonly #owner: LoopOwner;
  readonly #connection: Connection;
  readonly #exports: ExportRequests;
  readonly #engine: Engine;
  /** The one that it has said to have begun last. */
  #latest: TaskId | undefined;
  /** It is being killed: its end is told when it is known what came of that. */
  #killing = false;
  #leaves: Promise<boolean> | undefined;
  #over = false;

  constructor(engine: Engine, owner: LoopOwner) {
    this.#engine = engine;
    this.#owner = owner;
    this.log = new TaskRecord(0, undefined, "loop", undefined, 0, undefined);
    this.tasks = new LoopTasks(this, owner);
    this.#connection = new Connection(engine, this);
    this.#exports = new ExportRequests(this.#connection);
    this.health = new Health(this);
  }

  /** Whether the loop has ever said anything. */
  get heard(): boolean {
    return this.#connection.heard;
  }

  /** The task that it began last, as far as is known. */
  get latest(): TaskId | undefined {
    return this.#connection.latest ?? this.#latest;
  }

  /** Whether it has not begun any task, as far as is known. */
  get starting(): boolean {
    return !this.heard && this.latest === undefined;
  }

  /** Takes in what the loop has said, so that what is read next is true. */
  sync(): void {
    this.#connection.sync();
  }

  refresh(record: TaskRecord): void {
    this.#connection.flush();
    this.update(record);
  }

  update(record: TaskRecord): void {
    this.#connection.receive();
    // A loop that is blocked has begun a task without having said so. When,
    // between its being sent and now, is not known: no limit may fire early.
    if (record.state === "queued" && this.#connection.hasBegun(record)) {
      record.start(epochNow());
    }
  }

  ask(count: number): void {
    this.#connection.send({ type: "ping", count });
    this.#connection.flush();
  }

  /** Posts what waits to be posted. */
  flush(): void {
    this.#connection.flush();
  }

  /** Blocks this thread till the loop has said something, at most `ms`. */
  waitSync(ms: number): void {
    this.#connection.waitSync(ms);
  }

  release(record: TaskRecord): void {
    this.tasks.delete(record);
  }

  /** Gives the loop a task; throws as {@linkcode Connection.run} does. */
  run(record: TaskRecord): void {
    record.loop = this;
    try {
      this.#connection.run(record);
    } catch (error) {
      record.loop = undefined;
      throw error;
    }
    this.tasks.add(record);
    this.health.watch();
  }

  /** Asks a task to stop, or takes it back if it has not begun. */
  cancel(record: TaskRecord, reason: string | Error, grace?: number): void {
    this.update(record);
    if (record.done) return;
    if (record.state === "queued" && this.#takeBack(record)) {
      record.stopFor(reason);
      this.#owner.settle(record, "cancelled", undefined, epochNow());
      return;
    }
    const own = record.own;
    own.grace = grace ?? own.grace ?? this.#owner.grace;
    own.cancelledAt ??= epochNow();
    record.stopFor(reason);
    this.tasks.limited.add(record);
    this.#connection.cancel(
      record.id,
      typeof reason === "string" ? reason : encodeThrown(reason),
      own.grace,
    );
  }

  /** Whether a task that waits is now certain never to begin. */
  #takeBack(record: TaskRecord): boolean {
    return record.sent === 0 || this.#connection.revoke(record);
  }

  /** Whether a task had begun, now that the loop is gone; if that is known. */
  hadBegun(record: TaskRecord): boolean | undefined {
    if (record.state !== "queued") return true;
    if (this.#takeBack(record)) return false;
    this.update(record);
    return record.state === "queued" ? undefined : true;
  }

  moveLimit(
    record: TaskRecord,
    limit: MovableLimit,
    value: number | undefined,
  ): void {
    this.tasks.limited.add(record);
    if (record.sent === 0) return;
    this.#connection.send({ type: "limit", id: record.id, limit, value });
  }

  /** The functions that a module exports, loaded in the loop. */
  exportsOf(module: string): Promise<readonly string[]> {
    return this.#exports.ask(module);
  }

  /** Ends the loop by force, and its tasks with it. */
  async kill(how: Error): Promise<void> {
    this.#killing = true;
    this.#connection.kill();
    const certain = await this.leaves();
    this.#killing = false;
    this.#end({ how, certain, killed: true });
  }

  /** Ends the loop at once, and its tasks with it. */
  end(how: Error): void {
    this.#end({ how, certain: this.#engine.endsForCertain, killed: true });
  }

  /** Resolves when what carried it has gone: for a blocked thread, never. */
  get gone(): Promise<void> {
    return this.#engine.gone;
  }

  /** Once it was ended: whether what carries it goes, when that is known. */
  leaves(): Promise<boolean> {
    const { gone, endsForCertain } = this.#engine;
    const most = endsForCertain
      ? PROCESS_ENDS_WITHIN
      : this.health.blockedMs > 0
      ? BLOCKED_ENDS_WITHIN
      : ENDS_WITHIN;
    return this.#leaves ??= within(gone, most);
  }

  /** Waits no more for what carries it to go. */
  forget(): void {
    this.#engine.forget();
  }

  /** Ends a loop that has no tasks. */
  stop(how: Error): void {
    this.#over = true;
    this.#connection.stop();
    this.health.stop();
    this.#exports.reject(how);
  }

  lost(_connection: Connection, how: Error): void {
    this.#end({ how, certain: true });
  }

  #end(end: LoopEnd): void {
    if (this.#over || this.#killing) return;
    this.stop(end.how);
    this.#owner.lost(this, end);
  }

  received(message: FromLoop): void {
    switch (message.type) {
      case "log": {
        const record = message.id === undefined
          ? this.log
          : this.#owner.table.get(message.id);
        if (record === undefined) return;
        appendLog(record, message.entries, message.dropped);
        if (record === this.log) this.#reportStray(message.entries);
        return;
      }
      case "exports":
        this.#exports.answered(message);
        return;
      case "pong":
        this.health.answered(message.count);
        return;
      case "latest":
        this.#latest = message.id;
        return;
      case "exiting": {
        const who = message.id === undefined
          ? ""
          : `task ${message.id} called `;
        const how = plainError(`${who}${message.how}`);
        this.#end({ how, culprit: message.id, certain: true });
        return;
      }
      case "ended":
        this.#end({ how: plainError(message.how), certain: true });
        return;
      case "rejected":
        this.#owner.report(`The loop was sent nonsense: ${message.what}`);
        return;
      default:
        this.tasks.received(message);
    }
  }

  /** What went wrong outside of any task has nobody else to be told. */
  #reportStray(entries: readonly LogEntry[]): void {
    for (const { level, text } of entries) {
      if (level !== "error") continue;
      this.#owner.report(`In the loop, outside of any task: ${text}`);
    }
  }
}

function plainError(message: string): Error {
  return withoutStack(() => new Error(message));
}
