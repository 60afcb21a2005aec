/**
 * One loop that is up: its tasks, what is asked of them, and how the loop ends.
 *
 * @module
 */
import { epochNow } from "../../clock.ts";
import type { Engine } from "../../engine/engine.ts";
import { withoutStack } from "../../errors.ts";
import { ProtocolViolation } from "../../protocol/check_message.ts";
import { encodeThrown, inspect } from "../../protocol/codec.ts";
import type { FromLoop, MovableLimit } from "../../protocol/messages.ts";
import type { EndState, TaskId } from "../../task.ts";
import { Alarm, type Timers } from "../../timers.ts";
import { hasLimit } from "../task/limits.ts";
import { type TaskLoop, TaskRecord } from "../task/record.ts";
import type { TaskTable } from "../task/table.ts";
import { Connection, type ConnectionListener } from "./connection.ts";
import type { DetachedTasks } from "./detached_tasks.ts";
import { Health, type HealthHost } from "./health.ts";
import { takeMessage } from "./take_message.ts";

/** What a loop needs of the scheduler that started it. */
export interface LoopOwner {
  readonly table: TaskTable;
  /** The default grace of a task, in milliseconds. */
  readonly grace: number;
  /** These timers also fire while this thread is blocked. */
  readonly timers: Timers;
  readonly detached: DetachedTasks;
  settle(
    record: TaskRecord,
    state: EndState,
    result: unknown,
    at: number,
  ): void;
  onLoopEnd(loop: LiveLoop, end: LoopEnd): void;
  onWarning(warning: string): void;
}

/** How a loop has ended. */
export interface LoopEnd {
  readonly how: Error;
  /** The task that ended the loop, if known. */
  readonly culprit?: TaskId | undefined;
  /** Whether everything in the loop has stopped for certain. */
  readonly certain: boolean;
  /** Whether the controller ended the loop. */
  readonly killed?: boolean;
}

/** How long a thread has to exit, in a loop that was responsive. */
const MAX_EXIT_MS = 1000;
/** The same for a blocked loop, which may be just slow. */
const MAX_BLOCKED_EXIT_MS = 200;
/** The same for a process, which the system ends. */
const MAX_PROCESS_EXIT_MS = 10_000;

export class LiveLoop implements TaskLoop, ConnectionListener, HealthHost {
  readonly engine: Engine;
  readonly connection: Connection;
  readonly health: Health = new Health(this);
  /** What the loop wrote outside of any task. */
  readonly log: TaskRecord = new TaskRecord(
    0,
    undefined,
    "loop",
    [],
    0,
    undefined,
  );
  /** Tasks that have a limit and have not settled. */
  readonly limited: Set<TaskRecord> = new Set();
  /** Tasks that were asked to stop and have not settled. */
  readonly stopping: Set<TaskRecord> = new Set();
  readonly #owner: LoopOwner;
  readonly #isolated: boolean;
  #unsettled = 0;
  /** Why the loop is being killed, until its engine has exited. */
  #killing: Error | undefined;
  readonly #ended: PromiseWithResolvers<void> = Promise.withResolvers();
  #over = false;

  /** `isolated`: the loop ends with its only task. */
  constructor(engine: Engine, owner: LoopOwner, isolated: boolean) {
    this.engine = engine;
    this.#owner = owner;
    this.#isolated = isolated;
    this.connection = new Connection(engine, this);
  }

  /** The task that started last, as far as is known. */
  get latest(): TaskId | undefined {
    return this.engine.latest;
  }

  /** Whether the loop has started no task, as far as is known. */
  get starting(): boolean {
    return !this.connection.hasSpoken && this.latest === undefined;
  }

  /** Whether any task runs or waits here. An abandoned one may run. */
  get busy(): boolean {
    return this.#unsettled > 0 ||
      !this.#owner.table.abandonedIn(this).next().done;
  }

  /** Sends a task to the loop; throws as {@linkcode Connection.run} does. */
  run(record: TaskRecord): void {
    record.loop = this;
    try {
      this.connection.run(record);
    } catch (error) {
      record.loop = undefined;
      throw error;
    }
    this.add(record);
    this.health.watch();
  }

  /** Counts a task that is in the loop. */
  add(record: TaskRecord): void {
    this.#unsettled++;
    if (hasLimit(record)) this.limited.add(record);
  }

  settle(
    record: TaskRecord,
    state: EndState,
    result: unknown,
    at: number,
  ): void {
    this.#unsettled--;
    this.limited.delete(record);
    this.stopping.delete(record);
    this.#owner.settle(record, state, result, at);
    this.#endIfUnused();
  }

  /** Settles a task that did not stop within its grace. */
  abandon(record: TaskRecord, at: number): void {
    if (record.done) return;
    record.abandoned = true;
    record.confirmed = false;
    this.settle(record, "cancelled", undefined, at);
  }

  /** An abandoned task has stopped. */
  onStopped(record: TaskRecord): void {
    this.#owner.table.onStopped(record);
    this.#endIfUnused();
  }

