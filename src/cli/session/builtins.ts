/**
 * The tasks that the prompt has by itself, as data: a new one is an entry here
 * and a function in `builtin_tasks.ts`.
 *
 * @module
 */
import type { CommandSpec } from "../language/spec.ts";

/** The module of the built-in tasks. */
export const BUILTIN_MODULE =
  new URL("./builtin_tasks.ts", import.meta.url).href;

/** What the module goes by where a task's name alone is ambiguous. */
export const BUILTIN_LABEL = "builtin";

/** Every built-in task: its name is that of the export. */
export const BUILTIN_TASKS = [
  {
    name: "sleep",
    summary: "sleeps, then returns VALUE",
    positionals: [
      { key: "seconds", label: "SECONDS", kind: "duration" },
      { key: "value", label: "VALUE", kind: "value", optional: true },
    ],
    options: [],
  },
  {
    name: "fetch",
    summary: "gets a page: its status, type, size in bytes, and body",
    positionals: [{ key: "url", label: "URL", kind: "url" }],
    options: [],
  },
] as const satisfies readonly CommandSpec[];
