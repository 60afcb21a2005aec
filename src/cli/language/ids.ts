/**
 * IDS, which select tasks: `3`, `#3`, `1-4`, `1,3`, `3.1`, a name, `na*`, `all`,
 * a {@linkcode Filter}.
 */
import type { TaskId } from "../../task.ts";
import { LineError, type Span } from "./line.ts";
import type { Word } from "./lexer.ts";

export const IDS_HINT = "ids are 3, #3, 1-4, 1,3, all, failed, a name, or na*";

/** Words for tasks in a state; `failed` are those that hit a limit, too. */
export const FILTERS = [
  "queued",
  "running",
  "done",
  "succeeded",
  "failed",
  "cancelled",
] as const;

export type Filter = typeof FILTERS[number];

/** A part of IDS, with its place. */
export type IdItem =
  & Span
  & (
    | { readonly kind: "all" }
    | { readonly kind: "one"; readonly id: TaskId }
    | { readonly kind: "range"; readonly from: number; readonly to: number }
    | { readonly kind: "name"; readonly name: string }
    | { readonly kind: "prefix"; readonly prefix: string }
    | { readonly kind: "filter"; readonly filter: Filter }
  );

/**
 * The tasks that a word selects, in the order of the word.
 *
 * @throws {LineError} If a part is no id, range or name.
 */
export function parseIds(word: Word): IdItem[] {
  const items: IdItem[] = [];
  let start = word.start;
  for (const part of word.text.split(",")) {
    const place = word.quoted || part === ""
      ? { start: word.start, end: word.end }
      : { start, end: start + part.length };
    items.push(parseItem(part, place));
    start += part.length + 1;
  }
  return items;
}

/**
 * The one task that a word selects.
 *
 * @throws {LineError} If the word may mean several.
 */
export function parseId(word: Word): IdItem {
  const [item, ...more] = parseIds(word);
  if (more.length === 0 && (item?.kind === "one" || item?.kind === "name")) {
    return item;
  }
  throw new LineError(`"${word.text}" is not one task`, word);
}

/**
 * A name that IDS can select by.
 *
 * @throws {LineError} The word would select other tasks, or none.
 */
export function parseName(word: Word): string {
  const { text } = word;
  if (text.trim() === "") throw new LineError("a name is missing", word);
  const kind = text.includes(",") ? "list" : parseIds(word)[0]!.kind;
  if (kind === "name") return text;
  throw new LineError(`"${text}" can't be a name: ${MEANINGS[kind]}`, word);
}

const MEANINGS: { readonly [K in IdItem["kind"] | "list"]?: string } = {
  all: "as IDS it means every task",
  one: "as IDS it is an id",
  range: "as IDS it is a range of ids",
  list: "as IDS it means several tasks",
  prefix: "as IDS its * stands for any text",
  filter: "as IDS it means the tasks in this state",
};

/** An id as it is shown: `#3`, `#3.1`. */
export function formatId(id: TaskId): string {
  return `#${id}`;
}

function parseItem(text: string, place: Span): IdItem {
  if (text === "all") return { kind: "all", ...place };
  const filter = FILTERS.find((word) => word === text);
  if (filter !== undefined) return { kind: "filter", filter, ...place };
  const range = /^#?(\d+)-#?(\d+)$/.exec(text);
  if (range !== null) {
    const [from, to] = [Number(range[1]), Number(range[2])];
    if (from <= to) return { kind: "range", from, to, ...place };
    throw new LineError(`the range ${text} runs backwards`, place);
  }
  if (/^#?\d+(\.\d+)*$/.test(text)) {
    const digits = text.replace("#", "");
    const id = digits.includes(".") ? digits as TaskId : Number(digits);
    return { kind: "one", id, ...place };
  }
  if (text === "") throw new LineError(`an id is missing; ${IDS_HINT}`, place);
  if (text.endsWith("*")) {
    return { kind: "prefix", prefix: text.slice(0, -1), ...place };
  }
  return { kind: "name", name: text, ...place };
}
