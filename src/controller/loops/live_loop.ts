/**
 * One loop that is up: what it is told, how it is and how it ends.
 *
 * @module
 */
import { epochNow } from "../../clock.ts";
import { encodeThrown, inspect } from "../../protocol/codec.ts";
import { withoutStack } from "../../errors.ts";
import type { FromLoop, MovableLimit } from "../../protocol/messages.ts";
import type { TaskId } from "../../task.ts";
import { Connection, type ConnectionListener } from "./connection.ts";
import type { Engine } from "../../engine/engine.ts";
import { ExportRequests } from "./export_requests.ts";
import { Health } from "./health.ts";
import { appendLog } from "../task/log.ts";
import { type LoopEnd, LoopTasks, type TaskOwner } from "./loop_tasks.ts";
import { type LoopOfTask, TaskRecord } from "../task/record.ts";
import type { Timers } from "../../timers.ts";
import { within } from "./within.ts";

/** What a loop needs of the scheduler that has it. */
export interface LoopOwner extends TaskOwner {
  /** They fire while this thread is blocked, too. */
  readonly timers: Timers;
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
  /** Why it is being killed, till it is known what came of that. */
  #killing: Error | undefined;
  readonly #ended: PromiseWithResolvers<void> = Promise.withResolvers();
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

  mayHaveBegun(record: TaskRecord): boolean {
    return this.#connection.hasBegun(record) === undefined;
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
    // Whoever asks again and says nothing of the grace leaves it as it is.
    const again = record.cancelling && grace === undefined;
    if (record.done || again) return;
    if (record.state === "queued" && this.takeBack(record)) {
      record.stopFor(reason);
      this.#owner.settle(record, "cancelled", undefined, epochNow());
      return;
    }
    grace ??= record.own.grace ?? this.#owner.grace;
    this.tasks.stop(record, reason, grace);
    this.#connection.cancel(
      record.id,
      typeof reason === "string" ? reason : encodeThrown(reason),
      grace,
    );
  }

  takeBack(record: TaskRecord): boolean {
    return record.sent === 0 || this.#connection.revoke(record);
  }

  /** Whether a task had begun, now that the loop is gone; if that is known. */
  hadBegun(record: TaskRecord): boolean | undefined {
    if (record.state !== "queued") return true;
    if (this.takeBack(record)) return false;
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

  /**
   * Ends the loop by force, and its tasks with it. Resolves when that is done:
   * when what carries it has gone, or takes too long to.
   */
  kill(how: Error): Promise<void> {
    if (this.#killing === undefined) {
      this.#killing = how;
      this.#connection.kill();
      this.leaves((certain) => this.#end({ how, certain }));
    }
    return this.#ended.promise;
  }

  /** Ends the loop at once, and its tasks with it. */
  end(how: Error): void {
    this.#end({ how, certain: this.#engine.endsForCertain, killed: true });
  }

  /** As much, of a loop that is none any more. */
  giveUp(how: Error): void {
    this.#connection.kill();
    this.#end({ how, certain: this.#engine.endsForCertain });
  }

  /** Resolves when what carried it has gone: for a blocked thread, never. */
  get gone(): Promise<void> {
    return this.#engine.gone;
  }

  /** Once it was ended: tells whether what carries it goes, when that is known. */
  leaves(tell: (gone: boolean) => void): void {
    const most = this.#engine.endsForCertain
      ? PROCESS_ENDS_WITHIN
      : this.health.blockedMs > 0
      ? BLOCKED_ENDS_WITHIN
      : ENDS_WITHIN;
    within(this.#owner.timers, this.gone, most, tell);
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

  lost(how: Error): void {
    if (this.#killing === undefined) this.#end({ how, certain: true });
  }

  failed({ type }: FromLoop, error: unknown): void {
    const what = `A fault of loopctl in taking in "${type}" from a loop`;
    this.#owner.report(`${what}: ${inspect(error)}`);
  }

  #end(end: LoopEnd): void {
    if (this.#over) return;
    const killed = end.killed ?? this.#killing !== undefined;
    const how = this.#killing ?? end.how;
    this.stop(how);
    this.#owner.lost(this, { ...end, how, killed });
    this.#ended.resolve();
  }

  received(message: FromLoop): void {
    switch (message.type) {
      case "log": {
        const record = message.id === undefined
          ? this.log
          : this.tasks.own(message.id);
        if (record === undefined) return;
        appendLog(record, message.entries, message.dropped);
        if (record !== this.log) return;
        // What went wrong outside of any task has nobody else to be told.
        for (const { level, text } of message.entries) {
          if (level !== "error") continue;
          this.#owner.report(`In the loop, outside of any task: ${text}`);
        }
        return;
      }
      case "exports":
        this.#exports.answered(message);
        return;
      case "pong":
        this.health.answered(message.count);
        return;
      case "latest":
        if (this.tasks.own(message.id)) this.#latest = message.id;
        return;
      case "exiting": {
        // When it is being killed, its end shows what came of that.
        if (this.#killing !== undefined) return;
        const { id } = message;
        const culprit = id === undefined ? undefined : this.tasks.own(id)?.id;
        const who = culprit === undefined ? "" : `task ${culprit} called `;
        this.#end({ how: saying(who + message.how), culprit, certain: true });
        return;
      }
      case "ended":
        this.#end({ how: saying(message.how), certain: true });
        return;
      case "rejected":
        this.#owner.report(`The loop was sent nonsense: ${message.what}`);
        return;
      default:
        this.tasks.received(message);
    }
  }
}

function saying(message: string): Error {
  return withoutStack(() => new Error(message));
}
