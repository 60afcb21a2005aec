/**
 * Where the child of a process engine begins. It runs no task: the loop is in
 * a worker of its own, so that this thread hears its parent, and notices that
 * the parent is gone, whatever a task does.
 *
 * @module
 */
import type { FromLoop, LoopSettings, ToLoop } from "../protocol.ts";
import type { TaskId } from "../task.ts";
import { decodeFrames, encodeFrame } from "./frames.ts";
import { WorkerEngine } from "./worker_engine.ts";

/** How often a loop that says nothing is looked after, in milliseconds. */
const LOOK_EVERY = 100;

class Bridge {
  readonly #loop: WorkerEngine;
  readonly #write: (batch: readonly FromLoop[]) => void;
  /** Those that were sent and are not known to have begun, in their order. */
  readonly #waiting: Map<TaskId, number> = new Map();
  #sent = 0;

  constructor(
    settings: LoopSettings,
    write: (batch: readonly FromLoop[]) => void,
  ) {
    // Its stdout is the pipe to the parent, which prints what is to be printed.
    this.#loop = new WorkerEngine({ ...settings, console: "capture" });
    this.#write = write;
    this.#loop.ended.then(({ message: how }) => {
      this.#forward();
      write([{ type: "ended", how }]);
    });
    setInterval(() => this.#tellBegun(), LOOK_EVERY);
    this.#listen();
  }

  async #listen(): Promise<void> {
    for (;;) {
      await this.#loop.arrival();
      this.#forward();
    }
  }

  #forward(): void {
    for (const batch of this.#loop.receive()) this.#write(batch);
  }

  post(batch: readonly ToLoop[]): void {
    for (const message of batch) {
      if (message.type === "run") {
        for (const id of message.ids) this.#waiting.set(id, ++this.#sent);
      } else if (message.type === "cancel") {
        this.#revoke(message.ids);
      }
    }
    this.#loop.post(batch);
  }

  /** Takes back those that have not begun, which a blocked loop can't. */
  #revoke(ids: readonly TaskId[]): void {
    this.#tellBegun();
    const revoked = ids.filter((id) => {
      const count = this.#waiting.get(id);
      return count !== undefined && this.#loop.revoke(count);
    });
    for (const id of revoked) this.#waiting.delete(id);
    if (revoked.length === 0) return;
    this.#write([{ type: "cancelled", ids: revoked, at: now() }]);
  }

  /** Says which have begun, which a blocked loop has no chance to. */
  #tellBegun(): void {
    const begun: TaskId[] = [];
    for (const [id, count] of this.#waiting) {
      if (!this.#loop.hasBegun(count)) break;
      this.#waiting.delete(id);
      begun.push(id);
    }
    if (begun.length === 0) return;
    this.#forward();
    this.#write([{ type: "started", ids: begun, at: now() }]);
  }
}

function now(): number {
  return performance.timeOrigin + performance.now();
}

if (import.meta.main) {
  const { stdin, stdout } = Deno;
  // The end of the parent ends the pipe, and that ends this process with all
  // that runs in it.
  const gone = (): never => Deno.exit(0);
  const frames = decodeFrames<LoopSettings | ToLoop[]>(stdin.readable);
  const { value: settings } = await frames.next();
  let written: Promise<void> = Promise.resolve();
  const writer = stdout.writable.getWriter();
  const bridge = new Bridge(settings as LoopSettings, (batch) => {
    written = written.then(() => writer.write(encodeFrame(batch))).catch(gone);
  });
  for await (const batch of frames) bridge.post(batch as ToLoop[]);
  gone();
}
