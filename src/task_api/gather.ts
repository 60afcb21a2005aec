/**
 * Starts several children together and waits for them. It uses only the public
 * interface of a child, and so works inside and outside a loop.
 *
 * @module
 */
import { mustBe, oneOf } from "../checks.ts";
import type { TaskReference } from "../protocol/reference.ts";
import { isDone } from "../task.ts";
import { Alarm, Timers } from "../timers.ts";
import {
  type AsyncWaitOptions,
  wait as waitFor,
  type Waitable,
} from "../wait.ts";
import type { ChildTask, SpawnOptions } from "./child.ts";
import type { CurrentTask } from "./task.ts";

/** Options of a group; those of {@linkcode SpawnOptions} are defaults. */
export interface GatherOptions extends Omit<SpawnOptions, "name"> {
  /**
   * Whether the other members run on (`"keep-going"`, the default) or are
   * cancelled (`"cancel-rest"`) when a member fails or one of its limits fires.
   */
  readonly onFailure?: "keep-going" | "cancel-rest";
}

/** An entry of `task.gather` whose task returns `R`. */
export type GatherEntry<R> = readonly [
  task: TaskReference<never, R>,
  args?: readonly unknown[],
  options?: SpawnOptions,
];

/** Children that were started together. Awaiting the group gives their values. */
export interface ChildGroup<R extends readonly unknown[] = readonly unknown[]>
  extends PromiseLike<{ -readonly [N in keyof R]: Awaited<R[N]> }> {
  /** The children, in the order in which they were given. */
  readonly members: { readonly [N in keyof R]: ChildTask<Awaited<R[N]>> };
}

/** The result of a wait. Both lists keep the order of the call. */
export interface WaitResult<C extends ChildTask = ChildTask> {
  /** The children that have ended. */
  readonly done: C[];
  /** The children that have not ended. */
  readonly notDone: C[];
}

/** The entries of `task.gather`, one for each result in `R`. */
export type GatherEntries<R extends readonly unknown[]> = {
  readonly [N in keyof R]: GatherEntry<R[N]>;
};

const checkOnFailure = oneOf("keep-going", "cancel-rest");
const checkEntry = mustBe("an array: [task, args, options]", Array.isArray);

export function gather<R extends readonly unknown[]>(
  self: Pick<CurrentTask, "spawn">,
  entries: GatherEntries<R>,
  { onFailure = "keep-going", ...shared }: GatherOptions,
): ChildGroup<R> {
  checkOnFailure("onFailure", onFailure);
  const members: ChildTask[] = [];
  try {
    for (const entry of entries) {
      checkEntry("an entry of gather", entry);
      const [reference, args = [], own] = entry;
      const start = reference as TaskReference;
      members.push(self.spawn(start, args, { ...shared, ...own }));
    }
  } catch (error) {
    cancelAll(members, "its group could not be started");
    throw error;
  }
  const values = onFailure === "cancel-rest"
    ? allOrNone(members)
    : Promise.all(members);
  // Like that of a child, a failure that nobody awaits is not unhandled.
  values.catch(() => {});
  const group: ChildGroup = { members, then: values.then.bind(values) };
  return group as ChildGroup<R>;
}

function cancelAll(members: readonly ChildTask[], reason: string): void {
  for (const member of members) member.cancel(reason);
}

/** The first failure cancels the rest, and is thrown when all have ended. */
async function allOrNone(members: readonly ChildTask[]): Promise<unknown[]> {
  let failure: { readonly error: unknown } | undefined;
  const settled = await Promise.allSettled(
    members.map((member) =>
      member.then(undefined, (error) => {
        if (failure === undefined && member.failed) {
          failure = { error };
          cancelAll(members, `task ${member.id} of its group failed`);
        }
        throw error;
      })
    ),
  );
  if (failure !== undefined) throw failure.error;
  return settled.map((one) => {
    if (one.status === "rejected") throw one.reason;
    return one.value;
  });
}

export async function wait<C extends ChildTask>(
  self: Pick<CurrentTask, "signal">,
  children: Iterable<C>,
  { signal, ...options }: AsyncWaitOptions,
): Promise<WaitResult<C>> {
  const chosen = [...new Set(children)];
  const stopped = self.signal;
  try {
    await waitFor({ timers }, chosen.map(watched), {
      ...options,
      signal: signal === undefined
        ? stopped
        : AbortSignal.any([stopped, signal]),
    });
  } catch (error) {
    // Thrown in a later macrotask: code that catches the reason and waits again
    // must not block the loop.
    await new Promise<void>((resolve) => timers.start(new Alarm(resolve), 0));
    throw error;
  }
  return {
    done: chosen.filter(({ state }) => isDone(state)),
    notDone: chosen.filter(({ state }) => !isDone(state)),
  };
}

const timers = new Timers();

type Listener = Parameters<Waitable["listen"]>[0];

/**
 * Notifies listeners of the end of a child. There is one for each child, however
 * often that is waited for, because a promise's reaction can't be removed.
 */
class Watched implements Waitable {
  readonly #child: ChildTask;
  readonly #listeners: Set<Listener> = new Set();

  constructor(child: ChildTask) {
    this.#child = child;
    const ended = (): void => {
      for (const listener of this.#listeners) listener.onSettled(this);
      this.#listeners.clear();
    };
    child.then(ended, ended);
  }

  get failed(): boolean {
    return this.#child.failed;
  }

  listen(listener: Listener): void {
    if (isDone(this.#child.state)) listener.onSettled(this);
    else this.#listeners.add(listener);
  }

  unlisten(listener: Listener): void {
    this.#listeners.delete(listener);
  }
}

const known = new WeakMap<ChildTask, Watched>();

function watched(child: ChildTask): Watched {
  if (typeof child?.then !== "function" || child.state === undefined) {
    throw new TypeError(
      `Cannot wait for ${Deno.inspect(child)}: it is no task that ` +
        `task.spawn or task.gather has started`,
    );
  }
  let found = known.get(child);
  if (found === undefined) known.set(child, found = new Watched(child));
  return found;
}
