/**
 * A reply → JSON, one object a line.
 *
 * @module
 */
import type { LogEntry, Outcome, TaskSnapshot } from "../../task.ts";
import { escapeJson } from "../text/escape.ts";
import { type Json, toJsonError, toJsonValue } from "./json_value.ts";
import { columnOf } from "../language/line_error.ts";
import type { Fault, Reply, Row } from "./reply.ts";
import type { CommandSpec } from "../language/spec.ts";
import { COMMANDS } from "../language/grammar.ts";
import { usageOf } from "../language/usage.ts";

type Fields = { readonly [key: string]: Json };

/** The reply as lines of JSON, each with its newline. */
export function renderJson(reply: Reply): string {
  return objectsOf(reply).map((object) => `${stringify(object)}\n`).join("");
}

function stringify(object: Fields): string {
  try {
    return escapeJson(JSON.stringify(object));
  } catch (error) {
    const { type = null, id = null } = object;
    return JSON.stringify({
      type: "error",
      name: "RangeError",
      message: `the ${type} is too large for one line of JSON`,
      id,
      cause: String(error),
    });
  }
}

function objectsOf(reply: Reply): Fields[] {
  switch (reply.type) {
    case "tasks":
      return reply.rows.length === 0
        ? [{ type: "notice", message: "no tasks" }]
        : reply.rows.map(rowOf);
    case "group":
      return [
        {
          type: "group",
          name: reply.name,
          members: reply.members.map(({ id }) => id),
        },
        ...reply.members.map((task) => ({
          type: "submitted",
          ...taskFields(task),
          group: reply.name,
        })),
      ];
    default:
      return [objectOf(reply)];
  }
}

function objectOf(reply: Exclude<Reply, { type: "tasks" | "group" }>): Fields {
  const { type } = reply;
  switch (type) {
    case "submitted":
      return { type, ...taskFields(reply.task) };
    case "task":
      return { type, ...taskDetails(reply.task) };
    case "cancel":
      return { type, ...taskFields(reply.task), answer: reply.answer };
    case "kill":
      return { type, ...taskFields(reply.task), answer: reply.answer };
    case "siblings":
      return {
        type,
        lost: reply.lost.map(({ id }) => id),
        resubmitted: reply.resubmitted.map(({ id }) => id),
      };
    case "blocked":
      return {
        type,
        blockedMs: Math.round(reply.blockedMs),
        lastStarted: reply.lastStarted?.id ?? null,
      };
    case "threads":
      return { type, tasks: reply.tasks.map(({ id }) => id) };
    case "outcome":
      return {
        type,
        ...taskFields(reply.task),
        ...outcomeFields(reply.outcome),
      };
    case "result":
      return {
        type,
        ...taskFields(reply.task),
        value: toJsonValue(reply.value),
      };
    case "log":
      return {
        type,
        ...reply.task === undefined ? {} : taskFields(reply.task),
        ...logFields(reply.entry),
      };
    case "module":
      return {
        type,
        module: reply.module,
        name: reply.label,
        exports: reply.exports,
      };
    case "concurrency":
      return {
        type,
        concurrency: Number.isFinite(reply.limit) ? reply.limit : null,
        running: reply.running,
        queued: reply.queued,
      };
    case "help":
      return {
        type,
        commands: (reply.command === undefined ? COMMANDS : [reply.command])
          .map(helpOf),
      };
    case "quit":
      return { type, running: reply.running.map(({ id }) => id) };
    case "notice":
      return { type, message: reply.message };
    case "error":
      return { type, name: reply.name, message: reply.message, ...at(reply) };
  }
}

function rowOf(row: Row): Fields {
  return row.kind === "group"
    ? {
      type: "group",
      name: row.name,
      members: row.members,
      done: row.done,
    }
    : { type: "task", ...taskDetails(row.task) };
}

function taskFields(task: TaskSnapshot): Fields {
  return {
    id: task.id,
    task: task.task,
    name: task.name,
    state: task.state,
    elapsedMs: Math.round(task.elapsedMs),
  };
}

function taskDetails(task: TaskSnapshot): Fields {
  return {
    ...taskFields(task),
    cancelling: task.cancelling,
    abandoned: task.abandoned,
    attempt: task.attempt,
    attempts: Number.isFinite(task.attempts) ? task.attempts : null,
    priority: task.priority,
    ...given("parent", task.parent),
    ...given("group", task.group),
    ...given("timeoutMs", task.timeoutMs),
    ...given("deadlineAt", rounded(task.deadlineAt)),
    ...given("stallTimeoutMs", task.stallTimeoutMs),
    ...given("remainingMs", rounded(task.remainingMs)),
    ...task.progress === undefined
      ? {}
      : { progress: toJsonValue(task.progress) },
  };
}

function logFields({ at, level, text }: LogEntry): Fields {
  return { at: Math.round(at), level, text };
}

function outcomeFields(outcome: Outcome): Fields {
  switch (outcome.state) {
    case "succeeded":
      return { value: toJsonValue(outcome.value) };
    case "failed":
      return { error: toJsonError(outcome.error) };
    case "cancelled":
      return {
        reason: toJsonError(outcome.reason),
        confirmed: outcome.confirmed,
        ...outcome.error && { error: toJsonError(outcome.error) },
      };
  }
}

function at({ place }: Fault): Fields {
  if (place === undefined) return {};
  return {
    ...given("line", place.number),
    column: columnOf(place.line, place.span),
  };
}

function helpOf(spec: CommandSpec): Json {
  return {
    name: spec.name,
    aliases: spec.aliases ?? [],
    usage: usageOf(spec),
    summary: spec.summary,
    options: spec.options.map(({ flag, label, help }) => ({
      flag,
      label: label ?? null,
      help,
    })),
    details: spec.details ?? null,
    examples: spec.examples ?? [],
  };
}

function given(key: string, value: Json | undefined): Fields {
  return value === undefined ? {} : { [key]: value };
}

function rounded(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : Math.round(ms);
}
