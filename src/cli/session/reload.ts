/** Loads modules again that have changed. */
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { delay } from "@std/async/delay";
import { moduleReply, staysReply, whyNotLoaded } from "../render/module.ts";
import { notice, type Reply } from "../render/reply.ts";
import type { Session } from "./session.ts";
import { isChanged, type TaskModuleInUse } from "./task_modules.ts";

/** Loads a module again; the reply tells what came of it. */
export async function reload(
  module: TaskModuleInUse,
  session: Session,
  signal?: AbortSignal,
): Promise<Reply> {
  const { modules, loop } = session;
  try {
    return moduleReply(await modules.use(module.url, loop, signal), module);
  } catch (error) {
    if (signal?.aborted) throw error;
    return staysReply(module.label, session.withHint(whyNotLoaded(error)));
  }
}

/** How long an editor may take to write what belongs together. */
const SETTLE_MS = 100;

/**
 * Loads a module again whenever one of its files changes, until the session
 * stops watching.
 *
 * @throws {Deno.errors.NotCapable} The files may not be read.
 */
export function watchModule(url: string, session: Session): void {
  if (session.watchers.has(url)) return;
  watch(url, session);
  void follow(url, session);
}

/** Watches the folders, since many an editor replaces the file. */
function watch(url: string, { modules, watchers }: Session): void {
  const files = modules.get(url)!.files.keys();
  const folders = new Set(files.map((file) => dirname(fileURLToPath(file))));
  const watcher = Deno.watchFs([...folders], { recursive: false });
  watchers.set(url, watcher);
}

async function follow(url: string, session: Session): Promise<void> {
  const { modules, watchers } = session;
  for (let watcher; (watcher = watchers.get(url));) {
    // It may have changed between its load and the watch.
    if (!isChanged(modules.get(url)!)) {
      for await (const _ of watcher) {
        await delay(SETTLE_MS);
        if (isChanged(modules.get(url)!)) break;
      }
    } else watcher.close();
    if (!watchers.has(url)) return;
    try {
      // Before the load, so that no change is missed.
      watch(url, session);
      session.tell(await reload(modules.get(url)!, session));
    } catch (error) {
      watchers.delete(url);
      session.tell(notice(`${url} is not watched any more: ${error}`, "aside"));
    }
  }
}
