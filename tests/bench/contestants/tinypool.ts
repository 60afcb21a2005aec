// deno-lint-ignore-file no-import-prefix -- a peer of the benchmark is no
// dependency of the package.
import { Tinypool } from "npm:tinypool@2.2.0";
import {
  Cannot,
  type Open,
  runOneTask,
  Session,
  type SessionOptions,
  type Sleeper,
  type TaskName,
} from "../session.ts";

class TinypoolSession extends Session {
  readonly #pool: Tinypool;

  constructor({ concurrency = 2 ** 31 - 1 }: SessionOptions) {
    super();
    this.#pool = new Tinypool({
      filename: import.meta.resolve("../workers/tinypool_worker.ts"),
      minThreads: 1,
      maxThreads: 1,
      concurrentTasksPerWorker: concurrency,
      // Deno does not wake a worker from the wait that this would put it in.
      useAtomics: false,
    });
  }

  override call(task: TaskName, argument: unknown): Promise<unknown> {
    return this.#pool.run(argument, { name: task });
  }

  override async echoQueued(count: number): Promise<void> {
    await this.echoAll(count);
  }

  override startSleeper(_ms: number): Sleeper {
    throw new Cannot("a cancel ends the worker, and all in it");
  }

  override transfer(bytes: Uint8Array<ArrayBuffer>): Promise<unknown> {
    return this.#pool.run(bytes, {
      name: "sizeOf",
      transferList: [bytes.buffer],
    });
  }

  override close(): Promise<void> {
    return this.#pool.destroy();
  }
}

export const open: Open = (options = {}) => new TinypoolSession(options);

if (import.meta.main) await runOneTask(open);
