/**
 * Starting several tasks as a group.
 *
 * @module
 */
import { mustBe, oneOf, optionsCheck } from "../checks.ts";
import { epochNow } from "../clock.ts";
import type { TaskReference } from "../protocol/reference.ts";
import { groupOf, type TaskGroup } from "./group.ts";
import { SUBMIT_CHECKS, type SubmitOptions } from "./scheduling/submission.ts";
import type { TaskRecord } from "./task/record.ts";
import type { Scheduler } from "./scheduling/scheduler.ts";
import { stopAll } from "./scheduling/stopping.ts";

/** How a group is started; what a member does not say for itself. */
export interface GatherOptions extends Omit<SubmitOptions, "transfer"> {
  /**
   * When a member fails or runs into a limit, the others go on
   * (`"keep-going"`, the default) or are cancelled (`"cancel-rest"`).
   */
  readonly onFailure?: "keep-going" | "cancel-rest";
}

const { transfer: _, ...shared } = SUBMIT_CHECKS;
const checkGatherOptions = optionsCheck<GatherOptions>({
  ...shared,
  onFailure: oneOf("keep-going", "cancel-rest"),
});

const checkEntry = mustBe("an array: [task, args, options]", Array.isArray);

/** An entry of `gather` whose task returns `R`. */
export type GatherEntry<R> = readonly [
  task: TaskReference<never, R>,
  args?: readonly unknown[],
  options?: SubmitOptions,
];

/** The entries of `gather` whose tasks return `R`, each in its place. */
export type GatherEntries<R extends readonly unknown[]> = {
  readonly [N in keyof R]: GatherEntry<R[N]>;
};

/** The values of tasks that return `R`. */
export type AwaitedAll<R extends readonly unknown[]> = {
  readonly [N in keyof R]: Awaited<R[N]>;
};

/** As {@linkcode LoopController.gather}; `unnamed` names a group. */
export function gather(
  scheduler: Scheduler,
  unnamed: () => string,
  entries: Iterable<GatherEntry<unknown>>,
  options: GatherOptions = {},
): TaskGroup {
  checkGatherOptions(options);
  const { onFailure = "keep-going", name = unnamed(), ...shared } = options;
  const plain = Object.keys(shared).length === 0;
  const records: TaskRecord[] = [];
  const start = { name, at: epochNow() };
  try {
    for (const entry of entries) {
      checkEntry("an entry of gather", entry);
      const [task, args, own] = entry;
      const each = plain ? own : { ...shared, ...own };
      records.push(scheduler.submit(task, args, each, start));
    }
  } catch (error) {
    stopAll(scheduler, records, `${name} could not be started`);
    throw error;
  }
  return groupOf(name, records, scheduler, onFailure);
}
