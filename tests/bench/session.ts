/** What every contestant is asked to do. */
import type * as tasks from "./tasks.ts";

export type TaskName = keyof typeof tasks;

/** Something that the contestant has no way to do; the message says what. */
export class Cannot extends Error {}

/** A task in flight that can be asked and told. */
export interface Sleeper {
  /** Settles, either way, when the contestant says that the task has ended. */
  readonly ended: PromiseLike<unknown>;
  cancel(): void;
  /** Whether it has ended, as this thread sees it without awaiting. */
  readonly done: boolean;
}

export interface SessionOptions {
  /** How many tasks may be in flight at once; the default is no limit. */
  readonly concurrency?: number;
}

/**
 * One contestant at work: a loop beside this thread. The way that suits a
 * promise for each call stands here; who has a better one, or none, overrides.
 */
export abstract class Session {
  /** Runs one of the tasks in `tasks.ts`. */
  abstract call(task: TaskName, argument: unknown): PromiseLike<unknown>;

  abstract close(): unknown;

  /** Lets go of the results that were handed out, where they are kept. */
  forget(): void {}

  /** Runs `echo` so many times at once; resolves with all results in hand. */
  echoAll(count: number): PromiseLike<unknown> {
    return this.#all(count, (n) => this.call("echo", n));
  }

  /** Like `echoAll`, taking each result as it comes; resolves to the count. */
  async echoAsCompleted(count: number): Promise<number> {
    let completed = 0;
    const taken: PromiseLike<unknown>[] = [];
    for (let n = 0; n < count; n++) {
      taken.push(this.call("echo", n).then(() => completed++));
    }
    await Promise.all(taken);
    return completed;
  }

  /** Like `echoAll`, through the controller's own list; resolves to the count. */
  echoCollected(_count: number): PromiseLike<number> {
    throw new Cannot("keeps no list of tasks");
  }

  /** Submits one by one; the function that it returns waits for all. */
  submitEach(count: number): () => PromiseLike<unknown> {
    const all = this.#all(count, (n) => this.call("echo", n));
    return () => all;
  }

  /** Runs `echo` so many times, `lanes` at once. */
  async echoQueued(count: number, lanes: number): Promise<void> {
    let next = 0;
    const lane = async (): Promise<void> => {
      while (next < count) await this.call("echo", next++);
    };
    await Promise.all(Array.from({ length: lanes }, lane));
  }

  /**
   * Runs `echo` for the numbers up to `count`, which are made as they are taken,
   * and takes each result as it comes; resolves to their count.
   */
  echoMapped(_count: number, _lanes: number): Promise<number> {
    throw new Cannot("no map");
  }

  /** The program that fetches the pages in a file, `lanes` at once. */
  fetchPages(urls: string, lanes: number, _out: string): readonly string[] {
    return ["workers/fetch_loop.ts", urls, `${lanes}`];
  }

  sleepAll(count: number, ms: number): PromiseLike<unknown> {
    return this.#all(count, () => this.call("sleep", ms));
  }

  startSleeper(_ms: number): Sleeper {
    throw new Cannot("no handle of a call in flight");
  }

  /** Sends the bytes without copying; resolves to how many arrived. */
  transfer(_bytes: Uint8Array<ArrayBuffer>): PromiseLike<unknown> {
    throw new Cannot("no transfer");
  }

  /** Runs one task that writes so many lines, which all come back here. */
  writeLines(_count: number): PromiseLike<void> {
    throw new Cannot("no output of tasks");
  }

  /** Runs one task that reports so many steps of progress. */
  reportProgress(_count: number): PromiseLike<void> {
    throw new Cannot("no progress");
  }

  #all(
    count: number,
    call: (n: number) => PromiseLike<unknown>,
  ): Promise<unknown> {
    return Promise.all(Array.from({ length: count }, (_, n) => call(n)));
  }
}

/** Made one by one. */
export function* numbersTo(count: number): Generator<number> {
  for (let n = 0; n < count; n++) yield n;
}

/** How a session of one contestant is opened. */
export type Open = (options?: SessionOptions) => Session;

/** A whole program: one task, then a natural end. */
export async function runOneTask(open: Open): Promise<void> {
  const session = open();
  console.log(await session.call("echo", "pong"));
  await session.close();
}
