/**
 * What ends by the clock for a task: a sleep, or its grace.
 *
 * @module
 */
import { Timer } from "../timers.ts";

/** Who sleeps. */
interface Sleeper {
  woke(sleep: Sleep): void;
}

export class Sleep extends Timer {
  constructor(
    readonly sleeper: Sleeper,
    readonly resolve: () => void,
    readonly reject: (reason: Error) => void,
  ) {
    super();
  }

  override fire(): void {
    this.sleeper.woke(this);
    this.resolve();
  }
}

/** Who has a grace. */
interface Graced {
  graceEnded(): void;
}

export class GraceTimer extends Timer {
  constructor(readonly graced: Graced, readonly endsAt: number) {
    super();
  }

  override fire(): void {
    this.graced.graceEnded();
  }
}
