/**
 * The loops of a controller: the one that tasks share, and those of isolated
 * tasks.
 *
 * @module
 */
import type { TaskLoop } from "../task/record.ts";
import type { LiveLoop } from "./live_loop.ts";

export class LoopSet {
  readonly #create: (isolated: boolean) => LiveLoop;
  readonly #up: Set<LiveLoop> = new Set();
  /** Loops whose thread or process exists, up or not. */
  readonly #present: Set<LiveLoop> = new Set();
  readonly #maxIsolated: number;
  readonly #onRoom: () => void;
  #isolatedCount = 0;
  /** The loop that tasks share, if it is up. */
  shared: LiveLoop | undefined;

  /** Starts the shared loop. `onRoom` is called when an isolated one is gone. */
  constructor(
    create: (isolated: boolean) => LiveLoop,
    maxIsolated: number,
    onRoom: () => void,
  ) {
    this.#create = create;
    this.#maxIsolated = maxIsolated;
    this.#onRoom = onRoom;
    this.shared = this.#start(false);
  }

  /** The loops that are up. */
  [Symbol.iterator](): Iterator<LiveLoop> {
    return this.#up.values();
  }

  /** The shared loop. Starts a new one if the last one was lost. */
  ensureShared(): LiveLoop {
    return this.shared ??= this.#start(false);
  }

  /** Whether one more isolated loop may start. */
  get hasRoom(): boolean {
    return this.#isolatedCount < this.#maxIsolated;
  }

  startIsolated(): LiveLoop {
    const loop = this.#start(true);
    this.#isolatedCount++;
    loop.engine.exited.then(() => {
      this.#isolatedCount--;
      this.#onRoom();
    });
    return loop;
  }

  #start(isolated: boolean): LiveLoop {
    const loop = this.#create(isolated);
    this.#up.add(loop);
    this.#present.add(loop);
    loop.engine.exited.then(() => this.#present.delete(loop));
    return loop;
  }

  /** New tasks go to another loop from now on. */
  unshare(loop: TaskLoop): void {
    if (loop === this.shared) this.shared = undefined;
  }

  /** The loop is no longer up. */
  delete(loop: LiveLoop): void {
    this.#up.delete(loop);
    this.unshare(loop);
  }

  /**
   * Resolves when the threads and processes of ended loops have exited. A
   * thread that does not exit is abandoned.
   */
  async exited(): Promise<void> {
    await Promise.all(
      [...this.#present].map((loop) =>
        new Promise<boolean>((resolve) => loop.afterExit(resolve))
      ),
    );
    for (const loop of this.#present) loop.engine.release();
  }
}
