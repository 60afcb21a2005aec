/** When each task waited, ran and ended, laid out by group and slot. */
import type { TaskSnapshot } from "../../task.ts";

/** What a task does in a part of its time; of one that has ended, how. */
export type Phase =
  | "queued"
  | "running"
  | "cancelling"
  | "succeeded"
  | "failed"
  | "cancelled";

export interface Part {
  readonly phase: Phase;
  /** Milliseconds since the epoch, as in the snapshot. */
  readonly from: number;
  readonly to: number;
}

/** A task in its slot. */
export interface Placed {
  readonly task: TaskSnapshot;
  /** From 0. A task that never ran has one of the slots after the others. */
  readonly slot: number;
  /** One after the other; a task that has left the queue at once has no wait. */
  readonly parts: readonly [Part, ...Part[]];
}

/** The tasks of a group, or those without one. */
export interface Section {
  /** Empty for the tasks without a group. */
  readonly name: string;
  /** In the order of their starts; those that never ran come last. */
  readonly tasks: readonly Placed[];
  readonly slots: number;
  /** How many tasks waited from when on. */
  readonly waiting: readonly { readonly at: number; readonly count: number }[];
}

export interface Timeline {
  readonly from: number;
  readonly to: number;
  readonly sections: readonly Section[];
}

/** Lays out the tasks; `now` is when those end that have not ended. */
export function layOut(tasks: readonly TaskSnapshot[], now: number): Timeline {
  let [from, to] = [Infinity, -Infinity];
  for (const task of tasks) {
    from = Math.min(from, task.submittedAt);
    to = Math.max(to, endOf(task, now));
  }
  const groups = Map.groupBy(tasks, ({ group }) => group ?? "");
  return {
    from,
    to,
    sections: Array.from(
      groups,
      ([name, members]) => sectionOf(name, members, now),
    ),
  };
}

function endOf(
  { submittedAt, startedAt, elapsedMs, endedAt }: TaskSnapshot,
  now: number,
): number {
  if (endedAt !== undefined) return endedAt;
  return startedAt === undefined
    ? Math.max(submittedAt, now)
    : startedAt + elapsedMs;
}

/** Tasks that run are in the slots before those that never ran. */
function sectionOf(
  name: string,
  tasks: readonly TaskSnapshot[],
  now: number,
): Section {
  const ran = tasks.filter(({ startedAt }) => startedAt !== undefined);
  const never = tasks.filter(({ startedAt }) => startedAt === undefined);
  const started = slotsOf(ran, ({ startedAt }) => startedAt!, now);
  const waited = slotsOf(never, ({ submittedAt }) => submittedAt, now);
  const place =
    (first: number) =>
    ({ task, slot }: { task: TaskSnapshot; slot: number }): Placed => ({
      task,
      slot: first + slot,
      parts: partsOf(task, now),
    });
  return {
    name,
    tasks: [
      ...started.placed.map(place(0)),
      ...waited.placed.map(place(started.count)),
    ],
    slots: started.count + waited.count,
    waiting: waitingOf(tasks, now),
  };
}

/** Gives each task a slot of its own from its start to its end. */
function slotsOf(
  tasks: readonly TaskSnapshot[],
  startOf: (task: TaskSnapshot) => number,
  now: number,
): { placed: { task: TaskSnapshot; slot: number }[]; count: number } {
  const byStart = tasks.toSorted((a, b) => startOf(a) - startOf(b));
  const byEnd = byStart.toSorted((a, b) => endOf(a, now) - endOf(b, now));
  const slots = new Map<TaskSnapshot, number>();
  const free: number[] = [];
  let [count, ended] = [0, 0];
  const placed = byStart.map((task) => {
    for (; ended < byEnd.length; ended++) {
      const slot = slots.get(byEnd[ended]!);
      if (slot === undefined || endOf(byEnd[ended]!, now) > startOf(task)) {
        break;
      }
      free.push(slot);
    }
    const slot = free.pop() ?? count++;
    slots.set(task, slot);
    return { task, slot };
  });
  return { placed, count };
}

function partsOf(task: TaskSnapshot, now: number): [Part, ...Part[]] {
  const { state, submittedAt, startedAt, stopAskedAt } = task;
  const to = endOf(task, now);
  const done = state !== "queued" && state !== "running";
  if (startedAt === undefined) {
    return [{ phase: done ? state : "queued", from: submittedAt, to }];
  }
  const stopAt = stopAskedAt !== undefined && stopAskedAt < to
    ? Math.max(startedAt, stopAskedAt)
    : undefined;
  const run: Part = {
    phase: done ? state : "running",
    from: startedAt,
    to: stopAt ?? to,
  };
  return [
    ...startedAt > submittedAt
      ? [{ phase: "queued", from: submittedAt, to: startedAt } as const]
      : [],
    run,
    ...stopAt === undefined
      ? []
      : [{ phase: "cancelling", from: stopAt, to } as const],
  ] as [Part, ...Part[]];
}

function waitingOf(
  tasks: readonly TaskSnapshot[],
  now: number,
): { at: number; count: number }[] {
  const changes = tasks.flatMap((task) => [
    { at: task.submittedAt, by: 1 },
    { at: task.startedAt ?? endOf(task, now), by: -1 },
  ]).sort((a, b) => a.at - b.at);
  let count = 0;
  return changes.map(({ at, by }) => ({ at, count: count += by }));
}
