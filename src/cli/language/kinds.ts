/** The kinds of argument that several commands take. */
import { didYouMean } from "../text/nearest.ts";
import { parseDuration, parseTime } from "../text/amounts.ts";
import { FILTERS, type IdItem, parseId, parseIds, parseName } from "./ids.ts";
import type { Word } from "./lexer.ts";
import { LineError } from "./line.ts";
import { ENDED, type Kind } from "./spec.ts";

export interface Value extends Word {
  /** JSON if the text parses as JSON, else the text. */
  readonly value: unknown;
}

/** An option that takes no value: it is given, or it is not. */
export const FLAG: Kind<true> = { parse: () => true };

/** What to run: a built-in, or an export of a loaded module. */
export const TASK: Kind<Word> = {
  label: "TASK",
  parse: (word) => word,
  candidates: ({ tasks }) => tasks,
};

export const VALUE: Kind<Value> = {
  label: "VALUE",
  parse: (word) => ({ ...word, value: jsonOrText(word.text) }),
};

export const IDS: Kind<readonly IdItem[]> = {
  label: "IDS",
  parse: parseIds,
  candidates: ({ ids }) => {
    const states = new Set<string>(ids.flatMap(({ states }) => states));
    if (ENDED.some((state) => states.has(state))) states.add("done");
    return [...ids, "all", ...FILTERS.filter((word) => states.has(word))];
  },
};

export const ID: Kind<IdItem> = {
  label: "ID",
  parse: parseId,
  candidates: ({ ids }) => ids,
};

export const TEXT: Kind<string> = {
  label: "TEXT",
  parse: ({ text }) => text,
};

/** A name for a task or a group, which then serves as IDS. */
export const NAME: Kind<string> = { label: "NAME", parse: parseName };

export const DURATION: Kind<number> = reading(
  "D",
  parseDuration,
  "is not a duration; durations are 500ms, 3s, 2m, 1h, or seconds",
);

/** Milliseconds; null for `none`. */
export const LIMIT: Kind<number | null> = orNone(
  null,
  "D",
  parseDuration,
  "is not a duration; durations are 500ms, 3s, 2m, 1h, seconds, or none",
);

/** Milliseconds since the epoch; null for `none`. */
export const TIME: Kind<number | null> = orNone(
  null,
  "TIME",
  parseTime,
  "is not a time; times are 14:30, 2031-05-01T14:30, a duration from now " +
    "such as 90s, or none",
);

export const INTEGER: Kind<number> = reading(
  "N",
  (text) => /^[+-]?\d{1,15}$/.test(text) ? Number(text) : undefined,
  "is not a whole number",
);

/** A whole number from 1. */
export const COUNT: Kind<number> = reading(
  "N",
  positiveInteger,
  "is not a whole number from 1",
);

/** A whole number from 1; Infinity for `none`. */
export const BOUND: Kind<number> = orNone(
  Infinity,
  "N",
  positiveInteger,
  "is not a whole number from 1, nor none",
);

/** A kind of words that `parse` can read; `fault` says what others are not. */
function reading<T>(
  label: string,
  parse: (text: string, now: number) => T | undefined,
  fault: string,
): Kind<T> {
  return {
    label,
    parse: (word, now) => parse(word.text, now) ?? fail(word, fault),
  };
}

/** Like {@linkcode reading}; the word `none` is `none`. */
function orNone<T, N>(
  none: N,
  ...how: Parameters<typeof reading<T>>
): Kind<T | N> {
  const kind = reading(...how);
  return {
    ...kind,
    parse: (word, now) => word.text === "none" ? none : kind.parse(word, now),
    candidates: () => ["none"],
  };
}

export function either<A extends string, B extends string>(
  label: string,
  a: A,
  b: B,
): Kind<A | B> {
  const words = [a, b];
  return {
    label,
    parse: (word) =>
      words.find((one) => one === word.text) ?? fail(
        word,
        `is neither ${words.join(" nor ")}${didYouMean(word.text, words)}`,
      ),
    candidates: () => words,
  };
}

export function positiveInteger(text: string): number | undefined {
  return /^\d{1,15}$/.test(text) && Number(text) > 0 ? Number(text) : undefined;
}

export function fail(word: Word, message: string): never {
  throw new LineError(`"${word.text}" ${message}`, word);
}

function jsonOrText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
