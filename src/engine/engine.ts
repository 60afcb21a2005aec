/**
 * The one seam between a controller and whatever carries a loop.
 *
 * @module
 */
import type { FromLoop, ToLoop } from "../protocol/messages.ts";
import type { TaskId } from "../task.ts";

/** Carries one loop, from its start to its end. */
export interface Engine {
  /** Resolves once, when the loop has ended, to how it ended. Never rejects. */
  readonly ended: Promise<Error>;

  /**
   * Whether {@linkcode stop} and {@linkcode kill} end whatever runs in the loop.
   * If not, a call that never returns runs until the program exits.
   */
  readonly endsForCertain: boolean;

  /**
   * Posts messages. They are copied before this returns.
   *
   * @throws {DOMException} `DataCloneError`: something in it can't be copied.
   */
  post(messages: readonly ToLoop[], transfer?: readonly Transferable[]): void;

  /** Whether something has arrived since the last {@linkcode receive}. */
  readonly arrived: boolean;

  /** Takes the posts that have arrived, oldest first. Does not wait. */
  receive(): Iterable<readonly FromLoop[]>;

  /**
   * Whether the loop has begun the task that was sent as the `count`-th;
   * `undefined` if that is unknown.
   */
  hasBegun(count: number): boolean | undefined;

  /**
   * Revokes the task that was sent as the `count`-th, even in a loop that is
   * blocked. Returns whether the task is certain never to begin. If it is not,
   * and `id` is given, the engine goes on trying. If that succeeds, the engine
   * reports the task as cancelled.
   */
  revoke(count: number, id?: TaskId): boolean;

  /** The task that began last, as far as is known. */
  readonly latest: number | undefined;

  /** Resolves when something has arrived, or the engine was stopped. */
  arrival(): Promise<void>;

  /** Blocks this thread until something has arrived, for at most `ms`. */
  waitSync(ms: number): void;

  /** Abandons the loop: nothing more is received from it. */
  stop(): void;

  /** Ends the loop by force. What it sends before its end is received. */
  kill(): void;

  /**
   * Resolves when the thread or process of a loop that was stopped or killed
   * has exited. It stays pending for a thread that never yields.
   */
  readonly exited: Promise<void>;

  /**
   * Whether the thread or process is known to have exited, also while this
   * thread is blocked. Of a Worker that is never known then.
   */
  readonly hasExited: boolean;

  /** Stops waiting for the exit, so that the program can end. */
  release(): void;
}
