/**
 * Where tests and their puppets meet: memory that a test shares with all tasks
 * of a loop. A puppet is a task that does what the test tells it to.
 */
const RUNNING = 0;
const MOST = 1;
const HEADER = 2;

const WAKES = 0;
const END = 1;
const PROGRESS = 2;
const STOPPING = 3;
const CELLS = 4;

/** How a puppet is told to end. */
export const ENDS = ["goes on", "returns", "throws"] as const;
export type End = typeof ENDS[number];

export class Stage {
  readonly #cells: Int32Array<SharedArrayBuffer>;

  /** `key`: the stage of another thread. */
  constructor(
    readonly key: SharedArrayBuffer = new SharedArrayBuffer(
      (HEADER + CELLS * 65_536) * Int32Array.BYTES_PER_ELEMENT,
    ),
  ) {
    this.#cells = new Int32Array(key);
  }

  puppet(index: number): Puppet {
    return new Puppet(this.#cells, HEADER + CELLS * index);
  }

  /** A puppet begins, or has ended. */
  count(by: 1 | -1): void {
    const running = Atomics.add(this.#cells, RUNNING, by) + by;
    const most = Atomics.load(this.#cells, MOST);
    if (running > most) Atomics.store(this.#cells, MOST, running);
  }

  /** How many run. */
  get running(): number {
    return Atomics.load(this.#cells, RUNNING);
  }

  /** The most that ran at once since it was last asked. */
  takeMost(): number {
    return Atomics.exchange(this.#cells, MOST, this.running);
  }
}

/** One puppet, seen from either side. */
export class Puppet {
  readonly #cells: Int32Array<SharedArrayBuffer>;
  readonly #at: number;

  constructor(cells: Int32Array<SharedArrayBuffer>, at: number) {
    this.#cells = cells;
    this.#at = at;
  }

  /** Tells it how to end; told twice, the first counts. */
  tellEnd(end: Exclude<End, "goes on">): void {
    const cell = this.#at + END;
    Atomics.compareExchange(this.#cells, cell, 0, ENDS.indexOf(end));
    this.#wake();
  }

  get end(): End {
    return ENDS[Atomics.load(this.#cells, this.#at + END)]!;
  }

  /** Tells it what progress to say that it has made. */
  tellProgress(done: number): void {
    Atomics.store(this.#cells, this.#at + PROGRESS, done);
    this.#wake();
  }

  get progress(): number {
    return Atomics.load(this.#cells, this.#at + PROGRESS);
  }

  /** It says itself that it has been asked to stop. */
  sayStopping(): void {
    Atomics.store(this.#cells, this.#at + STOPPING, 1);
  }

  /** Whether it knows that it has been asked to stop. */
  get stopping(): boolean {
    return Atomics.load(this.#cells, this.#at + STOPPING) === 1;
  }

  #wake(): void {
    Atomics.add(this.#cells, this.#at + WAKES, 1);
    Atomics.notify(this.#cells, this.#at + WAKES);
  }

  /** How often it was told something. */
  get wakes(): number {
    return Atomics.load(this.#cells, this.#at + WAKES);
  }

  /** Resolves when it has been told something since `seen`. */
  async told(seen: number): Promise<void> {
    const change = Atomics.waitAsync(this.#cells, this.#at + WAKES, seen);
    if (change.async) await change.value;
  }
}
