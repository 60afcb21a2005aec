/**
 * The tasks that the prompt has by itself, as data: a new one is an entry here
 * and a function in `builtin_tasks.ts`.
 */
import { DURATION, fail, VALUE } from "../language/kinds.ts";
import type { Described, Kind } from "../language/spec.ts";

/** The module of the built-in tasks. */
export const BUILTIN_MODULE: string =
  new URL("./builtin_tasks.ts", import.meta.url).href;

/** What the module goes by where a task's name alone is ambiguous. */
export const BUILTIN_LABEL = "builtin";

const SECONDS: Kind<number> = {
  label: "SECONDS",
  parse: (word, now) => DURATION.parse(word, now) / 1000,
};

const URL_TEXT: Kind<string> = {
  label: "URL",
  parse: (word) =>
    URL.canParse(word.text)
      ? word.text
      : fail(word, "is not a URL, such as http://127.0.0.1:8000/"),
};

const JSON_OR_TEXT: Kind = {
  label: "VALUE",
  parse: (word, now) => VALUE.parse(word, now).value,
};

/** Every built-in task: its name is that of the export, its arguments too. */
export const BUILTIN_TASKS: readonly Described[] = [
  {
    name: "sleep",
    summary: "sleeps, then returns VALUE",
    args: {
      seconds: { kind: SECONDS },
      value: { kind: JSON_OR_TEXT, optional: true },
    },
    options: {},
  },
  {
    name: "fetch",
    summary: "gets a page: its status, type, size in bytes, and body",
    args: { url: { kind: URL_TEXT } },
    options: {},
  },
];