  refresh(record: TaskRecord): void {
    this.connection.flush();
    this.update(record);
  }

  update(record: TaskRecord): void {
    this.connection.receive();
    // A blocked loop can't report that it started a task. The exact time is
    // not known: take the latest one, so that no limit fires early.
    if (record.state === "queued" && this.#hasBegun(record)) {
      record.start(epochNow());
    }
  }

  mayHaveBegun(record: TaskRecord): boolean {
    return this.#hasBegun(record) === undefined;
  }

  #hasBegun(record: TaskRecord): boolean | undefined {
    return record.sent > 0 && this.engine.hasBegun(record.sent);
  }

  cancel(record: TaskRecord, reason: string | Error, grace?: number): void {
    this.update(record);
    // A second request without a grace leaves the first one as it is.
    const again = record.cancelling && grace === undefined;
    if (record.done || again) return;
    if (record.state === "queued" && this.revoke(record, record.id)) {
      record.stopFor(reason);
      this.settle(record, "cancelled", undefined, epochNow());
      return;
    }
    grace ??= record.details?.grace ?? this.#owner.grace;
    this.onStopping(record, reason, grace);
    const encoded = typeof reason === "string" ? reason : encodeThrown(reason);
    this.connection.cancel(record.id, encoded, grace);
  }

  /** A task was asked to stop. A second request can only shorten the grace. */
  onStopping(record: TaskRecord, reason: string | Error, grace: number): void {
    const details = record.ensureDetails();
    const endsAt = epochNow() + grace;
    details.stopAskedAt ??= endsAt - grace;
    details.graceEndsAt = Math.min(details.graceEndsAt ?? Infinity, endsAt);
    record.stopFor(reason);
    this.stopping.add(record);
  }

  /** `id`: as for the engine. */
  revoke(record: TaskRecord, id?: TaskId): boolean {
    return record.sent === 0 || this.engine.revoke(record.sent, id);
  }

  /** Whether a task had started when the loop ended, if known. */
  hadBegun(record: TaskRecord): boolean | undefined {
    if (record.state !== "queued") return true;
    if (this.revoke(record)) return false;
    this.update(record);
    return record.state === "queued" ? undefined : true;
  }

  moveLimit(
    record: TaskRecord,
    limit: MovableLimit,
    value: number | undefined,
  ): void {
    this.limited.add(record);
    if (record.sent === 0) return;
    this.connection.send({ type: "limit", id: record.id, limit, value });
  }

  kill(how: Error): Promise<void> {
    if (this.#killing === undefined && !this.#over) {
      this.#killing = how;
      this.engine.kill();
      this.afterExit((certain) => this.#end({ how, certain }));
    }
    return this.#ended.promise;
  }

  /** Does for a blocked thread what timers and promises do otherwise. */
  check(): void {
    const how = this.#killing;
    if (how && this.engine.hasExited) this.#end({ how, certain: true });
    this.health.check();
  }

  /** Ends the loop and its tasks now. */
  end(how: Error): void {
    this.#end({ how, certain: this.engine.endsForCertain, killed: true });
  }

  /**
   * Calls `tell` once the engine has exited, or takes too long to. Its timer keeps
   * the program alive until then.
   */
  afterExit(tell: (exited: boolean) => void): void {
    const ms = this.engine.endsForCertain
      ? MAX_PROCESS_EXIT_MS
      : this.health.blockedMs > 0
      ? MAX_BLOCKED_EXIT_MS
      : MAX_EXIT_MS;
    const late = new Alarm(() => tell(false));
    this.#owner.timers.start(late, ms);
    this.engine.exited.then(() => {
      this.#owner.timers.stop(late);
      tell(true);
    });
  }

  received(message: FromLoop): void {
    try {
      takeMessage(this, this.#owner, message);
    } catch (error) {
      if (error instanceof ProtocolViolation) throw error;
      // The fault is ours. The messages after this one are not affected.
      const what = `A fault of loopctl in taking in "${message.type}"`;
      this.#owner.onWarning(`${what} from a loop: ${inspect(error)}`);
    }
  }

  onBroken(how: Error): void {
    this.engine.kill();
    this.#end({ how, certain: this.engine.endsForCertain });
  }

  /** The loop has ended by itself, or said that it does. */
  onEnded(how: Error, culprit?: TaskId): void {
    // A kill ends the loop once its engine has exited.
    if (this.#killing === undefined) this.#end({ how, culprit, certain: true });
  }

  #endIfUnused(): void {
    if (!this.#isolated || this.busy) return;
    this.end(withoutStack(() => new Error("its task has ended")));
  }

  #end(end: LoopEnd): void {
    if (this.#over) return;
    this.#over = true;
    const how = this.#killing ?? end.how;
    const killed = end.killed ?? this.#killing !== undefined;
    this.connection.stop(how);
    this.health.stop();
    this.#owner.onLoopEnd(this, { ...end, how, killed });
    this.#ended.resolve();
  }
}
