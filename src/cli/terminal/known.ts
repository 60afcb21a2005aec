/** The names that exist now, for Tab. */
import type { TaskHandle } from "../../../mod.ts";
import { COMMANDS } from "../commands/execute.ts";
import { formatId } from "../language/ids.ts";
import type { Known } from "../language/spec.ts";
import { shownState } from "../render/status.ts";
import { taskName } from "../render/task.ts";
import type { Session } from "../session/session.ts";
import { counted, formatDuration } from "../text/amounts.ts";

export function knownOf(session: Session): Known {
  const called = new Map<string, TaskHandle[]>();
  for (const handle of session.loop.list()) {
    const { id, name, group } = handle;
    for (const text of new Set([formatId(id).slice(1), name, group])) {
      if (text === undefined) continue;
      const others = called.get(text);
      if (others === undefined) called.set(text, [handle]);
      else others.push(handle);
    }
  }
  return {
    commands: COMMANDS,
    tasks: session.modules.names(),
    ids: Array.from(called, ([text, handles]) => ({
      text,
      about: () => aboutTasks(handles, session),
      states: handles.map(({ state }) => state),
    })),
    paths: entriesAt,
  };
}

function aboutTasks(
  [handle, ...others]: readonly TaskHandle[],
  session: Session,
): string {
  if (others.length > 0) return counted(others.length + 1, "task");
  const task = handle!.snapshot();
  const state = shownState({ task, outcome: session.outcomeOf(handle!) });
  const elapsed = state === "queued" ? "" : formatDuration(task.elapsedMs);
  return `${taskName(task, Infinity)}  ${state} ${elapsed}`.trimEnd();
}

/** The entries of the folder that a path is in, under that folder's path. */
function entriesAt(typed: string): string[] {
  const folder = typed.slice(0, typed.lastIndexOf("/") + 1);
  try {
    return Array.from(
      Deno.readDirSync(folder === "" ? "." : folder),
      ({ name, isDirectory }) => `${folder}${name}${isDirectory ? "/" : ""}`,
    ).sort();
  } catch {
    return [];
  }
}
