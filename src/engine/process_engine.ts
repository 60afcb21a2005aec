/**
 * Carries a loop in a child process, which can always be killed, and which has
 * permissions and a memory limit of its own.
 *
 * A relay Worker holds the wires to the child. This thread therefore hears of
 * the child through a port and shared memory, as it does of a Worker, even while
 * it is blocked. One wire leads to the loop. The other leads to the bridge, the
 * thread of the child that no task can block:
 *
 *     controller ⇄ port ⇄ relay ⇄ wire ⇄ loop ⇄ port ⇄ bridge ⇄ wire ⇄ relay
 *
 * The controller and the loop serialize each post themselves, so that an error
 * of it is thrown there. All between them forward bytes.
 *
 * @module
 */
import { readClock } from "../clock.ts";
import type { FromLoop, LoopSettings, ToLoop } from "../protocol/messages.ts";
import { HEADER_BYTES, isLong } from "../serial/frames.ts";
import { deserialize } from "../serial/reader.ts";
import { serialize } from "../serial/writer.ts";
import type { TaskId } from "../task.ts";
import type { Engine } from "./engine.ts";
import type { Begun, FromRelay, ToBridge, ToRelay } from "./wire.ts";
import { WorkerLink } from "./worker_link.ts";

export class ProcessEngine implements Engine {
  readonly endsForCertain = true;
  readonly ended: Promise<Error>;
  readonly exited: Promise<void>;
  readonly #relay: WorkerLink<ToRelay, FromRelay>;
  readonly #childExited: PromiseWithResolvers<void> = Promise.withResolvers();
  /** How many tasks have begun, as the bridge last reported. */
  #begun = 0;
  latest: number | undefined = undefined;
  hasExited = false;
  /** Tasks that the next post asks the bridge to revoke. */
  #toRevoke: ToBridge[number][] = [];
  #stopped = false;

  constructor(settings: LoopSettings) {
    this.#relay = new WorkerLink(
      readClock(),
      new Worker(new URL("./relay.ts", import.meta.url), { type: "module" }),
      settings,
    );
    this.ended = this.#relay.ended;
    this.exited = this.#relay.exited;
    // The child does not outlive the relay.
    this.ended.then(() => this.#childExited.resolve());
  }

  post(messages: readonly ToLoop[], transfer?: readonly Transferable[]): void {
    const frame = serialize(messages, HEADER_BYTES);
    // The bytes hold a copy, but what is transferred must be detached here.
    if (transfer !== undefined) {
      structuredClone(undefined, { transfer: [...transfer] });
    }
    if (this.#toRevoke.length > 0) {
      const toBridge = serialize(this.#toRevoke, HEADER_BYTES);
      this.#toRevoke = [];
      this.#relay.post({ toBridge });
    }
    this.#relay.post(frame, isLong(frame) ? [frame.buffer] : undefined);
  }

  get arrived(): boolean {
    return this.#relay.arrived;
  }

  *receive(): Generator<readonly FromLoop[]> {
    for (const message of this.#relay.receive()) {
      if (message === "exited") {
        this.hasExited = true;
        this.#childExited.resolve();
      } else if (!this.#stopped) {
        const messages = deserialize(message) as
          | [Begun]
          | readonly FromLoop[];
        if (!isBegun(messages)) yield messages;
        else [{ count: this.#begun, latest: this.latest }] = messages;
      }
    }
  }

  arrival(): Promise<void> {
    return this.#relay.arrival();
  }

  waitSync(ms: number): void {
    this.#relay.waitSync(ms);
  }

  /** More tasks may have begun since the bridge last reported. */
  hasBegun(count: number): true | undefined {
    return ((count - this.#begun) | 0) <= 0 || undefined;
  }

  /** Never certain: only the bridge can revoke a task, and reports it. */
  revoke(count: number, id?: TaskId): boolean {
    if (id !== undefined) this.#toRevoke.push([id, count]);
    return false;
  }

  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#relay.post("stop");
    this.#awaitExit();
    // Only once the child has exited: the relay ends it.
    this.#childExited.promise.then(() => this.#relay.stop());
  }

  /** Receives until the child has exited, when nobody else receives. */
  async #awaitExit(): Promise<void> {
    let over = false;
    this.#childExited.promise.then(() => over = true);
    while (!over) {
      await this.#relay.arrival();
      for (const _ of this.receive());
    }
  }

  release(): void {
    this.#relay.release();
  }

  kill(): void {
    this.#relay.post("kill");
    this.#childExited.promise.then(() => this.stop());
  }
}

/** The bytes are the child's, which is not trusted. */
function isBegun(messages: readonly (Begun | FromLoop)[]): messages is [Begun] {
  const [first] = messages;
  return first?.type === "begun" && typeof first.count === "number" &&
    typeof first.latest === "number";
}
