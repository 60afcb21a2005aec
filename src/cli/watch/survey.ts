/** Which of the watched tasks run, wait or have ended, and how fast they end. */
import type { TaskHandle } from "../../../mod.ts";
import type { TaskState } from "../../task.ts";

/** What a survey needs of a task's handle. */
export type Watched = Pick<
  TaskHandle,
  "id" | "group" | "state" | "snapshot" | "peek"
>;

/** A group of several tasks. */
export interface WatchedGroup {
  readonly size: number;
  /** Those that have not ended; those that run come first. */
  readonly active: readonly Watched[];
}

export interface Survey {
  /** Those that have not ended; those that run come first. */
  readonly active: readonly Watched[];
  /** The latest first. */
  readonly ended: readonly Watched[];
  readonly groups: ReadonlyMap<string, WatchedGroup>;
  readonly counts: { readonly [S in TaskState]: number };
  readonly perSecond: number | undefined;
  readonly remainingMs: number | undefined;
}

/** The rate is that of the latest ends within this time. */
const RATE_MS = 10_000;

/** More ends than this are only counted. */
const MAX_ENDED = 200;

/** Takes surveys one after the other, each from what the one before has seen. */
export class Surveyor {
  #ended: Watched[] = [];
  #seen = new Set<Watched>();
  /** How many had ended at which time, the oldest first. */
  readonly #samples: { readonly at: number; readonly done: number }[] = [];

  /** `now` is any clock in milliseconds. */
  take(tasks: readonly Watched[], now: number): Survey {
    const counts = {
      queued: 0,
      running: 0,
      succeeded: 0,
      failed: 0,
      cancelled: 0,
    };
    const active: Watched[] = [];
    const queued: Watched[] = [];
    const ended: Watched[] = [];
    const seen = new Set<Watched>();
    const groups = new Map<string, { size: number; active: Watched[] }>();
    for (const task of tasks) {
      const { state, group } = task;
      counts[state]++;
      if (state === "running") active.push(task);
      else if (state === "queued") queued.push(task);
      else {
        seen.add(task);
        if (!this.#seen.has(task)) ended.push(task);
      }
      if (group === undefined) continue;
      const known = groups.get(group);
      if (known !== undefined) known.size++;
      else groups.set(group, { size: 1, active: [] });
    }
    for (const task of queued) active.push(task);
    for (const task of active) groups.get(task.group!)?.active.push(task);
    this.#seen = seen;
    this.#ended = [...latestFirst(ended), ...this.#ended]
      .filter((task) => seen.has(task)).slice(0, MAX_ENDED);
    const done = seen.size;
    const perSecond = this.#rate(done, now);
    return {
      active,
      ended: this.#ended,
      groups,
      counts,
      perSecond,
      remainingMs: perSecond === undefined || active.length === 0
        ? undefined
        : active.length / perSecond * 1000,
    };
  }

  #rate(done: number, now: number): number | undefined {
    const samples = this.#samples;
    // Tasks that were forgotten, or another filter: what was counted is void.
    if (done < (samples.at(-1)?.done ?? 0)) samples.length = 0;
    samples.push({ at: now, done });
    while (samples.length > 2 && now - samples[1]!.at >= RATE_MS) {
      samples.shift();
    }
    const first = samples[0]!;
    const ms = now - first.at;
    return ms > 0 && done > first.done
      ? (done - first.done) / ms * 1000
      : undefined;
  }
}

function latestFirst(tasks: readonly Watched[]): Watched[] {
  return tasks.map((task) => ({ task, at: task.snapshot().endedAt ?? 0 }))
    .sort((a, b) => b.at - a.at)
    .map(({ task }) => task);
}
