/**
 * Takes in what a loop says: the one place that knows every message.
 *
 * @module
 */
import { withoutStack } from "../../errors.ts";
import { ProtocolViolation } from "../../protocol/check_message.ts";
import { decodeThrown } from "../../protocol/codec.ts";
import type { FromLoop, FromLoopOf } from "../../protocol/messages.ts";
import { shortArguments, shortText } from "../../protocol/preview.ts";
import type { EndState, TaskId } from "../../task.ts";
import { appendLog } from "../task/log.ts";
import { progressOf } from "../task/progress.ts";
import { TaskRecord } from "../task/record.ts";
import type { TaskTable } from "../task/table.ts";
import type { LiveLoop, LoopOwner } from "./live_loop.ts";

/** A child is not sent: it starts in the loop. */
const SENT_AS_CHILD = -1;

/** @throws {ProtocolViolation} The loop may not say this now. */
export function takeMessage(
  loop: LiveLoop,
  owner: LoopOwner,
  message: FromLoop,
): void {
  const { table } = owner;
  switch (message.type) {
    case "started":
      for (const id of message.ids) {
        const record = table.own(loop, id);
        if (record?.state === "queued") record.start(message.at);
      }
      return;
    case "succeeded":
      for (let n = 0; n < message.ids.length; n++) {
        const value = message.values[n];
        takeEnd(loop, table, message.ids[n]!, "succeeded", value, message.at);
      }
      return;
    case "failed": {
      const error = decodeThrown(message.error);
      takeEnd(loop, table, message.id, "failed", error, message.at);
      return;
    }
    case "cancelled":
      for (const id of message.ids) {
        takeEnd(loop, table, id, "cancelled", undefined, message.at);
      }
      return;
    case "cancelledWith": {
      const error = decodeThrown(message.error);
      takeEnd(loop, table, message.id, "cancelled", error, message.at);
      return;
    }
    case "abandoned":
      for (const id of message.ids) {
        const record = unsettled(loop, table, id);
        if (record === undefined) continue;
        if (!record.cancelling) throw outOfTurn(message.type, record);
        loop.abandon(record, message.at);
      }
      return;
    case "stopped":
      for (const id of message.ids) {
        const record = table.own(loop, id);
        if (record?.abandoned) loop.onStopped(record);
        else if (record?.done === false) throw outOfTurn(message.type, record);
      }
      return;
    case "cancelling": {
      const record = unsettled(loop, table, message.id);
      if (record === undefined || record.cancelling) return;
      loop.onStopping(record, decodeThrown(message.reason), message.grace);
      return;
    }
    case "retrying": {
      const details = unsettled(loop, table, message.id)?.ensureDetails();
      if (details === undefined) return;
      const { name, message: why } = decodeThrown(message.error);
      details.retryAt = message.retryAt;
      details.lastError = shortText(`${name}: ${why}`);
      return;
    }
    case "attempt": {
      const details = unsettled(loop, table, message.id)?.ensureDetails();
      if (details === undefined) return;
      details.attempt = message.attempt;
      details.retryAt = undefined;
      return;
    }
    case "spawned":
      takeChild(loop, owner, message);
      return;
    case "detach":
      loop.connection.send(owner.detached.submit(loop, message));
      return;
    case "limit": {
      const record = unsettled(loop, table, message.id);
      if (record === undefined) return;
      record.setLimit(message.limit, message.value);
      loop.limited.add(record);
      return;
    }
    case "progress":
      takeProgress(loop, table, message);
      return;
    case "log":
      takeLog(loop, owner, message);
      return;
    case "exports":
      loop.connection.answerExports(message);
      return;
    case "pong":
      loop.health.onPong(message.count);
      return;
    case "exiting": {
      const { id } = message;
      const culprit = id === undefined ? undefined : table.own(loop, id)?.id;
      const who = culprit === undefined ? "" : `task ${culprit} called `;
      loop.onEnded(saying(who + message.how), culprit);
      return;
    }
    case "ended":
      loop.onEnded(saying(message.how));
      return;
    case "rejected":
      owner.onWarning(`The loop was sent an unknown message: ${message.what}`);
      return;
    default: {
      const unknown: never = message;
      throw new ProtocolViolation(Deno.inspect(unknown));
    }
  }
}

