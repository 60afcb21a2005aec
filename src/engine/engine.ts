/**
 * The one seam between a controller and whatever carries a loop.
 *
 * @module
 */
import type { FromLoop, ToLoop } from "../protocol/messages.ts";
import type { TaskId } from "../task.ts";

/** Carries one loop, from its start to its end. */
export interface Engine {
  /** Settles once, when the loop is gone; says how it ended. Never rejects. */
  readonly ended: Promise<Error>;

  /**
   * Whether {@linkcode stop} and {@linkcode kill} end whatever runs in the loop.
   * If not, what is inside a call that never returns runs on till the program
   * exits.
   */
  readonly endsForCertain: boolean;

  /**
   * Posts a batch. The batch is copied before this returns.
   *
   * @throws {DOMException} `DataCloneError`: something in it can't be copied.
   */
  post(batch: readonly ToLoop[], transfer?: readonly Transferable[]): void;

  /** Whether something has come since the last {@linkcode receive}. */
  readonly arrived: boolean;

  /** Takes the batches that have come, oldest first. Does not wait. */
  receive(): Iterable<readonly FromLoop[]>;

  /**
   * Whether the loop has begun the task that was sent as the `count`-th;
   * `undefined` if that is not known.
   */
  hasBegun(count: number): boolean | undefined;

  /**
   * Takes back the task that was sent as the `count`-th, even from a loop that
   * is blocked. Returns whether it is certain that it will never begin. If not,
   * and `id` is given, the engine goes on trying, and says what the loop would
   * if that succeeds.
   */
  revoke(count: number, id?: TaskId): boolean;

  /** The task that began last, as far as is known. */
  readonly latest: number | undefined;

  /** Resolves when something has come, or the engine was stopped. */
  arrival(): Promise<void>;

  /** Blocks this thread till something has come, for at most `ms`. */
  waitSync(ms: number): void;

  /** Gives the loop up: nothing more is received from it. */
  stop(): void;

  /** Ends the loop by force. What it says till it is gone is received. */
  kill(): void;

  /**
   * Resolves when it was stopped or killed, and what carried the loop has gone:
   * for a thread that never yields, never.
   */
  readonly gone: Promise<void>;

  /**
   * Whether what carried the loop is known to have gone, also on a thread that
   * has been blocked since. The end of a Worker is never known there.
   */
  readonly hasGone: boolean;

  /** Waits no more for what carried the loop to have gone. */
  forget(): void;
}
