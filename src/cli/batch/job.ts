/** A batch of the prompt: inputs → tasks → outcomes that are written. */
import type {
  BatchProgress,
  BatchResult,
  MapOptions,
  ModuleTask,
  TaskBatch,
  TaskHandle,
} from "../../../mod.ts";
import type { Session } from "../session/session.ts";
import type { Keys } from "./earlier.ts";
import type { Inputs } from "./inputs.ts";
import type { Ended } from "./outcome_line.ts";
import { Tally } from "./tally.ts";

/** An input with what it is known by. */
export interface Keyed {
  readonly input: unknown;
  readonly key: string;
}

/** What is to be done. */
export interface Plan {
  readonly task: ModuleTask;
  readonly inputs: Inputs;
  readonly keyOf: (input: unknown) => string;
  /** Which inputs are due. */
  readonly keys: Keys;
  /** How many are due, if that was counted. */
  readonly due: number | undefined;
  readonly options: MapOptions<Keyed> & { readonly name: string };
}

/** How many inputs are kept to be tried again. */
const MAX_FAILED = 100_000;

/** What takes outcomes as they come. */
export interface Sink {
  /** The promise, if there is one, is awaited before the next outcome. */
  readonly add: (ended: Ended, handle?: TaskHandle) => Promise<void> | void;
  /** Resolves when all is written; rejects if something can't be. */
  readonly close: () => Promise<void>;
}

/** The inputs that are due. */
export async function* dueInputs(
  { inputs, keyOf, keys }: Pick<Plan, "inputs" | "keyOf" | "keys">,
): AsyncGenerator<Keyed, void, void> {
  for await (const some of inputs.read()) {
    for (const input of some) {
      const key = keyOf(input);
      if (keys.take(key)) yield { input, key };
    }
  }
}

/** A batch that runs. */
export class BatchJob {
  readonly name: string;
  readonly batch: TaskBatch<Keyed>;
  readonly tally: Tally = new Tally();
  readonly startedAt: number = performance.now();
  /** The inputs that have not succeeded, the first of them. */
  readonly failed: unknown[] = [];
  /** Why the batch ended before its inputs were used up. */
  failure: Error | undefined;
  /** Resolves when every outcome is written, or can't be. */
  readonly finished: Promise<void>;
  /** When that was. */
  endedAt: number | undefined;
  readonly #plan: Plan;
  /** How many inputs there are, if that is known. */
  #counted: number | undefined;

  /** `sinkFor` opens what takes the outcomes; a failure there ends the batch. */
  constructor(
    plan: Plan,
    session: Session,
    sinkFor: (onFailure: (error: Error) => void) => Sink,
    readonly retry: () => Promise<BatchJob>,
  ) {
    this.#plan = plan;
    this.#counted = plan.inputs.size;
    this.name = plan.options.name;
    const sink = sinkFor((error) => this.#fail(error));
    this.batch = session.loop.map(plan.task, dueInputs(plan), plan.options);
    this.finished = this.#run(plan.task.export, sink);
    const known = plan.due ?? plan.inputs.size;
    if (known === undefined && plan.inputs.again) void this.#count();
  }

  /** How far it has come, with the number of inputs that are due if known. */
  get progress(): BatchProgress {
    const { progress } = this.batch;
    const { due, keys } = this.#plan;
    const counted = this.#counted;
    if (due !== undefined) return { ...progress, total: due };
    return counted === undefined
      ? progress
      : { ...progress, total: counted - keys.leftOut };
  }

  /** Milliseconds that it has run. */
  get elapsedMs(): number {
    return (this.endedAt ?? performance.now()) - this.startedAt;
  }

  async #run(task: string, sink: Sink): Promise<void> {
    try {
      for await (const result of this.batch) {
        const ended = endedFrom(task, result);
        this.tally.add(ended);
        if (
          ended.outcome.state !== "succeeded" && this.failed.length < MAX_FAILED
        ) this.failed.push(ended.input);
        await sink.add(ended, result.handle);
      }
    } catch (error) {
      this.failure ??= error as Error;
    }
    await sink.close().catch((error) => this.failure = error);
    this.endedAt = performance.now();
  }

  /** Counts the inputs while the first of them run already. */
  async #count(): Promise<void> {
    let counted = 0;
    try {
      for await (const some of this.#plan.inputs.read()) {
        if (this.endedAt !== undefined) return;
        for (const _ of some) counted++;
      }
      this.#counted = counted;
    } catch {
      // Whoever takes the inputs says so.
    }
  }

  #fail(error: Error): void {
    this.failure ??= error;
    void this.batch.cancel(error);
  }
}

function endedFrom(task: string, result: BatchResult<Keyed>): Ended {
  const { input: { input, key }, outcome, handle } = result;
  const { attempt = 1, startedAt: start, elapsedMs: duration = 0 } =
    handle?.snapshot() ?? {};
  return { task, key, input, outcome, attempt, start, duration };
}
