/**
 * The tasks that tasks have asked for and that do not end with them. A loop is
 * not trusted: what it asks for is checked as a person's call is, takes its
 * turn, and may do no more than the task that asks.
 *
 * @module
 */
import type { TaskOptions } from "../../checks.ts";
import { InvalidStateError } from "../../errors.ts";
import { encodeThrown } from "../../protocol/codec.ts";
import type { FromLoop, ToLoop } from "../../protocol/messages.ts";
import type { Submittable } from "../../protocol/reference.ts";
import type { SettleListener, TaskLoop, TaskRecord } from "../task/record.ts";
import type { TaskTable } from "../task/table.ts";

/** How many there are at most that have not ended. */
const MOST = 10_000;

/** What detaching needs of the scheduler. */
interface DetachedOwner {
  readonly table: TaskTable;
  submit(
    reference: Submittable,
    args: readonly unknown[],
    options: DetachOptions,
  ): TaskRecord;
}

interface DetachOptions extends TaskOptions {
  readonly priority: number;
  readonly isolate: boolean;
}

type Request = Extract<FromLoop, { type: "detach" }>;

export class DetachedTasks implements SettleListener {
  readonly #owner: DetachedOwner;
  #unended = 0;

  constructor(owner: DetachedOwner) {
    this.#owner = owner;
  }

  /**
   * Submits what a task of a loop asks for; returns what the loop is told.
   *
   * @throws {ProtocolViolation} The task is not the loop's.
   */
  submit(loop: TaskLoop, message: Request): ToLoop {
    const { request } = message;
    const asking = this.#owner.table.own(loop, message.from);
    const type = "detached";
    try {
      const { id } = this.#submit(asking, message);
      return { type, request, id, error: undefined };
    } catch (error) {
      // Its stack is that of whoever asked for some state.
      if (error instanceof Error) delete error.stack;
      return { type, request, id: undefined, error: encodeThrown(error) };
    }
  }

  #submit(
    asking: TaskRecord | undefined,
    { from, reference, args, options }: Request,
  ): TaskRecord {
    if (asking === undefined || asking.done) {
      throw new InvalidStateError(
        `Cannot detach a task: task ${from} is not running`,
      );
    }
    if (this.#unended >= MOST) {
      throw new InvalidStateError(
        `Cannot detach a task: ${MOST} that were detached have not ended`,
      );
    }
    const { priority = 0, isolated = false } = rootOf(asking).details ?? {};
    // One by one: a loop can add what it likes.
    const { name, timeout, deadline, stall, grace, retry } = options;
    const own = { name, timeout, deadline, stallTimeout: stall, grace, retry };
    const record = this.#owner.submit(submittable(reference), args, {
      ...own as TaskOptions,
      priority,
      isolate: isolated,
    });
    record.submittedFrom = undefined;
    this.#unended++;
    record.listen(this);
    return record;
  }

  onSettled(): void {
    this.#unended--;
  }
}

/** The one that was submitted: what a child may do, it has from that. */
function rootOf(record: TaskRecord): TaskRecord {
  let root = record;
  while (root.parent !== undefined) root = root.parent;
  return root;
}

function submittable(sent: Request["reference"]): Submittable {
  return sent.kind === "module"
    ? { module: sent.module, export: sent.name }
    : { source: sent.source, name: sent.name };
}
