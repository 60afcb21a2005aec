/** `use`: loads a module of tasks. */
import { pathToFileURL } from "node:url";
import { abortable } from "@std/async/abortable";
import type { Word } from "../language/lexer.ts";
import { LineError } from "../language/line.ts";
import type { Kind } from "../language/spec.ts";
import type { Reply } from "../render/reply.ts";
import type { Session } from "../session/session.ts";
import type { TaskModuleInUse } from "../session/task_modules.ts";
import { excerpt, paint } from "../text/style.ts";
import { command } from "./command.ts";

const MODULE: Kind<Word> = {
  label: "MODULE",
  parse: (word) => word,
  candidates: ({ paths }, typed) => paths(typed),
};

export default command({
  name: "use",
  summary: "load a module of tasks, and list what it exports",
  args: { module: { kind: MODULE } },
  options: {},
  details: "A path, or a URL: file:, http:, https:, jsr:, npm:.",
  examples: ["use ./tasks.ts"],
  async *run({ args: { module } }, { session, signal }) {
    yield moduleReply(await useModule(module, session, signal));
  },
});

/** @throws {LineError} The module can't be loaded, or exports no function. */
export async function useModule(
  module: Word,
  session: Session,
  signal: AbortSignal,
): Promise<TaskModuleInUse> {
  const url = moduleUrl(module.text);
  let exports: string[];
  try {
    exports = await abortable(session.loop.exportsOf(url), signal);
  } catch (error) {
    if (signal.aborted) throw error;
    const why = session.withHint(whyNotLoaded(error));
    throw new LineError(`can't load ${module.text}: ${why}`, module);
  }
  if (exports.length === 0) {
    throw new LineError(`${module.text} exports no function`, module);
  }
  // A module that was in use already keeps its label.
  const { label } = session.modules.add(url, exports);
  return { url, label, exports };
}

export function moduleReply({ url, label, exports }: TaskModuleInUse): Reply {
  return {
    text: (style) => {
      const names = exports.map((name) => paint(excerpt(name), "bold", style));
      return `${excerpt(label)}: ${names.join(", ")}`;
    },
    json: () => ({ type: "module", module: url, name: label, exports }),
  };
}

/** The absolute URL of a module, given as a path or a URL. */
function moduleUrl(text: string): string {
  // A letter alone before the colon is a Windows drive.
  return /^[a-z][a-z\d+.-]+:/i.test(text) ? text : pathToFileURL(text).href;
}

/** What Deno says of a module that it can't load, it throws as a TypeError. */
function whyNotLoaded(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { name, message } = error;
  return /^(Type)?Error$/.test(name) ? message : `${name}: ${message}`;
}
