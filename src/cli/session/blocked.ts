/** Whether something in the loop computes without yielding. */
import type { TaskHandle } from "../../../mod.ts";
import type { TaskSnapshot } from "../../task.ts";
import type { Reply } from "../render/reply.ts";
import { taskTitle } from "../render/task.ts";
import { paint, withRest } from "../text/style.ts";
import { displayWidth, wrap } from "../text/width.ts";
import { formatBlocked } from "../text/amounts.ts";
import type { Session } from "./session.ts";

export interface BlockedLoop {
  readonly blockedMs: number;
  /** The task that started last, which may be what blocks the loop. */
  readonly lastStarted: TaskHandle | undefined;
}

export function blockedLoop({ loop }: Session): BlockedLoop | undefined {
  const { state, blockedMs, lastStarted } = loop.health();
  if (state !== "blocked") return undefined;
  return {
    blockedMs,
    lastStarted: lastStarted === undefined ? undefined : loop.get(lastStarted),
  };
}

/** How long the loop has been blocked, and what can be done. */
export function blockedReply(
  blockedMs: number,
  lastStarted: TaskSnapshot | undefined,
  kind?: "aside",
): Reply {
  return {
    text: (style) => {
      const suspect = lastStarted
        ? `, last started: ${taskTitle(lastStarted, style.width / 2)}`
        : "";
      const headline = `loop blocked ${formatBlocked(blockedMs)}${suspect}`;
      const id = lastStarted?.id ?? "ID";
      const advice = kind === "aside"
        ? `nothing in it goes on till that yields; "kill ${id}" or Ctrl-C ` +
          "ends it, and --timeout does at submit"
        : `nothing in it goes on till that yields, or "kill ${id}"`;
      const lines = wrap(`${headline}; `, style.width);
      const painted = lines.map((line) => paint(line, "red", style)).join("\n");
      return withRest(painted, displayWidth(lines.at(-1)!), advice, style);
    },
    json: () => ({
      type: "blocked",
      blockedMs: Math.round(blockedMs),
      lastStarted: lastStarted?.id ?? null,
    }),
    kind,
  };
}
