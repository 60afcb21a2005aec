/**
 * A word → the value of one kind of argument.
 *
 * @module
 */
import { parseDuration } from "../text/duration.ts";
import { parseId, parseIds } from "./ids.ts";
import { LineError } from "./line_error.ts";
import { parseMoment } from "../text/moment.ts";
import { didYouMean } from "../text/nearest.ts";
import type { Kind, KindTypes } from "./spec.ts";
import type { Word } from "./lexer.ts";

/** The kinds of argument that are one word. */
export type WordKind = Exclude<Kind, "source" | "calls" | "flag">;

const FAILURES = ["cancel-rest", "keep-going"] as const;

const PARSERS: {
  readonly [K in WordKind]: (word: Word, now: number) => KindTypes[K];
} = {
  task: (word) => word,
  module: (word) => word,
  command: (word) => word,
  text: (word) => word.text,
  url: (word) =>
    URL.canParse(word.text)
      ? word.text
      : fail(word, "is not a URL, such as http://127.0.0.1:8000/"),
  value: (word) => ({ ...word, value: jsonOrText(word.text) }),
  ids: parseIds,
  id: parseId,
  duration: (word) =>
    parseDuration(word.text) ?? fail(
      word,
      "is not a duration; durations are 500ms, 3s, 2m, 1h, or seconds",
    ),
  limit: (word) =>
    word.text === "none" ? null : parseDuration(word.text) ?? fail(
      word,
      "is not a duration; durations are 500ms, 3s, 2m, 1h, seconds, or none",
    ),
  moment: (word, now) =>
    word.text === "none" ? null : parseMoment(word.text, now) ?? fail(
      word,
      "is not a time; times are 14:30, 2031-05-01T14:30, a duration from " +
        "now such as 90s, or none",
    ),
  count: (word) =>
    positiveInteger(word.text) ?? fail(word, "is not a whole number from 1"),
  bound: (word) =>
    word.text === "none" ? Infinity : positiveInteger(word.text) ??
      fail(word, "is not a whole number from 1, nor none"),
  integer: (word) =>
    /^[+-]?\d{1,15}$/.test(word.text)
      ? Number(word.text)
      : fail(word, "is not a whole number"),
  failure: (word) =>
    FAILURES.find((name) => name === word.text) ?? fail(
      word,
      `is neither ${FAILURES.join(" nor ")}${didYouMean(word.text, FAILURES)}`,
    ),
};

/**
 * Parses a word as an argument of the kind. `now` is the moment, in
 * milliseconds since the epoch, that durations from now count from.
 *
 * @throws {LineError} If the word is none of that kind.
 */
export function parseKind<K extends WordKind>(
  kind: K,
  word: Word,
  now: number,
): KindTypes[K] {
  return PARSERS[kind](word, now);
}

/** A whole number from 1, or undefined. */
export function positiveInteger(text: string): number | undefined {
  return /^\d{1,15}$/.test(text) && Number(text) > 0 ? Number(text) : undefined;
}

function jsonOrText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function fail(word: Word, message: string): never {
  throw new LineError(`"${word.text}" ${message}`, word);
}
