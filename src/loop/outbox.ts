/**
 * Gathers the loop's messages into few posts. Outcomes are posted behind the
 * microtasks that are already queued, so that tasks which end together share a
 * post. Everything else is posted once per macrotask.
 *
 * @module
 */
import { epochNow, systemClock } from "../clock.ts";
import { isPrimitive, refuseLost, whatCannotBeCloned } from "../clone.ts";
import { withoutStack } from "../errors.ts";
import { encodeThrown } from "../protocol/codec.ts";
import type {
  EncodedThrown,
  FromLoop,
  FromLoopOf,
} from "../protocol/messages.ts";
import type { TaskId } from "../task.ts";
import type { LoopTask } from "./loop_task.ts";
import { TaskOutput, type TaskOutputHost } from "./task_output.ts";

// Taken before a task can replace them, and before the loop patches them.
const { queueMicrotask, setImmediate } = globalThis;

/** A message whose columns are still being filled. */
type Filling<T extends FromLoop["type"]> = {
  -readonly [K in keyof FromLoopOf<T>]: FromLoopOf<T>[K] extends
    readonly (infer E)[] ? E[] : FromLoopOf<T>[K];
};

export interface OutboxHost extends Omit<TaskOutputHost, "onDue"> {
  /** @throws {DOMException} `DataCloneError`: something can't be sent. */
  post(messages: readonly FromLoop[]): void;
}

export class Outbox {
  readonly output: TaskOutput;
  readonly #post: (messages: readonly FromLoop[]) => void;
  #messages: FromLoop[] = [];
  #inMicrotask = false;
  #inMacrotask = false;
  #started: LoopTask[] = [];

  constructor({ timers, post, backlog }: OutboxHost) {
    this.#post = post;
    const onDue = (): void => this.#flushInMacrotask();
    this.output = new TaskOutput({ timers, backlog, onDue });
  }

  /** Posts the messages now. */
  flush(): void {
    this.#addStarted();
    this.#messages.push(...this.output.take());
    const messages = this.#messages;
    if (messages.length === 0) return;
    this.#messages = [];
    this.#postWhole(messages);
  }

  /** Posts the messages and all output, before the loop ends. */
  flushAll(): void {
    this.#messages.push(...this.output.takeAll());
    this.flush();
  }

  /** Posts the messages one by one if one of them can't be sent. */
  #postWhole(messages: readonly FromLoop[]): void {
    try {
      this.#post(messages);
    } catch (error) {
      if (messages.length > 1) {
        for (const message of messages) this.#postWhole([message]);
      } else {
        this.#post(unsendable(messages[0]!, error));
      }
    }
  }

  send(message: FromLoop): void {
    this.#messages.push(message);
    this.#flushInMacrotask();
  }

  /**
   * Posts a message at once and alone: its contents cross as they are now.
   *
   * @throws {DOMException} `DataCloneError`: something in it can't be sent.
   */
  sendNow(message: FromLoop): void {
    this.flush();
    this.#post([message]);
  }

  started(task: LoopTask): void {
    if (this.#started.length === 0) {
      // Runs behind the microtasks in which most tasks of a burst end: a task
      // that has ended by then need not be reported as started.
      queueMicrotask(() =>
        queueMicrotask(() => {
          this.#started = this.#started.filter((task) => !task.ended);
          if (this.#started.length > 0) this.#flushInMacrotask();
        })
      );
    }
    this.#started.push(task);
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

  /** Sent alone: if the object can't be sent, only its own task fails. */
  #succeededWithObject(task: LoopTask, value: unknown): void {
    const ids = [task.id];
    const at = epochNow();
    try {
      refuseLost(value);
      this.sendNow({ type: "succeeded", ids, values: [value], at });
    } catch {
      const part = whatCannotBeCloned(value, "result");
      if (task.details?.parent === undefined) {
        const message = `Task ${task.id} returned what can't be sent: ` +
          `${part}; return plain data made of it`;
        const error = withoutStack(() => new TypeError(message));
        return this.failed(task, encodeThrown(error));
      }
      // A child's result is for its parent, which has it already.
      this.note(task, `its result stays in the loop: ${part} can't be sent`);
      this.send({ type: "succeeded", ids, values: [undefined], at });
    }
  }

  failed(task: LoopTask, error: EncodedThrown): void {
    this.#addOutputOf(task);
    this.#sendEnd({ type: "failed", id: task.id, error, at: epochNow() });
  }

  /** `error`: what the task threw instead of the reason. */
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

  /** Reports the real end of a task that was abandoned. */
  stopped(task: LoopTask): void {
    this.#addOutputOf(task);
    this.send({ type: "stopped", ids: [task.id] });
  }

  /** Adds a remark of the loop to the task's log. */
  note(task: LoopTask, text: string): void {
    const at = systemClock.now();
    this.output.log(task.id, { at, level: "note", text });
  }

  /** The last message, if it has this type. */
  #column<T extends "succeeded" | "cancelled">(
    type: T,
  ): Filling<T> | undefined {
    const last = this.#messages.at(-1);
    return last?.type === type ? last as unknown as Filling<T> : undefined;
  }

  #open<T extends "succeeded" | "cancelled">(message: Filling<T>): Filling<T> {
    this.#sendEnd(message as unknown as FromLoop);
    return message;
  }

  #sendEnd(message: FromLoop): void {
    this.#messages.push(message);
    if (this.#inMicrotask) return;
    this.#inMicrotask = true;
    queueMicrotask(() => {
      this.#inMicrotask = false;
      this.flush();
    });
  }

  #addStarted(): void {
    if (this.#started.length === 0) return;
    const ids: TaskId[] = [];
    for (const task of this.#started) if (!task.ended) ids.push(task.id);
    this.#started = [];
    if (ids.length > 0) {
      this.#messages.unshift({ type: "started", ids, at: epochNow() });
    }
  }

  #addOutputOf(task: LoopTask): void {
    for (const message of this.output.takeOf(task)) {
      this.#messages.push(message);
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

/** The messages that replace one that can't be sent. */
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
    case "cancelledWith": {
      const text = `an error that ${why}`;
      return [{ ...message, error: { kind: "text", text } }];
    }
    default: {
      const what = `a message of type ${message.type} ${why}`;
      return [{ type: "rejected", what }];
    }
  }
}