/** The task, if it has not settled. Throws as {@linkcode TaskTable.own} does. */
function unsettled(
  loop: LiveLoop,
  table: TaskTable,
  id: TaskId,
): TaskRecord | undefined {
  const record = table.own(loop, id);
  return record?.done ? undefined : record;
}

function takeEnd(
  loop: LiveLoop,
  table: TaskTable,
  id: TaskId,
  state: EndState,
  result: unknown,
  at: number,
): void {
  const record = table.own(loop, id);
  if (record === undefined) return;
  if (!record.done) {
    if (state === "cancelled" && !record.cancelling) {
      throw outOfTurn(state, record);
    }
    // The loop does not report the start of a task that ends in the same turn.
    if (state !== "cancelled") record.startedAt ??= at;
    loop.settle(record, state, result, at);
  } else if (record.abandoned) {
    loop.onStopped(record);
  } else if (state !== "cancelled") {
    // The loop also reports as cancelled what was revoked.
    throw outOfTurn(state, record);
  }
}

function takeChild(
  loop: LiveLoop,
  { table }: LoopOwner,
  message: FromLoopOf<"spawned">,
): void {
  const parent = table.own(loop, message.parent);
  if (parent === undefined) return;
  const { id, task, module, args, at, options } = message;
  const before = table.get(id);
  if (before?.loop === loop || !isChildOf(id, parent.id)) {
    throw new ProtocolViolation(`task ${parent.id} has no new child ${id}`);
  }
  if (parent.done && !parent.abandoned) throw outOfTurn(message.type, parent);
  // The parent runs again: the children of its former run are gone.
  if (before !== undefined) table.forget(before);
  const record = new TaskRecord(
    id,
    module === undefined ? undefined : { module, export: task },
    task,
    // A loop is not trusted to keep them short.
    shortArguments(args),
    at,
    parent,
  );
  const details = record.ensureDetails();
  details.options = options;
  details.grace = options.grace;
  record.sent = SENT_AS_CHILD;
  record.loop = loop;
  loop.add(record);
  record.start(at);
  table.add(record);
}

function isChildOf(id: TaskId, parent: TaskId): boolean {
  const prefix = `${parent}.`;
  return `${id}`.startsWith(prefix) &&
    /^[1-9]\d{0,15}$/.test(`${id}`.slice(prefix.length));
}

function takeProgress(
  loop: LiveLoop,
  table: TaskTable,
  message: FromLoopOf<"progress">,
): void {
  const { at } = message;
  for (const [n, id] of message.ids.entries()) {
    const record = unsettled(loop, table, id);
    if (record === undefined) continue;
    const details = record.ensureDetails();
    details.progressAt = at;
    details.progress = progressOf({
      done: message.done[n]!,
      total: message.totals[n],
      note: message.notes[n],
      at,
    }, record.startedAt ?? at);
  }
}

function takeLog(
  loop: LiveLoop,
  owner: LoopOwner,
  { id, entries, dropped }: FromLoopOf<"log">,
): void {
  const record = id === undefined ? loop.log : owner.table.own(loop, id);
  if (record === undefined) return;
  appendLog(record, entries, dropped);
  if (record !== loop.log) return;
  // No task's outcome carries an error from outside of any task.
  for (const { level, text } of entries) {
    if (level !== "error") continue;
    owner.onWarning(`In the loop, outside of any task: ${text}`);
  }
}

function outOfTurn(
  said: FromLoop["type"],
  { id, state }: TaskRecord,
): ProtocolViolation {
  return new ProtocolViolation(`task ${id} is ${state}, and not "${said}"`);
}

function saying(message: string): Error {
  return withoutStack(() => new Error(message));
}
