/**
 * What the loop has to say, gathered into few posts. What became of tasks goes
 * out behind the microtasks that are queued by then, which end all those that
 * end together; all else goes out once a macrotask.
 *
 * @module
 */
import { epochNow, systemClock } from "../clock.ts";
import { isPrimitive, refuseLost, whatCannotBeCloned } from "../clone.ts";
import { encodeThrown } from "../protocol/codec.ts";
import { withoutStack } from "../errors.ts";
import type { EncodedThrown, FromLoop } from "../protocol/messages.ts";
import type { LogEntry, TaskId } from "../task.ts";
import type { Timers } from "../timers.ts";
import { TaskOutput } from "./task_output.ts";
import type { LoopTask } from "./loop_task.ts";

// Before a task can change them, and before the guard wraps them.
const { queueMicrotask, setImmediate } = globalThis;

/** A column that is still being filled. */
type Filling<M> = {
  -readonly [K in keyof M]: M[K] extends readonly (infer E)[] ? E[] : M[K];
};
type Message<T extends FromLoop["type"]> = Extract<FromLoop, { type: T }>;

export interface OutboxHost {
  readonly timers: Timers;
  /** @throws Something in it can't be sent. */
  post(batch: readonly FromLoop[]): void;
  /** How many posts wait to be taken in. */
  backlog(): number;
}

export class Outbox {
  readonly #post: (batch: readonly FromLoop[]) => void;
  #batch: FromLoop[] = [];
  #inMicrotask = false;
  #inMacrotask = false;
  #started: LoopTask[] = [];
  readonly #output: TaskOutput;

