/** The built-in tasks as data: what each takes, and its help. */
import { COUNT, DURATION, fail, FLAG, TEXT, VALUE } from "../language/kinds.ts";
import type { Word } from "../language/lexer.ts";
import type { Described, Kind } from "../language/spec.ts";

export const BUILTIN_MODULE: string =
  new URL("./builtin_tasks.ts", import.meta.url).href;

/** What the module goes by where a task's name alone is ambiguous. */
export const BUILTIN_LABEL = "builtin";

const SECONDS: Kind<number> = {
  label: "SECONDS",
  parse: (word, now) => DURATION.parse(word, now) / 1000,
};

const JSON_OR_TEXT: Kind = {
  label: "VALUE",
  parse: (word, now) => VALUE.parse(word, now).value,
};

/** Without a scheme, a host is one of HTTP, as for curl. */
const URL_TEXT: Kind<string> = {
  label: "URL",
  parse: (word) => {
    const { text } = word;
    const url =
      /^(localhost|\[[\da-f:.]+\]|[^/?#:]*\.[^/?#:]*)(:\d+)?([/?#]|$)/i.test(
          text,
        )
        ? `http://${text}`
        : text;
    if (/^([a-z]+:\/\/|data:)/i.test(url) && URL.canParse(url)) return url;
    return fail(word, "is not a URL, such as http://127.0.0.1:8000/");
  },
};

const METHOD: Kind<string> = {
  label: "METHOD",
  parse: (word) =>
    /^[a-z]+$/i.test(word.text)
      ? word.text.toUpperCase()
      : fail(word, "is not a method, such as PUT"),
};

const HEADER: Kind<string> = {
  label: "'NAME: VALUE'",
  parse: (word) => {
    const colon = word.text.indexOf(":");
    try {
      new Headers([[word.text.slice(0, colon), word.text.slice(colon + 1)]]);
      if (colon > 0) return word.text;
    } catch {
      // It has a character that no header can have.
    }
    return fail(word, "is not a header, such as 'Accept: text/html'");
  },
};

const COMMAND: Kind<string> = {
  label: "COMMAND",
  parse: (word) =>
    word.text.startsWith("-") && !word.quoted
      ? fail(word, "is not a program; the options of submit come before exec")
      : word.text,
};

/** Each is named as the export of the module, and so are its arguments. */
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
    summary: "makes a request: status, type, size in bytes, and body",
    args: { url: { kind: URL_TEXT } },
    options: {
      method: { kind: METHOD, short: "X", help: "GET, or POST with --data" },
      header: { kind: HEADER, short: "H", many: true, help: "once for each" },
      data: {
        kind: TEXT,
        short: "d",
        help: "the body; @FILE is what a file contains",
      },
      noFail: { kind: FLAG, help: "a status of 400 or more is no failure" },
      output: {
        kind: TEXT,
        label: "FILE",
        short: "o",
        help: "write the body to FILE, whole or not at all",
      },
      maxBytes: { kind: COUNT, help: "fail if the body is larger" },
    },
    details:
      `A status of 400 or more fails the task. Its HttpError has the status and the
beginning of the body. "submit --retry" then tries again what curl does: 408,
429, 500, 502, 503 and 504, and heeds the Retry-After of the answer.`,
    examples: [
      "submit fetch 127.0.0.1:8000/ --retry 3 --timeout 30s",
      "submit fetch 127.0.0.1:8000/ -X PUT -H 'Accept: */*' -d '{\"n\": 1}'",
    ],
  },
  {
    name: "exec",
    summary: "runs a program: its stdout, once it has ended with code 0",
    args: {
      command: { kind: COMMAND },
      args: { kind: TEXT, label: "ARGS", optional: true, many: true },
    },
    options: {},
    literal: true,
    details:
      `All that follows exec is the program's; the options of submit come before it.
The log has what the program writes. Cancel sends SIGTERM to its process group
and, at the end of the grace, SIGKILL. What it leaves behind in its group ends
with it. It needs --allow-run, and a POSIX system.`,
    examples: ["submit --timeout 5s exec sleep 100"],
  },
];

/** The built-in task that a word names. */
export function builtinNamed({ text }: Word): Described | undefined {
  return BUILTIN_TASKS.find(({ name }) =>
    text === name || text === `${BUILTIN_LABEL}.${name}`
  );
}
