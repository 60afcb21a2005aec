/** `use`: loads a module of tasks. */
import { pathToFileURL } from "node:url";
import type { Word } from "../language/lexer.ts";
import { LineError } from "../language/line.ts";
import type { Kind } from "../language/spec.ts";
import { FLAG } from "../language/kinds.ts";
import { moduleReply, whyNotLoaded } from "../render/module.ts";
import { watchModule } from "../session/reload.ts";
import type { Session } from "../session/session.ts";
import type { TaskModuleInUse } from "../session/task_modules.ts";
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
  options: {
    watch: { kind: FLAG, help: "load it again whenever a file of it changes" },
  },
  details: `A path, or a URL: file:, http:, https:, jsr:, npm:.
"use" of a local file that is in use loads it and the local files that it
imports again. Tasks that were submitted keep the old version. A file that has
changed is loaded again at the next "submit", too.`,
  examples: ["use ./tasks.ts", "use ./tasks.ts --watch"],
  async *run({ args: { module }, options }, { session, signal }) {
    const url = moduleUrl(module.text);
    if (options.watch && !url.startsWith("file:")) {
      throw new LineError("--watch needs a local file", module);
    }
    const before = session.modules.get(url);
    const loaded = await useModule(module, session, signal);
    if (options.watch) watchModule(url, session);
    yield moduleReply(loaded, before);
  },
});

/** @throws {LineError} The module can't be loaded. */
export async function useModule(
  module: Word,
  session: Session,
  signal: AbortSignal,
): Promise<TaskModuleInUse> {
  try {
    return await session.modules.use(
      moduleUrl(module.text),
      session.loop,
      signal,
    );
  } catch (error) {
    if (signal.aborted) throw error;
    const why = session.withHint(whyNotLoaded(error));
    throw new LineError(`can't load ${module.text}: ${why}`, module);
  }
}

/** The absolute URL of a module, given as a path or a URL. */
function moduleUrl(text: string): string {
  // A letter alone before the colon is a Windows drive.
  return /^[a-z][a-z\d+.-]+:/i.test(text) ? text : pathToFileURL(text).href;
}
