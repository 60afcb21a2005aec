/**
 * One loop, seen from the controller: gathers what it is told, takes in what
 * it says.
 *
 * @module
 */
import { isPrimitive, refuseLost, whatCannotBeCloned } from "../clone.ts";
import type { Engine } from "../engine/engine.ts";
import { withoutStack } from "../errors.ts";
import type { FromLoop, RunOptions, ToLoop } from "../protocol/messages.ts";
import type { TaskId } from "../task.ts";
import type { TaskRecord } from "./record.ts";
import { ReferenceTable } from "./reference_table.ts";

/** So many tasks make a post of their own, for the loop to begin with. */
const CHUNK = 4096;

export interface ConnectionListener {
  received(message: FromLoop): void;
  /** The loop is gone; nothing more is received from it. */
  lost(connection: Connection, how: Error): void;
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
    if (this.#runs.length > 0 || this.#messages.length > 0) this.flush();
    this.receive();
  }

  /** Takes in what has come. What waits to be posted goes on gathering. */
  receive(): void {
    if (this.#engine.arrived) this.#receive();
  }

  /** Whether the loop has begun this task, which it may not have said yet. */
  hasBegun(record: TaskRecord): boolean {
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
      this.sync();
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
        for (const message of batch) this.#listener.received(message);
      }
    } catch (error) {
      const how = `it sent what can't be understood: ${inWords(error)}`;
      this.#ended(withoutStack(() => new Error(how, { cause: error })));
    } finally {
      this.#receiving = false;
    }
  }

  #ended(how: Error): void {
    if (this.#closed) return;
    // What it said before it ended still counts.
    this.sync();
    if (this.#closed) return;
    this.#closed = true;
    this.#engine.stop();
    this.#listener.lost(this, how);
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    queueMicrotask(() => {
      this.#scheduled = false;
      this.flush();
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

/**
 * Copies arguments that must wait before they are sent, so that they cross as
 * they are now. What is transferred moves into the copy.
 *
 * @throws {DOMException} `DataCloneError`, naming the argument.
 * @throws {TypeError} An AbortSignal among the arguments.
 */
export function copyArguments(
  args: readonly unknown[],
  transfer: readonly Transferable[] = [],
): { args: readonly unknown[]; transfer: readonly Transferable[] } {
  if (args.every(isPrimitive)) return { args: [...args], transfer };
  refuseSignals(args);
  try {
    refuseLost(args, transfer);
    return structuredClone({ args, transfer }, { transfer: [...transfer] });
  } catch (error) {
    throw explainArguments(args, error);
  }
}

function explainArguments(args: readonly unknown[], error: unknown): unknown {
  if (!(error instanceof DOMException && error.name === "DataCloneError")) {
    return error;
  }
  for (const [n, arg] of args.entries()) {
    const part = whatCannotBeCloned(arg, `argument ${n + 1}`);
    if (part === `argument ${n + 1}`) continue;
    return new DOMException(
      `Cannot send ${part} to the loop: structured clone does not copy it`,
      "DataCloneError",
    );
  }
  return error;
}

/** Structured clone would make an empty object of it, without a word. */
function refuseSignals(args: readonly unknown[]): void {
  const at = args.findIndex((arg) => arg instanceof AbortSignal);
  if (at < 0) return;
  throw new TypeError(
    `Cannot send argument ${at + 1} to the loop: it is an AbortSignal, ` +
      `which can't cross; give it as the \`signal\` option of submit`,
  );
}
