/**
 * Errors as people read them: name, message, fields, causes, and the place in
 * the user's code; not the frames of loopctl's own.
 */
import { LoopLostError, TimeoutError } from "../../../mod.ts";
import { escapeText } from "../../escape.ts";
import { excerpt, withoutColor } from "../text/style.ts";
import { type Bounds, inspectValue } from "./value_text.ts";

/** An error as text: a line, and more lines below it. */
export interface ErrorText {
  readonly headline: string;
  /** Causes, fields, members, the place; each one line or more. */
  readonly details: readonly string[];
}

const OUR_SOURCE = new URL("../../", import.meta.url).href;
const OUR_ENTRY = new URL("../../../cli.ts", import.meta.url).href;

const MAX_MEMBERS = 10;
const MAX_CAUSE_DEPTH = 8;

/** An error in full, within bounds. */
export function errorText(error: Error, bounds: Bounds): ErrorText {
  const [headline = "", ...more] = headlineOf(error, bounds).split("\n");
  const details = [...more, ...placeOf(error), ...detailsOf(error, bounds, 0)];
  return { headline, details };
}

/** Name and message in one line: `TypeError: x is not a function`. */
export function errorLine(error: Error): string {
  return excerpt(titleOf(error).split("\n", 1)[0] ?? "");
}

/** On a terminal, more than this of a message is not read. */
const MAX_TITLE = 2000;

function headlineOf(error: Error, { characters }: Bounds): string {
  const title = titleOf(error);
  const most = Math.max(MAX_TITLE, characters);
  return escapeText(
    title.length > most ? `${title.slice(0, most).toWellFormed()} …` : title,
  );
}

function titleOf(error: Error): string {
  const message = withoutColor(error.message);
  return message === "" ? error.name : `${error.name}: ${message}`;
}

function detailsOf(error: Error, bounds: Bounds, depth: number): string[] {
  const lines: string[] = [];
  const fields = fieldsOf(error);
  if (Object.keys(fields).length > 0) lines.push(inspectValue(fields, bounds));
  if (error instanceof AggregateError) {
    for (const thrown of error.errors.slice(0, MAX_MEMBERS)) {
      const isError = thrown instanceof Error;
      lines.push(
        `- ${
          isError ? headlineOf(thrown, bounds) : inspectValue(thrown, bounds)
        }`,
      );
    }
    const hidden = error.errors.length - MAX_MEMBERS;
    if (hidden > 0) lines.push(`… ${hidden} more errors`);
  }
  const { cause } = error;
  if (cause === undefined || depth === MAX_CAUSE_DEPTH) return lines;
  if (!(cause instanceof Error)) {
    return [...lines, `cause: ${inspectValue(cause, bounds)}`];
  }
  if (!error.message.includes(cause.message)) {
    lines.push(`cause: ${headlineOf(cause, bounds)}`);
  }
  return [...lines, ...detailsOf(cause, bounds, depth + 1)];
}

/** The fields that were set on the error; the messages of our own classes have theirs. */
export function fieldsOf(error: Error): Record<string, unknown> {
  if (error instanceof LoopLostError || error instanceof TimeoutError) {
    return {};
  }
  const own = Object.entries(error).filter(([key]) =>
    !["name", "message", "stack", "cause", "errors"].includes(key)
  );
  return Object.fromEntries(own);
}

/**
 * The innermost frame of the task in code that is neither ours nor the
 * runtime's. The frames below the task's are of where it was submitted.
 */
function placeOf(error: Error): string[] {
  const [ofTask = ""] = (error.stack ?? "").split("\n  submitted as task ", 1);
  const frame = ofTask.split("\n").map((line) => line.trim())
    .find((line) =>
      /^at .*\b(file|https?|data|blob):/.test(line) &&
      !line.includes(OUR_SOURCE) && !line.includes(OUR_ENTRY)
    );
  return frame === undefined ? [] : [excerpt(frame)];
}
