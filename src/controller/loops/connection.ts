/**
 * The transport of one loop: posts messages, takes in the posts that come.
 *
 * @module
 */
import { isPrimitive, sendArguments } from "../../clone.ts";
import type { Engine } from "../../engine/engine.ts";
import { withoutStack } from "../../errors.ts";
import {
  checkMessage,
  ProtocolViolation,
} from "../../protocol/check_message.ts";
import { decodeThrown } from "../../protocol/codec.ts";
import type {
  FromLoop,
  FromLoopOf,
  ModuleDescription,
  RunOptions,
  ToLoop,
  ToLoopOf,
} from "../../protocol/messages.ts";
import { shortArguments } from "../../protocol/preview.ts";
import type { TaskId } from "../../task.ts";
import type { TaskRecord } from "../task/record.ts";
import { ReferenceTable } from "./reference_table.ts";

/** So many tasks make a post of their own, for the loop to begin with. */
const MAX_TASKS_PER_POST = 4096;

export interface ConnectionListener {
  /** @throws {ProtocolViolation} The loop may not say this. */
  received(message: FromLoop): void;
  /** The loop said what it may not say. Nothing more is received from it. */
  onBroken(how: Error): void;
  /** The engine has ended. Nothing more is received from it. */
  onEnded(how: Error): void;
}

