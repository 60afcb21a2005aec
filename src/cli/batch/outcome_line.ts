/** An outcome as a line of the output file, and back. */
import type { Outcome } from "../../task.ts";
import { escapeJson } from "../../escape.ts";
import { type Json, toJsonError, toJsonValue } from "../render/json_value.ts";
import type { JsonObject } from "../render/reply.ts";
import { isFailure } from "../session/session.ts";

/** What became of one input. */
export interface Ended {
  readonly task: string;
  readonly key: string;
  readonly input: unknown;
  readonly outcome: Outcome;
  readonly attempt: number;
  /** When its task left the queue, in milliseconds since the epoch. */
  readonly start: number | undefined;
  /** Milliseconds. */
  readonly duration: number;
}

/** What a resumed batch needs of a line. */
export interface Entry {
  readonly task: string;
  readonly key: string;
  readonly state: string;
}

/** How outcomes are written. Each is one line, with its newline. */
export interface LineFormat {
  /** The first line of a file. */
  readonly header: string;
  readonly write: (ended: Ended) => string;
  /** Undefined if the line is no outcome. */
  readonly read: (line: string) => Entry | undefined;
}

/** CSV for a file whose name says so, otherwise JSON lines. */
export async function formatOf(path: string): Promise<LineFormat> {
  return /\.csv$/i.test(path) ? await csv() : JSON_LINES;
}

/** The outcome as an object of JSON. A limit that fires is a failure. */
export function toJson(
  { task, key, input, outcome, attempt, start, duration }: Ended,
): JsonObject {
  return {
    task,
    key,
    state: isFailure(outcome) ? "failed" : outcome.state,
    input: toJsonValue(input),
    ...outcome.state === "succeeded"
      ? { value: toJsonValue(outcome.value) }
      : { error: toJsonError(errorOf(outcome)) },
    attempt,
    start: start === undefined ? null : new Date(start).toISOString(),
    duration: Math.round(duration * 10) / 10,
  };
}

/** Why there is no value. */
export function errorOf(
  outcome: Exclude<Outcome, { state: "succeeded" }>,
): Error {
  return outcome.state === "failed" ? outcome.error : outcome.reason;
}

const JSON_LINES: LineFormat = {
  header: "",
  write: (ended) => `${escapeJson(JSON.stringify(toJson(ended)))}\n`,
  read: (line) => {
    // What precedes the input is all that is needed, and parses much faster.
    const end = line.endsWith("}") ? line.indexOf(`,"input":`) : -1;
    try {
      return entryOf(JSON.parse(end < 0 ? line : `${line.slice(0, end)}}`));
    } catch {
      return undefined;
    }
  },
};

const COLUMNS = [
  "task",
  "key",
  "state",
  "input",
  "value",
  "error",
  "attempt",
  "start",
  "duration",
] as const;

async function csv(): Promise<LineFormat> {
  const [{ stringify }, { parse }] = await Promise.all([
    import("@std/csv/stringify"),
    import("@std/csv/parse"),
  ]);
  const lineOf = (cells: readonly string[]): string => stringify([[...cells]]);
  return {
    header: lineOf(COLUMNS),
    write: (ended) => {
      const fields = toJson(ended);
      return lineOf(COLUMNS.map((column) => cell(fields[column])));
    },
    read: (line) => {
      try {
        const [cells = []] = parse(line);
        return entryOf(
          Object.fromEntries(COLUMNS.map((column, at) => [column, cells[at]])),
        );
      } catch {
        return undefined;
      }
    },
  };
}

/** Text as it is unless it has several lines, anything else as JSON. */
function cell(value: Json | undefined): string {
  if (value === undefined || value === null) return "";
  return typeof value === "string" && !/[\r\n]/.test(value)
    ? value
    : JSON.stringify(value);
}

function entryOf({ task, key, state }: Partial<Entry>): Entry | undefined {
  if (typeof task !== "string" || typeof key !== "string") return undefined;
  return typeof state === "string" ? { task, key, state } : undefined;
}
