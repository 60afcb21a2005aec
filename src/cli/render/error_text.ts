/**
 * Errors as people read them: name, message, fields, causes, and where in the
 * user's own code, without a trace of ours.
 *
 * @module
 */
import { LoopLostError, TimeoutError } from "../../../mod.ts";
import { escapeText, excerpt, withoutColor } from "../text/escape.ts";
import { type Extent, inspectValue } from "./value_text.ts";

/** What is said about an error: a line, and more lines below it. */
export interface ErrorText {
  readonly headline: string;
  /** Causes, fields, members, the place; each one line or more. */
  readonly details: readonly string[];
}

const OUR_SOURCE = new URL("../../", import.meta.url).href;
const OUR_ENTRY = new URL("../../../cli.ts", import.meta.url).href;

const MOST_MEMBERS = 10;
const DEEPEST_CAUSE = 8;

/** Says an error in full, within bounds. */
export function errorText(error: Error, extent: Extent): ErrorText {
  const [headline = "", ...more] = headlineOf(error).split("\n");
  const place = placeOf(error);
  return {
    headline,
    details: [
      ...more,
      ...place === undefined ? [] : [place],
      ...detailsOf(error, extent, 0),
    ],
  };
}

/** Name and message in one line: `TypeError: x is not a function`. */
export function errorLine(error: Error): string {
  return excerpt(titleOf(error).split("\n", 1)[0] ?? "");
}

function headlineOf(error: Error): string {
  const title = titleOf(error);
  return escapeText(
    title.length > 2000 ? `${title.slice(0, 2000).toWellFormed()} …` : title,
  );
}

function titleOf(error: Error): string {
  const message = withoutColor(error.message);
  return message === "" ? error.name : `${error.name}: ${message}`;
}

function detailsOf(error: Error, extent: Extent, depth: number): string[] {
  const lines: string[] = [];
  const fields = fieldsOf(error);
  if (Object.keys(fields).length > 0) lines.push(inspectValue(fields, extent));
  if (error instanceof AggregateError) {
    for (const member of error.errors.slice(0, MOST_MEMBERS)) {
      lines.push(`- ${thrownLine(member, extent)}`);
    }
    const hidden = error.errors.length - MOST_MEMBERS;
    if (hidden > 0) lines.push(`… ${hidden} more errors`);
  }
  const { cause } = error;
  if (cause === undefined || depth === DEEPEST_CAUSE) return lines;
  if (!(cause instanceof Error)) {
    lines.push(`cause: ${inspectValue(cause, extent)}`);
    return lines;
  }
  if (!error.message.includes(cause.message)) {
    lines.push(`cause: ${headlineOf(cause)}`);
  }
  lines.push(...detailsOf(cause, extent, depth + 1));
  return lines;
}

function thrownLine(thrown: unknown, extent: Extent): string {
  return thrown instanceof Error
    ? headlineOf(thrown)
    : inspectValue(thrown, extent);
}

/** The fields that someone set on the error; our own classes say theirs. */
function fieldsOf(error: Error): Record<string, unknown> {
  if (error instanceof LoopLostError || error instanceof TimeoutError) {
    return {};
  }
  const own = Object.entries(error).filter(([key]) =>
    !["name", "message", "stack", "cause", "errors"].includes(key)
  );
  return Object.fromEntries(own);
}

/**
 * The innermost frame of the task's in code that is neither ours nor the
 * runtime's. Below its frames the stack tells where it was submitted.
 */
function placeOf(error: Error): string | undefined {
  const [ofTask = ""] = (error.stack ?? "").split("\n  submitted as task ", 1);
  const frame = ofTask.split("\n").map((line) => line.trim())
    .find((line) =>
      /^at .*\b(file|https?|data|blob):/.test(line) &&
      !line.includes(OUR_SOURCE) && !line.includes(OUR_ENTRY)
    );
  return frame === undefined ? undefined : excerpt(frame);
}
