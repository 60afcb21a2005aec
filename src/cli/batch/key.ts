/** What an input is known by, from one run of a batch to the next. */
import { createHash } from "node:crypto";
import { asText } from "./arguments.ts";

/** A longer text is known by its hash. */
const MAX_LENGTH = 200;

/**
 * The key of an input: its text, its hash where that is long or has several
 * lines, or the text of one of its fields.
 *
 * @throws {TypeError} It has no such field.
 */
export function keyOf(input: unknown, field?: string): string {
  const text = asText(field === undefined ? input : fieldOf(input, field));
  if (text.length <= MAX_LENGTH && !/[\r\n]/.test(text)) return text;
  return `sha256:${createHash("sha256").update(text).digest("hex")}`;
}

function fieldOf(input: unknown, field: string): unknown {
  const value = Object(input)[field];
  if (value !== undefined) return value;
  throw new TypeError(`the input ${asText(input)} has no field ${field}`);
}
