/**
 * The loops of a controller: the one that tasks share, and those of isolated
 * tasks.
 *
 * @module
 */
import type { LiveLoop } from "./live_loop.ts";

export class LoopSet {
  readonly #new: (isolated: boolean) => LiveLoop;
  readonly #up: Set<LiveLoop> = new Set();
  /** Those whose thread or process has not gone, up or not. */
  readonly #present: Set<LiveLoop> = new Set();
  readonly #mostIsolated: number;
  readonly #roomAgain: () => void;
  /** How many of those present are loops of one task. */
  #isolated = 0;
  #shared: LiveLoop | undefined;

  /** Starts the shared loop. `roomAgain` is told when an isolated one is gone. */
  constructor(
    newLoop: (isolated: boolean) => LiveLoop,
    mostIsolated: number,
    roomAgain: () => void,
  ) {
    this.#new = newLoop;
    this.#mostIsolated = mostIsolated;
    this.#roomAgain = roomAgain;
    this.#shared = this.#start(false);
  }

  /** Those that are up. */
  [Symbol.iterator](): Iterator<LiveLoop> {
    return this.#up.values();
  }

  /** The loop that tasks share, if it is up. */
  get shared(): LiveLoop | undefined {
    return this.#shared;
  }

  /** The loop that tasks share; after a loss a new one, when it is used. */
  get loop(): LiveLoop {
    return this.#shared ??= this.#start(false);
  }

  /** Whether there may be one more loop for one task. */
  get room(): boolean {
    return this.#isolated < this.#mostIsolated;
  }

  /** A loop for one task. */
  startIsolated(): LiveLoop {
    const loop = this.#start(true);
    this.#isolated++;
    loop.gone.then(() => {
      this.#isolated--;
      this.#roomAgain();
    });
    return loop;
  }

  #start(isolated: boolean): LiveLoop {
    const loop = this.#new(isolated);
    this.#up.add(loop);
    this.#present.add(loop);
    loop.gone.then(() => this.#present.delete(loop));
    return loop;
  }

  /** Whether the loop is up. */
  has(loop: LiveLoop): boolean {
    return this.#up.has(loop);
  }

  /** Tasks that come from now on go to another loop. */
  unshare(loop: LiveLoop): void {
    if (loop === this.#shared) this.#shared = undefined;
  }

  /** The loop is not up any more. */
  delete(loop: LiveLoop): void {
    this.#up.delete(loop);
    this.unshare(loop);
  }

  /** Ends a loop that was started for one task, when nothing of that is left. */
  leave(loop: LiveLoop): void {
    if (loop === this.#shared || !this.has(loop) || loop.tasks.busy) return;
    loop.stop(new Error("its task has ended"));
    this.delete(loop);
  }

  /** Takes in what has been said, so that what is read next is true. */
  sync(): void {
    for (const loop of this.#up) loop.sync();
  }

  /**
   * Resolves when what carried the loops has gone, once they were ended. A
   * thread that does not end is not waited for.
   */
  async gone(): Promise<void> {
    await Promise.all(
      [...this.#present].map((loop) =>
        new Promise<boolean>((resolve) => loop.leaves(resolve))
      ),
    );
    for (const loop of this.#present) loop.forget();
  }
}
