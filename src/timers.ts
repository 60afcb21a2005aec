/**
 * Many timers on one timer of the runtime. Timers that are due in the same
 * millisecond share a bucket; a heap orders the buckets.
 *
 * @module
 */
import { type Clock, monotonicClock } from "./clock.ts";
import { type Linked, LinkedList } from "./linked_list.ts";

/** A timer. A subclass says what happens when it fires. */
export abstract class Timer implements Linked<Timer> {
  previous: Timer | undefined = undefined;
  next: Timer | undefined = undefined;
  /** The bucket that holds the timer while it waits. */
  bucket: Bucket | undefined = undefined;

  abstract fire(): void;
}

/** A timer that calls a function. */
export class Alarm extends Timer {
  constructor(readonly fire: () => void) {
    super();
  }
}

class Bucket extends LinkedList<Timer> {
  constructor(readonly due: number) {
    super();
  }
}

export class Timers {
  readonly #clock: Clock;
  readonly #buckets = new Map<number, Bucket>();
  /** Due times, smallest first. Those of emptied buckets stay for a while. */
  #heap: number[] = [];
  #disarm: (() => void) | undefined;
  #armedFor = Infinity;

  constructor(clock: Clock = monotonicClock) {
    this.#clock = clock;
  }

  /** The time in milliseconds, on the clock of these timers. */
  now(): number {
    return this.#clock.now();
  }

  /** Starts or restarts `timer`. With `Infinity` it never fires. */
  start(timer: Timer, ms: number): void {
    if (timer.bucket !== undefined) this.stop(timer);
    if (ms === Infinity) return;
    // Rounded up, so that no timer fires early. NaN counts as 0.
    const due = Math.ceil(this.#clock.now() + (ms > 0 ? ms : 0));
    let bucket = this.#buckets.get(due);
    if (bucket === undefined) {
      bucket = new Bucket(due);
      this.#buckets.set(due, bucket);
      this.#push(due);
      if (due < this.#armedFor) this.#arm(due);
    }
    bucket.append(timer);
    timer.bucket = bucket;
  }

  /** Stops `timer`, if it waits. */
  stop(timer: Timer): void {
    const { bucket } = timer;
    if (bucket === undefined) return;
    timer.bucket = undefined;
    bucket.remove(timer);
    if (bucket.size > 0) return;
    this.#buckets.delete(bucket.due);
    if (this.#buckets.size === 0) this.#rest();
    else if (this.#heap.length > 2 * this.#buckets.size + 64) this.#rebuild();
  }

  /** Fires the due timers. A thread that was blocked may call it as well. */
  runDue(): void {
    const now = this.#clock.now();
    for (;;) {
      const due = this.#heap[0];
      if (due === undefined || due > now) break;
      this.#pop();
      const bucket = this.#buckets.get(due);
      if (bucket === undefined) continue;
      // Removed first: a timer that is started meanwhile, and is due in the
      // same millisecond, gets a bucket of its own.
      this.#buckets.delete(due);
      for (let timer = bucket.first; timer; timer = bucket.first) {
        bucket.remove(timer);
        timer.bucket = undefined;
        try {
          timer.fire();
        } catch (error) {
          // The other timers must fire all the same.
          reportError(error);
        }
      }
    }
    this.#armedFor = Infinity;
    if (this.#buckets.size === 0) this.#rest();
    else this.#arm(this.#heap[0]!);
  }

  #arm(due: number): void {
    this.#disarm?.();
    this.#armedFor = due;
    const ms = Math.max(0, due - this.#clock.now());
    this.#disarm = this.#clock.after(ms, () => {
      this.#disarm = undefined;
      this.runDue();
    });
  }

  #rest(): void {
    this.#disarm?.();
    this.#disarm = undefined;
    this.#armedFor = Infinity;
    this.#heap = [];
  }

  #rebuild(): void {
    // A sorted array is a heap.
    this.#heap = [...this.#buckets.keys()].sort((a, b) => a - b);
  }

  #push(due: number): void {
    const heap = this.#heap;
    let at = heap.length;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (heap[parent]! <= due) break;
      heap[at] = heap[parent]!;
      at = parent;
    }
    heap[at] = due;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && heap[child + 1]! < heap[child]!) child++;
      if (heap[child]! >= last) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = last;
  }
}
