/** What commands have started, and how to start it again. */
import type {
  LoopController,
  SubmitOptions,
  TaskHandle,
  TaskId,
  TaskReference,
} from "../../../mod.ts";

type Reference = TaskReference<never, unknown>;

/** A task to start. */
export interface Start {
  /** The function as it is now, as its module may be loaded anew. */
  readonly task: () => Reference;
  readonly args: readonly unknown[];
  readonly options: SubmitOptions;
}

/** The group of tasks that are started together. */
export interface StartGroup {
  /** Without one, each start has a new name. */
  readonly name?: string | undefined;
  readonly onFailure?: "cancel-rest" | "keep-going" | undefined;
}

/** Tasks that were started together. */
export interface Started {
  readonly handles: readonly TaskHandle[];
  /** The name of their group. */
  readonly group: string | undefined;
}

/** How a task was started first. */
interface Origin {
  readonly start: Start;
  readonly group: StartGroup | undefined;
  /** In milliseconds since the epoch. */
  readonly at: number;
  readonly reference: Reference;
}

export class Starts {
  readonly #loop: LoopController;
  readonly #onStarted: (handle: TaskHandle) => void;
  // What is known of a task goes with the task.
  readonly #origins: WeakMap<TaskHandle, Origin> = new WeakMap();
  readonly #retried: WeakSet<TaskHandle> = new WeakSet();
  #last: (() => Started) | undefined;
  #groups = 0;

  constructor(loop: LoopController, onStarted: (handle: TaskHandle) => void) {
    this.#loop = loop;
    this.#onStarted = onStarted;
  }

  /** Starts tasks, or none of them if one is wrong. */
  start(starts: readonly Start[], group?: StartGroup): Started {
    const at = Date.now();
    const start = () =>
      this.#run(starts.map((start) => ({ start, at })), group);
    const started = start();
    this.#last = start;
    return started;
  }

  /** A name for a group that was given none, easy to type. */
  newGroupName(): string {
    return `group-${++this.#groups}`;
  }

  /** Repeats the last {@linkcode Starts.start}; undefined if there was none. */
  again(): Started | undefined {
    return this.#last?.();
  }

  /** Whether a command has started the task. */
  knows(handle: TaskHandle): boolean {
    return this.#origins.has(handle);
  }

  /** Whether another task repeats this one. */
  wasRetried(handle: TaskHandle): boolean {
    return this.#retried.has(handle);
  }

  /** Starts known tasks again; those of a group join the group of its name. */
  retry(handles: readonly TaskHandle[]): Started[] {
    const groups = Map.groupBy(handles, ({ group }) => group);
    return Array.from(groups, ([name, members]) => {
      const items = members.map((handle) => ({
        ...this.#origins.get(handle)!,
        retryOf: handle.id,
      }));
      const { onFailure } = items[0]!.group ?? {};
      const group = name === undefined ? undefined : { name, onFailure };
      const started = this.#run(items, group);
      for (const handle of members) this.#retried.add(handle);
      return started;
    });
  }

  /** Whether the task runs another version of its module than `other`. */
  runsOtherCode(handle: TaskHandle, other: TaskHandle): boolean {
    return this.#moduleOf(handle) !== this.#moduleOf(other);
  }

  #moduleOf(handle: TaskHandle): string | undefined {
    const { reference } = this.#origins.get(handle) ?? {};
    return typeof reference === "object" ? reference.module : undefined;
  }

  #run(
    items: readonly (Pick<Origin, "start" | "at"> & { retryOf?: TaskId })[],
    group: StartGroup | undefined,
  ): Started {
    const now = Date.now();
    const entries = items.map(({ start, at, retryOf }) => {
      const { deadline } = start.options;
      const options: SubmitOptions = {
        ...start.options,
        // As much time as at first.
        ...deadline === undefined
          ? {}
          : { deadline: deadline.valueOf() + now - at },
        ...retryOf === undefined ? {} : { retryOf },
      };
      return [start.task(), start.args, options] as const;
    });
    const name = group && (group.name ?? this.newGroupName());
    const handles = name === undefined
      ? entries.map(([task, args, options]) =>
        this.#loop.submit(task, args as never, options)
      )
      : this.#loop.gather(entries, {
        name,
        onFailure: group?.onFailure ?? "keep-going",
      }).members;
    for (const [n, handle] of handles.entries()) {
      const { start, at } = items[n]!;
      const [reference] = entries[n]!;
      this.#origins.set(handle, { start, at, group, reference });
      this.#onStarted(handle);
    }
    return { handles, group: name };
  }
}
