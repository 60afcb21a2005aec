/** What a command answers with, and how a reply is written. */
import { escapeJson, escapeText } from "../../escape.ts";
import type { Outcome } from "../../task.ts";
import {
  columnOf,
  type Line,
  LineError,
  lineOf,
  type Span,
} from "../language/line.ts";
import {
  excerpt,
  PAINT,
  paint,
  type Style,
  withoutColor,
} from "../text/style.ts";
import type { Json } from "./json_value.ts";

/** An object of JSON; a field that is undefined is left out. */
export type JsonObject = { readonly [key: string]: Json | undefined };

/** An answer of a command, or a notice. It is data, and prints nothing. */
export interface Reply {
  /** For a person, without the last newline; undefined if there is nothing to show. */
  readonly text: (style: Style) => string | undefined;
  /** For a program: each object is one line, and has a `type`. */
  readonly json: () => JsonObject | readonly JsonObject[];
  /**
   * For a file or a pipe, in place of the text.
   *
   * @throws {Error} The data would be too large.
   */
  readonly data?: () => string;
  /** How the task that it is about has ended, if that is what it shows. */
  readonly outcome?: Outcome;
  /**
   * What the reply is when it is not an answer. A script writes an `"aside"`
   * and an `"error"` to stderr; a `"quit"` ends the session.
   */
  readonly kind?: "notice" | "aside" | "error" | "quit" | undefined;
  readonly place?: Place | undefined;
  /** Bytes to write as they are, in place of the text. */
  readonly raw?: Uint8Array | undefined;
}

export interface Place {
  readonly line: Line;
  readonly span: Span;
}

export type Format = Style | "json";

export function render(reply: Reply, format: Format): string {
  if (format === "json") {
    return [reply.json()].flat().map((object) => `${stringify(object)}\n`)
      .join("");
  }
  const text = reply.text(format);
  return text === undefined ? "" : `${text}\n`;
}

function stringify(object: JsonObject): string {
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

const MAX_MESSAGE_LENGTH = 5000;

/** Something worth knowing that is no failure. */
export function notice(
  message: string,
  kind: "notice" | "aside" = "notice",
): Reply {
  return {
    text: (style) => paint(excerpt(message, MAX_MESSAGE_LENGTH), "dim", style),
    json: () => ({ type: "notice", message }),
    kind,
  };
}

/** A line was wrong, or what it asks for can't be done. */
export function errorReply(error: unknown, line: Line): Reply {
  const { name, message } = error instanceof Error
    ? error
    : new Error(String(error));
  const span = error instanceof LineError ? error.span : {
    start: Math.max(0, line.text.search(/\S/)),
    end: line.text.length,
  };
  const number = lineOf(line, span);
  const column = columnOf(line.text, span);
  const file = line.file === undefined ? "" : `${excerpt(line.file)}, `;
  return {
    text: (style) => {
      const text = escapeText(
        withoutColor(message.slice(0, MAX_MESSAGE_LENGTH).toWellFormed()),
      ).replaceAll("\n", "\n  ");
      const where = number === undefined
        ? ""
        : `${file}line ${number}, column ${column}: `;
      return `${where}${paint("error", "red", style)}: ${text}`;
    },
    json: () => ({
      type: "error",
      name: error instanceof LineError ? "CommandError" : name,
      message,
      file: line.file,
      line: number,
      column,
    }),
    kind: "error",
    place: { line, span },
  };
}

/** The reply with JSON for its text. */
export function asJson(reply: Reply): Reply {
  const text = (): string => render(reply, "json").trimEnd();
  return { ...reply, text, data: () => render(reply, "json"), raw: undefined };
}

/** What the reply is in a file or a pipe; `text`: for somebody who reads there. */
export function bytesOf(reply: Reply, text = false): Uint8Array {
  if (reply.raw !== undefined) return reply.raw;
  const style = { width: Infinity, color: false, now: Date.now() };
  const data = !text && reply.data?.();
  return ENCODER.encode(data || harmless(render(reply, style)));
}

export interface Writer {
  writeSync(bytes: Uint8Array): number;
}

const ENCODER = new TextEncoder();

/** Between two attempts while the reader's pipe is full. */
const FULL_PIPE_RETRY_MS = 5;

/** The text with the characters escaped that a terminal would act on, except our own paint. */
export function harmless(text: string): string {
  return text.split(PAINT)
    .map((part, at) => at % 2 === 0 ? escapeText(part) : part).join("");
}

/** Writes text whole. After the first failure, it writes nothing more. */
export class Output {
  readonly #writer: Writer;
  readonly #onClosed: (cause: unknown) => void;
  /** Writing has failed. */
  closed = false;

  /** `onClosed` gets the error: a `BrokenPipe` if the reader has gone. */
  constructor(writer: Writer, onClosed: (cause: unknown) => void = () => {}) {
    this.#writer = writer;
    this.#onClosed = onClosed;
  }

  /**
   * Writes all of the data before it returns: bytes as they are, and a text made
   * {@linkcode harmless}.
   */
  write(data: string | Uint8Array): void {
    if (typeof data !== "string") return this.#writeAll(data);
    this.control(harmless(data));
  }

  /** Writes what is meant to act on the terminal. */
  control(sequence: string): void {
    this.#writeAll(ENCODER.encode(sequence));
  }

  #writeAll(bytes: Uint8Array): void {
    let rest = bytes;
    while (rest.length > 0 && !this.closed) {
      try {
        rest = rest.subarray(this.#writer.writeSync(rest));
      } catch (error) {
        if (error instanceof Deno.errors.WouldBlock) {
          const never = new Int32Array(new SharedArrayBuffer(4));
          Atomics.wait(never, 0, 0, FULL_PIPE_RETRY_MS);
          continue;
        }
        this.closed = true;
        this.#onClosed(error);
      }
    }
  }
}