export class Connection {
  readonly #engine: Engine;
  readonly #listener: ConnectionListener;
  /** Messages and tasks to be posted; the messages go first. */
  #messages: ToLoop[] = [];
  #runs: TaskRecord[] = [];
  #refs: number[] = [];
  #scheduled = false;
  #receiving = false;
  #closed = false;
  readonly #references: ReferenceTable = new ReferenceTable((message) => {
    // Tasks to be posted may use the reference that is forgotten.
    if (message.type === "forget") this.flush();
    this.#messages.push(message);
  });
  readonly #exports: Map<number, PromiseWithResolvers<ModuleDescription>> =
    new Map();
  #exportsCount = 0;
  #sentCount = 0;
  /** Whether the loop has ever said anything. */
  hasSpoken = false;

  constructor(engine: Engine, listener: ConnectionListener) {
    this.#engine = engine;
    this.#listener = listener;
    this.#listen();
    engine.ended.then((how) => this.#onEngineEnded(how));
  }

  /**
   * Sends a task to the loop. Objects among its arguments are copied now.
   *
   * @throws {DOMException} `DataCloneError`, naming the argument.
   * @throws {TypeError} An AbortSignal among the arguments.
   */
  run(record: TaskRecord): void {
    const ref = this.#references.numberOf(record.reference!);
    const { transfer } = record.details ?? {};
    if (transfer === undefined && record.args.every(isPrimitive)) {
      // The caller may change the array before the post.
      record.args = [...record.args];
      this.#runs.push(record);
      this.#refs.push(ref);
      if (this.#runs.length >= MAX_TASKS_PER_POST) this.flush();
      else this.#schedule();
      return;
    }
    this.flush();
    sendArguments(
      record.args,
      transfer,
      () => this.#engine.post([runMessage([record], [ref])], transfer),
    );
    this.#sent(record);
  }

  send(message: ToLoop): void {
    this.#messages.push(message);
    this.#schedule();
  }

  /** Asks a task to stop that was sent. Many requests make one message. */
  cancel(
    id: TaskId,
    reason: ToLoopOf<"cancel">["reasons"][number],
    grace: number,
  ): void {
    const last = this.#messages.at(-1);
    if (last?.type !== "cancel") {
      const columns = { ids: [id], reasons: [reason], graces: [grace] };
      this.send({ type: "cancel", ...columns });
      return;
    }
    (last.ids as TaskId[]).push(id);
    (last.reasons as typeof reason[]).push(reason);
    (last.graces as number[]).push(grace);
  }

  /** Posts what was gathered. */
  flush(): void {
    if (this.#runs.length === 0 && this.#messages.length === 0) return;
    claimStack();
    this.#flush();
  }

  #flush(): void {
    const messages = this.#messages;
    const runs = this.#runs;
    const refs = this.#refs;
    if (messages.length + runs.length === 0 || this.#closed) return;
    this.#messages = [];
    this.#runs = [];
    this.#refs = [];
    if (runs.length > 0) messages.push(runMessage(runs, refs));
    this.#engine.post(messages);
    for (const record of runs) if (!record.done) this.#sent(record);
  }

  /** Posts what was gathered, and takes in what has come. */
  sync(): void {
    this.flush();
    this.receive();
  }

  /** Takes in what has come, without a post. */
  receive(): void {
    if (!this.#engine.arrived) return;
    claimStack();
    this.#receive();
  }

  /** Asks the loop to load and describe a module. */
  exportsOf(module: string): Promise<ModuleDescription> {
    const request = ++this.#exportsCount;
    const answer = Promise.withResolvers<ModuleDescription>();
    this.#exports.set(request, answer);
    this.send({ type: "exports", request, module });
    return answer.promise;
  }

  /** @throws {ProtocolViolation} Nothing was asked. */
  answerExports(message: FromLoopOf<"exports">): void {
    const answer = this.#exports.get(message.request);
    if (answer === undefined) {
      throw new ProtocolViolation("an answer to no question");
    }
    this.#exports.delete(message.request);
    const { module = { exports: [], files: [] }, error } = message;
    if (error === undefined) answer.resolve(module);
    else answer.reject(decodeThrown(error));
  }

  /** Stops the engine; `how` rejects what was not answered. */
  stop(how: Error): void {
    this.#close();
    for (const answer of this.#exports.values()) answer.reject(how);
    this.#exports.clear();
  }

  #close(): void {
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
    // A listener may ask for a state, which receives: it gets what was taken
    // in so far. One message is taken in after the other.
    if (this.#receiving) return;
    this.#receiving = true;
    try {
      for (const messages of this.#engine.receive()) {
        this.hasSpoken = true;
        for (const message of messages) {
          if (this.#closed) return;
          checkMessage(message);
          this.#listener.received(message);
        }
      }
    } catch (error) {
      this.#onBroken(error);
    } finally {
      this.#receiving = false;
    }
  }

  #onBroken(error: unknown): void {
    if (this.#closed) return;
    this.#closed = true;
    const words = error instanceof Error ? error.message : Deno.inspect(error);
    const how = `it sent what it may not send: ${words}`;
    this.#listener.onBroken(
      withoutStack(() => new Error(how, { cause: error })),
    );
  }

  #onEngineEnded(how: Error): void {
    if (this.#closed) return;
    // What the loop said before it ended still counts.
    this.#receive();
    if (this.#closed) return;
    this.#close();
    this.#listener.onEnded(how);
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
    if (record.details?.resubmissions) return;
    record.args = shortArguments(record.args);
  }
}

function runMessage(
  records: readonly TaskRecord[],
  refsOfRecords: readonly number[],
): ToLoop {
  const ids: TaskId[] = [];
  const refs: number[] = [];
  const args: unknown[] = [];
  let counts: number[] | number = records[0]!.args.length;
  let options: (RunOptions | undefined)[] | undefined;
  for (let n = 0; n < records.length; n++) {
    const record = records[n]!;
    // Cancelled before the post.
    if (record.done) continue;
    if (record.details !== undefined) {
      options ??= new Array(ids.length).fill(undefined);
    }
    options?.push(record.details?.options);
    const own = record.args;
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

/** 8 kB of arguments. To spread an array with gaps would be far slower. */
const STACK_ROOM: readonly number[] = Array.from({ length: 1024 }, () => 0);

/**
 * Throws before anything is done if the caller has used up the stack: a failure
 * half way would lose messages.
 *
 * @throws {RangeError} Too little of the stack is left.
 */
function claimStack(): void {
  Reflect.apply(() => {}, undefined, STACK_ROOM);
}
