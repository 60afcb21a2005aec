/** Tasks of which a timeline is made. */
import type { TaskId, TaskSnapshot } from "../../../src/task.ts";
import { NOON, snapshot } from "../render/samples.ts";

/** A task that was submitted, started and ended so many ms after noon. */
export function ran(
  id: TaskId,
  [submitted, started, ended]: readonly [number, number?, number?],
  fields: Partial<TaskSnapshot> = {},
): TaskSnapshot {
  return snapshot({
    id,
    state: ended !== undefined
      ? "succeeded"
      : started !== undefined
      ? "running"
      : "queued",
    submittedAt: NOON + submitted,
    ...started === undefined ? {} : { startedAt: NOON + started },
    ...ended === undefined ? {} : { endedAt: NOON + ended },
    elapsedMs: started === undefined ? 0 : (ended ?? started + 50) - started,
    ...fields,
  });
}

/** So many tasks, `lanes` at once, of different lengths. */
export function many(count: number, lanes: number): TaskSnapshot[] {
  const free = new Array<number>(lanes).fill(0);
  return Array.from({ length: count }, (_, n) => {
    const start = free[n % lanes]!;
    const end = free[n % lanes] = start + 50 + n * 7919 % 400;
    return ran(n + 1, [0, start, end], {
      args: [`http://127.0.0.1:8000/some/long/path?page=${n}`],
      state: n % 7 === 0 ? "failed" : "succeeded",
    });
  });
}
