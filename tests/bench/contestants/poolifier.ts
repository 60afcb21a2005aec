// deno-lint-ignore-file no-import-prefix -- a peer of the benchmark is no
// dependency of the package.
import { FixedThreadPool } from "npm:poolifier-web-worker@0.5.15";
import {
  Cannot,
  type Open,
  runOneTask,
  Session,
  type Sleeper,
  type TaskName,
} from "../session.ts";

class PoolifierSession extends Session {
  readonly #pool = new FixedThreadPool<unknown, unknown>(
    1,
    new URL("../workers/poolifier_worker.ts", import.meta.url),
    { errorEventHandler: () => {} },
  );

  override call(task: TaskName, argument: unknown): Promise<unknown> {
    return this.#pool.execute(argument ?? 0, task);
  }

  override startSleeper(ms: number): Sleeper {
    const abort = new AbortController();
    return {
      ended: this.#pool.execute(ms, "sleep", abort.signal),
      cancel: () => abort.abort(),
      get done(): boolean {
        throw new Cannot("no handle to poll");
      },
    };
  }

  override transfer(bytes: Uint8Array<ArrayBuffer>): Promise<unknown> {
    return this.#pool.execute(bytes, "sizeOf", undefined, [bytes.buffer]);
  }

  override close(): Promise<void> {
    return this.#pool.destroy();
  }
}

export const open: Open = () => new PoolifierSession();

if (import.meta.main) await runOneTask(open);
