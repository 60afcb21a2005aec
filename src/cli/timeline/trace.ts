/** A timeline as a trace for Perfetto: the Trace Event Format, as JSON. */
import type { Json } from "../render/json_value.ts";
import { taskTitle } from "../render/task.ts";
import type { Timeline } from "./layout.ts";

/**
 * Asynchronous events, which may overlap: the parts of a task lie inside of the
 * task's own event. A group is shown as a process, a slot as a thread of it.
 */
type TraceEvent = {
  readonly ph: "b" | "e" | "M";
  readonly name: string;
  readonly pid: number;
  readonly tid?: number;
  readonly cat?: "task";
  readonly id?: string;
  /** Microseconds since the timeline's begin. */
  readonly ts?: number;
  readonly args?: { readonly [key: string]: Json };
};

const TITLE_COLUMNS = 120;

export function traceEvents({ from, sections }: Timeline): TraceEvent[] {
  const at = (ms: number): number => Math.round((ms - from) * 1000);
  return sections.flatMap(({ name, tasks }, n): TraceEvent[] => {
    const pid = n + 1;
    return [
      { ph: "M", name: "process_name", pid, args: { name: name || "tasks" } },
      ...tasks.flatMap(({ task, slot, parts }) => {
        const own = {
          pid,
          tid: slot + 1,
          cat: "task",
          id: `${task.id}`,
        } as const;
        const title = taskTitle(task, TITLE_COLUMNS);
        const { state, parent = null, attempt, priority } = task;
        const args = { state, parent, attempt, priority };
        return [
          {
            ph: "b",
            name: title,
            ...own,
            ts: at(parts[0].from),
            args,
          } as const,
          ...parts.flatMap(({ phase, from, to }) => [
            { ph: "b", name: phase, ...own, ts: at(from) } as const,
            { ph: "e", name: phase, ...own, ts: at(to) } as const,
          ]),
          { ph: "e", name: title, ...own, ts: at(parts.at(-1)!.to) } as const,
        ];
      }),
    ];
  });
}

export function traceText(timeline: Timeline): string {
  const lines = traceEvents(timeline).map((event) => JSON.stringify(event));
  return `{"displayTimeUnit":"ms","traceEvents":[\n${lines.join(",\n")}\n]}\n`;
}
