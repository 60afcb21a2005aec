/**
 * One loop, seen from the controller: what it is told, and what it says.
 *
 * @module
 */
import { isPrimitive, refuseLost } from "../../clone.ts";
import type { Engine } from "../../engine/engine.ts";
import { withoutStack } from "../../errors.ts";
import {
  checkMessage,
  ProtocolViolation,
} from "../../protocol/check_message.ts";
import type { FromLoop, RunOptions, ToLoop } from "../../protocol/messages.ts";
import type { TaskId } from "../../task.ts";
import { claimStack } from "../../stack.ts";
import { explainArguments, refuseSignals } from "./arguments.ts";
import type { TaskRecord } from "../task/record.ts";
import { ReferenceTable } from "./reference_table.ts";

/** So many tasks make a post of their own. */
const CHUNK = 4096;

export interface ConnectionListener {
  /** @throws {ProtocolViolation} The loop may not say this. */
  received(message: FromLoop): void;
  /** Taking a message in has failed, for no fault of the loop. */
  failed(message: FromLoop, error: unknown): void;
  /** The loop is gone; nothing more is received from it. */
  lost(how: Error): void;
  /** The loop said what it may not say; nothing more is received from it. */
  giveUp(how: Error): void;
}

export class Connection {
  readonly #engine: Engine;
  readonly #listener: ConnectionListener;
  /** Waiting for the next post: what is not a run goes first. */
  #messages: ToLoop[] = [];
  #runs: TaskRecord[] = [];
  #refs: number[] = [];
  #scheduled = false;
  #receiving = false;
  #closed = false;
  readonly #references: ReferenceTable = new ReferenceTable((message) => {
    // Those that wait may still go by what is forgotten.
    if (message.type === "forget") this.flush();
    this.#messages.push(message);
  });
  #sentCount = 0;
  /** Whether the loop has ever said anything. */
  heard = false;

  constructor(engine: Engine, listener: ConnectionListener) {
    this.#engine = engine;
    this.#listener = listener;
    this.#listen();
    engine.ended.then((how) => this.#ended(how));
  }

  /**
   * Sends a task to be run. Its arguments are copied now if assigning them
   * would not copy them.
   *
   * @throws {DOMException} `DataCloneError`, naming the argument.
   * @throws {TypeError} An AbortSignal among the arguments.
   */
  run(record: TaskRecord): void {
    const ref = this.#references.numberOf(record.reference!);
    const { transfer } = record.details ?? {};
    if (transfer === undefined && record.args!.every(isPrimitive)) {
      // The caller's array may be another by the time of the post.
      record.args = [...record.args!];
      this.#runs.push(record);
      this.#refs.push(ref);
      if (this.#runs.length >= CHUNK) this.flush();
      else this.#schedule();
      return;
    }
    refuseSignals(record.args!);
    this.flush();
    try {
      refuseLost(record.args, transfer);
      this.#engine.post([runMessage([record], [ref])], transfer);
    } catch (error) {
      throw explainArguments(record.args!, error);
    }
    this.#sent(record);
  }

  send(message: ToLoop): void {
    this.#messages.push(message);
    this.#schedule();
  }

  /** Asks a task that was sent to stop. */
  cancel(
    id: TaskId,
    reason: Extract<ToLoop, { type: "cancel" }>["reasons"][number],
    grace: number,
  ): void {
    const last = this.#messages.at(-1);
    if (last?.type !== "cancel") {
      this.send({
        type: "cancel",
        ids: [id],
        reasons: [reason],
        graces: [grace],
      });
      return;
    }
    (last.ids as TaskId[]).push(id);
    (last.reasons as typeof reason[]).push(reason);
    (last.graces as number[]).push(grace);
  }

  /** Posts what waits, now. */
  flush(): void {
    if (this.#runs.length === 0 && this.#messages.length === 0) return;
    claimStack();
    this.#flush();
  }

  #flush(): void {
    const batch = this.#messages;
    const runs = this.#runs;
    const refs = this.#refs;
    if (batch.length + runs.length === 0 || this.#closed) return;
    this.#messages = [];
    this.#runs = [];
    this.#refs = [];
    if (runs.length > 0) batch.push(runMessage(runs, refs));
    this.#engine.post(batch);
    for (const record of runs) if (!record.done) this.#sent(record);
  }

  /**
   * Makes what is known of the loop's tasks what is true at this moment: posts
   * what waits, takes in what has come.
   */
  sync(): void {
    this.flush();
    this.receive();
  }

  /** Takes in what has come. What waits to be posted goes on gathering. */
  receive(): void {
    if (!this.#engine.arrived) return;
    claimStack();
    this.#receive();
  }

  /**
   * Whether the loop has begun this task, which it may not have said yet;
   * `undefined` if that is not known.
   */
  hasBegun(record: TaskRecord): boolean | undefined {
    return record.sent > 0 && this.#engine.hasBegun(record.sent);
  }

  /** Takes a task back; returns whether it is certain that it never begins. */
  revoke(record: TaskRecord): boolean {
    return this.#engine.revoke(record.sent);
  }

  /** The task that the loop began last, as far as is known. */
  get latest(): TaskId | undefined {
    return this.#engine.latest;
  }

  /** Blocks this thread till something has come, for at most `ms`. */
  waitSync(ms: number): void {
    this.#engine.waitSync(ms);
  }

  /** Ends the loop by force. */
  kill(): void {
    this.#engine.kill();
  }

  /** Gives the loop up. */
  stop(): void {
    this.#closed = true;
    this.#engine.stop();
  }

  async #listen(): Promise<void> {
    while (!this.#closed) {
      await this.#engine.arrival();
      this.#flush();
      this.#receive();
    }
  }

  #receive(): void {
    // Messages are taken in one after the other: who is told of one of them
    // and asks for a state at once gets what is known by then.
    if (this.#receiving) return;
    this.#receiving = true;
    try {
      for (const batch of this.#engine.receive()) {
        this.heard = true;
        for (const message of batch) this.#take(message);
      }
    } catch (error) {
      this.#broken(error);
    } finally {
      this.#receiving = false;
    }
  }

  /** @throws {ProtocolViolation} The loop may not say this. */
  #take(message: FromLoop): void {
    if (this.#closed) return;
    checkMessage(message);
    try {
      this.#listener.received(message);
    } catch (error) {
      if (error instanceof ProtocolViolation) throw error;
      // The messages behind it are none the worse for that.
      this.#listener.failed(message, error);
    }
  }

  #broken(error: unknown): void {
    if (this.#closed) return;
    this.#closed = true;
    const how = `it sent what it may not send: ${inWords(error)}`;
    this.#listener.giveUp(withoutStack(() => new Error(how, { cause: error })));
  }

  #ended(how: Error): void {
    if (this.#closed) return;
    // What it said before it ended still counts.
    this.#receive();
    if (this.#closed) return;
    this.stop();
    this.#listener.lost(how);
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    queueMicrotask(() => {
      this.#scheduled = false;
      this.#flush();
    });
  }

  #sent(record: TaskRecord): void {
    record.sent = ++this.#sentCount;
    if (!record.details?.resubmissions) record.args = undefined;
  }
}

function inWords(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : Deno.inspect(thrown);
}

function runMessage(
  records: readonly TaskRecord[],
  refsOfRecords: readonly number[],
): ToLoop {
  const ids: TaskId[] = [];
  const refs: number[] = [];
  const args: unknown[] = [];
  let counts: number[] | number = records[0]!.args?.length ?? 0;
  let options: (RunOptions | undefined)[] | undefined;
  for (let n = 0; n < records.length; n++) {
    const record = records[n]!;
    // Cancelled since it was given to be sent.
    if (record.done) continue;
    if (record.details !== undefined) {
      options ??= new Array(ids.length).fill(undefined);
    }
    options?.push(record.details?.options);
    const own = record.args!;
    if (typeof counts === "object") counts.push(own.length);
    else if (own.length !== counts) {
      counts = [...new Array(ids.length).fill(counts), own.length];
    }
    for (let k = 0; k < own.length; k++) args.push(own[k]);
    ids.push(record.id);
    refs.push(refsOfRecords[n]!);
  }
  return options === undefined
    ? { type: "run", ids, refs, args, counts }
    : { type: "run", ids, refs, args, counts, options };
}
