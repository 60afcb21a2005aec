// deno-lint-ignore-file no-import-prefix -- a peer of the benchmark is no
// dependency of the package.
import { transfer, wrap } from "npm:comlink@4.4.2";
import { type Open, runOneTask, Session, type TaskName } from "../session.ts";
import type * as tasks from "../tasks.ts";

class ComlinkSession extends Session {
  readonly #worker = new Worker(
    new URL("../workers/comlink_worker.ts", import.meta.url),
    { type: "module" },
  );
  readonly #tasks = wrap<typeof tasks>(this.#worker);

  override call(task: TaskName, argument: unknown): Promise<unknown> {
    switch (task) {
      case "echo":
        return this.#tasks.echo(argument);
      case "sleep":
      case "sleepUntilAborted":
        return this.#tasks.sleep(argument as number);
      case "countActive":
        return this.#tasks.countActive();
      case "sizeOf":
        return this.#tasks.sizeOf(argument as Uint8Array);
    }
  }

  override transfer(bytes: Uint8Array<ArrayBuffer>): Promise<unknown> {
    return this.#tasks.sizeOf(transfer(bytes, [bytes.buffer]));
  }

  override close(): void {
    this.#worker.terminate();
  }
}

export const open: Open = () => new ComlinkSession();

if (import.meta.main) await runOneTask(open);
