import {
  type GatherEntry,
  LoopController,
  type TaskHandle,
  taskModule,
} from "../../../mod.ts";
import {
  numbersTo,
  type Open,
  runOneTask,
  Session,
  type SessionOptions,
  type Sleeper,
  type TaskName,
} from "../session.ts";

const tasks = taskModule<typeof import("../workers/loopctl_tasks.ts")>(
  import.meta.resolve("../workers/loopctl_tasks.ts"),
);

class LoopctlSession extends Session {
  readonly #loop: LoopController;

  constructor(
    { concurrency = Infinity }: SessionOptions,
    isolation: "worker" | "process",
  ) {
    super();
    this.#loop = new LoopController({
      concurrency,
      isolation,
      // Everything is kept till it is collected, as the others keep it.
      history: Infinity,
    });
  }

  override call(task: TaskName, argument: unknown): TaskHandle {
    switch (task) {
      case "echo":
        return this.#loop.submit(tasks.echo, [argument]);
      case "sleep":
      case "sleepUntilAborted":
        return this.#loop.submit(tasks.sleep, [argument as number]);
      case "countActive":
        return this.#loop.submit(tasks.countActive);
      case "sizeOf":
        return this.#loop.submit(tasks.sizeOf, [argument as Uint8Array]);
    }
  }

  override close(): Promise<void> {
    return this.#loop.close();
  }

  override forget(): void {
    this.#loop.collect();
  }

  override echoAll(count: number): Promise<readonly unknown[]> {
    const { echo } = tasks;
    return this.#loop.gather(
      entries(count, (n) => [echo, [n]]),
    ).results();
  }

  override async echoAsCompleted(count: number): Promise<number> {
    const handles = this.#echoes(count);
    let completed = 0;
    for await (const _ of this.#loop.asCompleted(handles)) completed++;
    return completed;
  }

  override async echoCollected(count: number): Promise<number> {
    const handles = this.#echoes(count);
    await this.#loop.wait(handles);
    return this.#loop.collect(handles).filter((one) =>
      one.peek()?.state === "succeeded"
    ).length;
  }

  override submitEach(count: number): () => PromiseLike<unknown> {
    const handles = this.#echoes(count);
    return () => this.#loop.wait(handles);
  }

  override async echoQueued(count: number): Promise<void> {
    await this.echoAll(count);
  }

  override async echoMapped(count: number, lanes: number): Promise<number> {
    // With the history that a loop has by default.
    await using loop = new LoopController();
    const options = { concurrency: lanes };
    const batch = loop.map(tasks.echo, numbersTo(count), options);
    let taken = 0;
    for await (const _ of batch) taken++;
    return taken;
  }

  override fetchPages(urls: string, lanes: number, out: string): string[] {
    return ["../../cli.ts", "map", "fetchText", "workers/loopctl_tasks.ts"]
      .concat(["--lines", urls, "--concurrency", `${lanes}`, "--out", out]);
  }

  override sleepAll(count: number, ms: number): Promise<unknown> {
    const { sleep } = tasks;
    return this.#loop.gather(
      entries(count, () => [sleep, [ms]]),
    ).results();
  }

  override startSleeper(ms: number): Sleeper {
    return new HandleSleeper(this.#loop.submit(tasks.sleep, [ms]));
  }

  override transfer(bytes: Uint8Array<ArrayBuffer>): PromiseLike<unknown> {
    return this.#loop.submit(tasks.sizeOf, [bytes], {
      transfer: [bytes.buffer],
    });
  }

  override async writeLines(count: number): Promise<void> {
    const handle = this.#loop.submit(tasks.writeLines, [count]);
    await handle;
    if (handle.logs().length + handle.droppedLogs !== count) {
      throw new Error("lines are missing");
    }
  }

  override async reportProgress(count: number): Promise<void> {
    const handle = this.#loop.submit(tasks.reportProgress, [count]);
    await handle;
    if (handle.snapshot().progress?.done !== count - 1) {
      throw new Error("the last step is missing");
    }
  }

  #echoes(count: number): TaskHandle[] {
    return Array.from(
      { length: count },
      (_, n) => this.#loop.submit(tasks.echo, [n]),
    );
  }
}

/** Made one by one, so that nothing holds them all. */
function* entries<R>(
  count: number,
  entry: (n: number) => GatherEntry<R>,
): Generator<GatherEntry<R>> {
  for (let n = 0; n < count; n++) yield entry(n);
}

class HandleSleeper implements Sleeper {
  readonly #handle: TaskHandle;
  #confirmed: Promise<unknown> | undefined;

  constructor(handle: TaskHandle) {
    this.#handle = handle;
  }

  get ended(): PromiseLike<unknown> {
    return this.#confirmed ?? this.#handle.outcome();
  }

  get done(): boolean {
    return this.#handle.done;
  }

  cancel(): void {
    this.#confirmed = this.#handle.cancel();
  }
}

export const open: Open = (options = {}) =>
  new LoopctlSession(options, "worker");

export const openProcess: Open = (options = {}) =>
  new LoopctlSession(options, "process");

if (import.meta.main) await runOneTask(open);
