/**
 * The memory that a controller and its worker loop share, so that each knows
 * of the other what must be known even while one of them is blocked.
 *
 * Tasks are counted in the order in which they are sent, which is the order in
 * which the loop begins them. Counts wrap around at 32 bits.
 *
 * @module
 */

// Before a task can change them.
const { add, and, load, notify, or, store, wait, waitAsync } = Atomics;

const POSTS = 0;
const BEGUN = 1;
const LATEST = 2;
const TAKEN = 3;
/** From here on one bit for each of the latest tasks: revoked or not. */
const REVOKED = 4;

/** How many tasks can wait in the loop and still be revoked; a power of two. */
const WINDOW = 65_536;
const LENGTH = REVOKED + WINDOW / 32;

export class Pulse {
  readonly #cells: Int32Array<SharedArrayBuffer>;

  constructor(
    readonly buffer: SharedArrayBuffer = new SharedArrayBuffer(
      LENGTH * Int32Array.BYTES_PER_ELEMENT,
    ),
  ) {
    this.#cells = new Int32Array(buffer);
  }

  /** How many times the loop has posted. */
  get posts(): number {
    return load(this.#cells, POSTS);
  }

  /** Says that something was posted, and wakes who waits for it. */
  posted(): void {
    add(this.#cells, POSTS, 1);
    notify(this.#cells, POSTS);
  }

  /** Resolves once `posts` is no longer `seen`. */
  async beyond(seen: number): Promise<void> {
    const waiting = waitAsync(this.#cells, POSTS, seen);
    if (waiting.async) await waiting.value;
  }

  /** Blocks till `posts` is no longer `seen`, for at most `ms`. */
  beyondSync(seen: number, ms: number): void {
    wait(this.#cells, POSTS, seen, ms);
  }

  /** Says that of all that was posted, so much has been taken in. */
  taken(posts: number): void {
    store(this.#cells, TAKEN, posts);
    notify(this.#cells, TAKEN);
  }

  /** How many posts wait to be taken in. */
  get backlog(): number {
    return (this.posts - load(this.#cells, TAKEN)) | 0;
  }

  /** Resolves once no more than `most` posts wait to be taken in. */
  async backlogWithin(most: number): Promise<void> {
    for (;;) {
      const taken = load(this.#cells, TAKEN);
      if (((this.posts - taken) | 0) <= most) return;
      const change = waitAsync(this.#cells, TAKEN, taken);
      if (change.async) await change.value;
    }
  }

  /**
   * The loop is about to begin the next task, whose id this is. Returns whether
   * it may: not if the task has been revoked.
   *
   * Counting comes before looking, and in {@linkcode revoke} marking before
   * counting: so at least one side sees the other, and no task is both begun
   * and taken for revoked.
   */
  begin(id: number): boolean {
    const count = add(this.#cells, BEGUN, 1) + 1;
    const { cell, bit } = place(count);
    if ((load(this.#cells, cell) & bit) === 0) {
      store(this.#cells, LATEST, id);
      return true;
    }
    and(this.#cells, cell, ~bit);
    return false;
  }

  /** Whether the task that was sent as the `count`-th has begun. */
  hasBegun(count: number): boolean {
    return ahead(count, load(this.#cells, BEGUN)) <= 0;
  }

  /** A task that has begun is being called only now: it may be what blocks. */
  called(id: number): void {
    store(this.#cells, LATEST, id);
  }

  /** The id of the task that began last; 0 before the first. */
  get latest(): number {
    return load(this.#cells, LATEST);
  }

  /**
   * Takes back the task that was sent as the `count`-th. Returns whether it is
   * certain that it will never begin.
   */
  revoke(count: number): boolean {
    const waiting = ahead(count, load(this.#cells, BEGUN));
    if (waiting <= 0 || waiting >= WINDOW) return false;
    const { cell, bit } = place(count);
    or(this.#cells, cell, bit);
    if (!this.hasBegun(count)) return true;
    // Too late, or the loop has seen the mark just now and says so itself.
    and(this.#cells, cell, ~bit);
    return false;
  }
}

function place(count: number): { cell: number; bit: number } {
  const slot = count & (WINDOW - 1);
  return { cell: REVOKED + (slot >>> 5), bit: 1 << (slot & 31) };
}

/** How far `count` is ahead of `begun`, both modulo 2³². */
function ahead(count: number, begun: number): number {
  return (count - begun) | 0;
}
