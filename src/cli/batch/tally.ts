/** What is remembered of the tasks of a batch that have ended. */
import { isFailure } from "../session/session.ts";
import { type Ended, errorOf } from "./outcome_line.ts";

/** Failures with an error of the same name. */
export interface Failures {
  readonly name: string;
  count: number;
  /** The first of them. */
  readonly key: string;
  readonly message: string;
}

const MAX_SLOWEST = 3;
const MAX_NAMES = 100;

/** The slowest tasks, and the errors by their names. */
export class Tally {
  /** The slowest first. */
  readonly slowest: Pick<Ended, "key" | "duration">[] = [];
  readonly #failures: Map<string, Failures> = new Map();

  /** The most frequent first. */
  get failures(): Failures[] {
    return [...this.#failures.values()].sort((a, b) => b.count - a.count);
  }

  add({ key, duration, outcome }: Ended): void {
    const { slowest } = this;
    if (!(duration <= slowest[MAX_SLOWEST - 1]?.duration!)) {
      slowest.push({ key, duration });
      slowest.sort((a, b) => b.duration - a.duration);
      slowest.length = Math.min(slowest.length, MAX_SLOWEST);
    }
    if (outcome.state === "succeeded" || !isFailure(outcome)) return;
    const { name, message } = errorOf(outcome);
    const known = this.#failures.get(name);
    if (known !== undefined) known.count++;
    else if (this.#failures.size < MAX_NAMES) {
      this.#failures.set(name, { name, count: 1, key, message });
    }
  }
}
