/**
 * Tasks that a task has submitted and that do not end with it. A loop is not
 * trusted: its requests are checked as calls of a person are, wait for their
 * turn, and get no more permissions than the task that asks.
 *
 * @module
 */
import type { TaskOptions } from "../../checks.ts";
import { InvalidStateError } from "../../errors.ts";
import { encodeThrown } from "../../protocol/codec.ts";
import type { FromLoopOf, ToLoop } from "../../protocol/messages.ts";
import type { Submittable } from "../../protocol/reference.ts";
import type { SettleListener, TaskLoop, TaskRecord } from "../task/record.ts";
import type { TaskTable } from "../task/table.ts";

/** How many detached tasks may be unsettled at once. */
const MAX_UNSETTLED = 10_000;

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

type Request = FromLoopOf<"detach">;

export class DetachedTasks implements SettleListener {
  readonly #owner: DetachedOwner;
  #unsettled = 0;

  constructor(owner: DetachedOwner) {
    this.#owner = owner;
  }

  /**
   * Submits what a task of a loop asks for. Returns the reply to the loop.
   *
   * @throws {ProtocolViolation} The task that asks is not in the loop.
   */
  submit(loop: TaskLoop, message: Request): ToLoop {
    const { request } = message;
    const asking = this.#owner.table.own(loop, message.from);
    const type = "detached";
    try {
      const { id } = this.#submit(asking, message);
      return { type, request, id, error: undefined };
    } catch (error) {
      // The stack would be that of a call that only took the message in.
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
    if (this.#unsettled >= MAX_UNSETTLED) {
      throw new InvalidStateError(
        `Cannot detach a task: ${MAX_UNSETTLED} that were detached have not ended`,
      );
    }
    const { priority = 0, isolated = false } = rootOf(asking).details ?? {};
    // A loop may send other fields, too.
    const { name, timeout, deadline, stall, grace, retry } = options;
    const own = { name, timeout, deadline, stallTimeout: stall, grace, retry };
    const record = this.#owner.submit(submittable(reference), args, {
      ...own as TaskOptions,
      priority,
      isolate: isolated,
    });
    record.submittedFrom = undefined;
    this.#unsettled++;
    record.listen(this);
    return record;
  }

  onSettled(): void {
    this.#unsettled--;
  }
}

/** The task that was submitted: its children share its permissions. */
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