  constructor(host: OutboxHost) {
    this.#post = host.post;
    this.#output = new TaskOutput({
      timers: host.timers,
      backlog: host.backlog,
      due: () => this.#flushInMacrotask(),
    });
  }

  /** Posts what is there, now. */
  flush(): void {
    this.#addStarted();
    this.#batch.push(...this.#output.take());
    const batch = this.#batch;
    if (batch.length === 0) return;
    this.#batch = [];
    this.#postWhole(batch);
  }

  /** Posts all that there is: there will be no other time. */
  flushAll(): void {
    this.#batch.push(...this.#output.takeAll());
    this.flush();
  }

  /** One message that can't be sent must not take the others with it. */
  #postWhole(batch: readonly FromLoop[]): void {
    try {
      this.#post(batch);
    } catch (error) {
      if (batch.length > 1) {
        for (const message of batch) this.#postWhole([message]);
      } else {
        this.#post(unsendable(batch[0]!, error));
      }
    }
  }

  send(message: FromLoop): void {
    this.#batch.push(message);
    this.#flushInMacrotask();
  }

  /**
   * Posts a message at once: so what is in it crosses as it is at this moment,
   * apart from what others have to say.
   *
   * @throws {DOMException} `DataCloneError`: something in it can't be sent.
   */
  sendNow(message: FromLoop): void {
    this.flush();
    this.#post([message]);
  }

  started(task: LoopTask): void {
    if (this.#started.length === 0) {
      // Most tasks of a burst end in the microtasks that they queue as they
      // start, behind which this comes.
      queueMicrotask(() => queueMicrotask(() => this.#sayStarted()));
    }
    this.#started.push(task);
  }

  #sayStarted(): void {
    this.#started = this.#started.filter((task) => !task.ended);
    if (this.#started.length > 0) this.#flushInMacrotask();
  }

  /** What became of a task. */
  #sendEnd(message: FromLoop): void {
    this.#batch.push(message);
    if (this.#inMicrotask) return;
    this.#inMicrotask = true;
    queueMicrotask(() => {
      this.#inMicrotask = false;
      this.flush();
    });
  }

  succeeded(task: LoopTask, value: unknown): void {
    this.#addOutputOf(task);
    if (!isPrimitive(value)) return this.#succeededWithObject(task, value);
    const column = this.#column("succeeded") ??
      this.#open<"succeeded">({
        type: "succeeded",
        ids: [],
        values: [],
        at: epochNow(),
      });
    column.ids.push(task.id);
    column.values.push(value);
  }

  /** Sent at once: if it can't be, only its own task fails. */
  #succeededWithObject(task: LoopTask, value: unknown): void {
    const ids = [task.id];
    const at = epochNow();
    try {
      refuseLost(value);
      this.sendNow({ type: "succeeded", ids, values: [value], at });
    } catch {
      const part = whatCannotBeCloned(value, "result");
      if (task.parent === undefined) {
        const message = `Task ${task.id} returned what can't be sent: ` +
          `${part}; return plain data made of it`;
        const error = withoutStack(() => new TypeError(message));
        return this.failed(task, encodeThrown(error));
      }
      // What a child returns is for its parent, which has it already.
      this.note(task, `its result stays in the loop: ${part} can't be sent`);
      this.send({ type: "succeeded", ids, values: [undefined], at });
    }
  }

  failed(task: LoopTask, error: EncodedThrown): void {
    this.#addOutputOf(task);
    this.#sendEnd({ type: "failed", id: task.id, error, at: epochNow() });
  }

  /** `error`: what it threw besides the reason. */
  cancelled(task: LoopTask, error?: EncodedThrown): void {
    this.#addOutputOf(task);
    if (error !== undefined) {
      const at = epochNow();
      return this.#sendEnd({ type: "cancelledWith", id: task.id, error, at });
    }
    const column = this.#column("cancelled") ??
      this.#open<"cancelled">({ type: "cancelled", ids: [], at: epochNow() });
    column.ids.push(task.id);
  }

  abandoned(task: LoopTask): void {
    this.#addOutputOf(task);
    this.send({ type: "abandoned", ids: [task.id], at: epochNow() });
  }

  /** An abandoned task has really ended, which nobody may wait for any more. */
  stopped(task: LoopTask): void {
    this.#addOutputOf(task);
    this.send({ type: "stopped", ids: [task.id] });
  }

  progressed(task: LoopTask): void {
    this.#output.progressed(task);
  }

  log(id: TaskId | undefined, entry: LogEntry): void {
    this.#output.log(id, entry);
  }

  /** A remark of the loop's own in the task's log. */
  note(task: LoopTask, text: string): void {
    this.log(task.id, { at: systemClock.now(), level: "note", text });
  }

  /** The last message, if it is a column of this type. */
  #column<T extends "succeeded" | "cancelled">(
    type: T,
  ): Filling<Message<T>> | undefined {
    const last = this.#batch.at(-1);
    return last?.type === type
      ? last as unknown as Filling<Message<T>>
      : undefined;
  }

  #open<T extends "succeeded" | "cancelled">(
    message: Filling<Message<T>>,
  ): Filling<Message<T>> {
    this.#sendEnd(message as unknown as FromLoop);
    return message;
  }

  #addStarted(): void {
    if (this.#started.length === 0) return;
    const ids: TaskId[] = [];
    for (const task of this.#started) if (!task.ended) ids.push(task.id);
    this.#started = [];
    if (ids.length > 0) {
      this.#batch.unshift({ type: "started", ids, at: epochNow() });
    }
  }

  #addOutputOf(task: LoopTask): void {
    for (const message of this.#output.takeOf(task)) {
      this.#batch.push(message);
    }
  }

  #flushInMacrotask(): void {
    if (this.#inMacrotask) return;
    this.#inMacrotask = true;
    setImmediate(() => {
      this.#inMacrotask = false;
      this.flush();
    });
  }
}

/** What is said in place of a message that can't be sent. */
function unsendable(message: FromLoop, error: unknown): FromLoop[] {
  const why = `could not be sent: ${error}`;
  switch (message.type) {
    case "succeeded":
      return message.ids.map((id) => ({
        type: "failed",
        id,
        error: encodeThrown(new TypeError(`The result of task ${id} ${why}`)),
        at: message.at,
      }));
    case "failed":
    case "cancelledWith":
      return [{
        ...message,
        error: { kind: "text", text: `an error that ${why}` },
      }];
    default:
      return [{
        type: "rejected",
        what: `a message of type ${message.type} ${why}`,
      }];
  }
}
