/**
 * The way of a loop in a child process to its controller. What is short goes
 * out at once, while the thread may go on to block for ever: the system takes
 * it, or else it goes the other way as well. That is the way of all that is
 * long: over the bridge, the main thread of this process, which never blocks.
 *
 * @module
 */
import { wrap } from "../protocol/batch.ts";
import type { FromLoop, ToLoop } from "../protocol/messages.ts";
import type { SharedState } from "../protocol/shared_state.ts";
import { ChildWire, LOOP_WIRE } from "../serial/child_wire.ts";
import { HEADER, nextPlace, setPlace } from "../serial/frames.ts";
import { deserialize, serialize } from "../serial/serial.ts";

/** In bytes. */
const SHORT = 16_384;

export class WireLink {
  readonly #postMessage: MessagePort["postMessage"];
  readonly #sharedState: SharedState;
  #receive: (batch: readonly ToLoop[]) => void = () => {};
  readonly #wire: ChildWire = new ChildWire(LOOP_WIRE, {
    received: (message) => this.#receive(deserialize(message) as ToLoop[]),
    broken: ({ message }) => {
      const how = `a task reads its wire: ${message}`;
      this.post([{ type: "ended", how }]);
    },
    // The bridge ends this process then.
    closed: () => {},
  });
  #place = 0;

  /** `postMessage`: of the port to the bridge. */
  constructor(
    postMessage: MessagePort["postMessage"],
    sharedState: SharedState,
  ) {
    this.#postMessage = postMessage;
    this.#sharedState = sharedState;
  }

  /** From now on `receive` is told each batch that comes. */
  listen(receive: (batch: readonly ToLoop[]) => void): void {
    this.#receive = receive;
  }

  /** @throws {DOMException} `DataCloneError`: something can't be copied. */
  post(batch: readonly FromLoop[]): void {
    const frame = serialize(batch, HEADER);
    this.#place = nextPlace(this.#place);
    setPlace(frame, this.#place);
    if (frame.byteLength > SHORT || !this.#wire.idle) {
      this.#postMessage(wrap(frame), [frame.buffer]);
    } else {
      this.#wire.send(frame);
      if (this.#wire.idle) return;
      // Not all of it: whichever copy comes first counts.
      this.#postMessage(wrap(frame));
    }
    this.#sharedState.addPost();
  }
}
