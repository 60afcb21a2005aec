/**
 * The memory that a controller and its Worker share. Each side reads from it
 * what it has to know even while the other side is blocked.
 *
 * Tasks are counted in the order in which they are sent, which is the order in
 * which the loop begins them. Counts wrap around at 32 bits.
 *
 * @module
 */

// Taken before a task can replace them.
const { add, and, load, notify, or, store, wait, waitAsync } = Atomics;

// The cells. From REVOKED on, each of the latest tasks has one bit.
const POSTS = 0;
const BEGUN = 1;
const LATEST = 2;
const RECEIVED = 3;
const REVOKED = 4;

/** How many tasks can wait in the loop and be revoked; a power of two. */
const MAX_REVOCABLE = 65_536;
const CELLS = REVOKED + MAX_REVOCABLE / 32;

export class SharedState {
  readonly #cells: Int32Array<SharedArrayBuffer>;

  constructor(
    readonly buffer: SharedArrayBuffer = new SharedArrayBuffer(
      CELLS * Int32Array.BYTES_PER_ELEMENT,
    ),
  ) {
    this.#cells = new Int32Array(buffer);
  }

  /** How many times the loop has posted. */
  get posts(): number {
    return load(this.#cells, POSTS);
  }

  /** Counts a post and wakes the controller. */
  addPost(): void {
    add(this.#cells, POSTS, 1);
    notify(this.#cells, POSTS);
  }

  /** Resolves once `posts` differs from `seen`. */
  async waitForPost(seen: number): Promise<void> {
    const waiting = waitAsync(this.#cells, POSTS, seen);
    if (waiting.async) await waiting.value;
  }

  /** Blocks until `posts` differs from `seen`, for at most `ms`. */
  waitForPostSync(seen: number, ms: number): void {
    wait(this.#cells, POSTS, seen, ms);
  }

  /** Tells the loop how many of its posts the controller has received. */
  setReceived(posts: number): void {
    store(this.#cells, RECEIVED, posts);
    notify(this.#cells, RECEIVED);
  }

  /** How many posts the controller has not received. */
  get backlog(): number {
    return (this.posts - load(this.#cells, RECEIVED)) | 0;
  }

  /** Resolves once the backlog is at most `max` posts. */
  async waitForBacklog(max: number): Promise<void> {
    for (;;) {
      const received = load(this.#cells, RECEIVED);
      if (((this.posts - received) | 0) <= max) return;
      const change = waitAsync(this.#cells, RECEIVED, received);
      if (change.async) await change.value;
    }
  }

  /**
   * Called by the loop before it begins its next task, `id`. Returns `false` if
   * the controller has revoked the task.
   *
   * `begin` counts and then reads the mark; {@linkcode revoke} marks and then
   * reads the count. At least one side therefore sees the other, and no task
   * both begins and counts as revoked.
   */
  begin(id: number): boolean {
    const count = add(this.#cells, BEGUN, 1) + 1;
    const { cell, bit } = revokedBit(count);
    if ((load(this.#cells, cell) & bit) === 0) {
      this.setLatest(id);
      return true;
    }
    and(this.#cells, cell, ~bit);
    return false;
  }

  /** How many tasks have begun. */
  get begun(): number {
    return load(this.#cells, BEGUN);
  }

  /** Whether the task that was sent as the `count`-th has begun. */
  hasBegun(count: number): boolean {
    return ahead(count, this.begun) <= 0;
  }

  /** The id of the task whose function was called last; 0 before the first. */
  get latest(): number {
    return load(this.#cells, LATEST);
  }

  /**
   * Called by the loop also when a task that began earlier calls its function
   * only now, because its module had to load: that task may be what blocks.
   */
  setLatest(id: number): void {
    store(this.#cells, LATEST, id);
  }

  /**
   * Revokes the task that was sent as the `count`-th. Returns whether the task
   * is certain never to begin.
   */
  revoke(count: number): boolean {
    const waiting = ahead(count, load(this.#cells, BEGUN));
    if (waiting <= 0 || waiting >= MAX_REVOCABLE) return false;
    const { cell, bit } = revokedBit(count);
    or(this.#cells, cell, bit);
    if (!this.hasBegun(count)) return true;
    // Too late; or the loop has just seen the mark, and reports the task itself.
    and(this.#cells, cell, ~bit);
    return false;
  }
}

function revokedBit(count: number): { cell: number; bit: number } {
  const slot = count & (MAX_REVOCABLE - 1);
  return { cell: REVOKED + (slot >>> 5), bit: 1 << (slot & 31) };
}

/** How far `count` is ahead of `begun`, both modulo 2³². */
function ahead(count: number, begun: number): number {
  return (count - begun) | 0;
}
