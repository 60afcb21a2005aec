/**
 * How a loop in a child process posts to its controller. A short post is
 * written to the wire at once, because the thread may block right after. If the
 * system does not take all of it, the post is sent over the bridge as well. The
 * bridge is the main thread of this process and never blocks. A long post is
 * sent only over the bridge.
 *
 * @module
 */
import { wrap } from "../protocol/post.ts";
import type { FromLoop, ToLoop } from "../protocol/messages.ts";
import type { SharedState } from "../protocol/shared_state.ts";
import { ChildWire, LOOP_WIRE } from "../serial/child_wire.ts";
import { HEADER_BYTES, nextSequence, setSequence } from "../serial/frames.ts";
import { deserialize } from "../serial/reader.ts";
import { serialize } from "../serial/writer.ts";

/** A longer post is sent over the bridge. */
const MAX_SHORT_BYTES = 16_384;

export class WireLink {
  readonly #postMessage: MessagePort["postMessage"];
  readonly #sharedState: SharedState;
  #receive: (messages: readonly ToLoop[]) => void = () => {};
  readonly #wire: ChildWire = new ChildWire(LOOP_WIRE, {
    onMessage: (message) => this.#receive(deserialize(message) as ToLoop[]),
    onBroken: ({ message }) => {
      const how = `a task reads its wire: ${message}`;
      this.post([{ type: "ended", how }]);
    },
    // The bridge then ends this process.
    onClosed: () => {},
  });
  #sequence = 0;

  /** `postMessage` is that of the port to the bridge. */
  constructor(
    postMessage: MessagePort["postMessage"],
    sharedState: SharedState,
  ) {
    this.#postMessage = postMessage;
    this.#sharedState = sharedState;
  }

  /** Calls `receive` with the messages of each post from now on. */
  listen(receive: (messages: readonly ToLoop[]) => void): void {
    this.#receive = receive;
  }

  /** @throws {DOMException} `DataCloneError`: something can't be copied. */
  post(messages: readonly FromLoop[]): void {
    const frame = serialize(messages, HEADER_BYTES);
    this.#sequence = nextSequence(this.#sequence);
    setSequence(frame, this.#sequence);
    if (frame.byteLength > MAX_SHORT_BYTES || !this.#wire.idle) {
      this.#postMessage(wrap(frame), [frame.buffer]);
    } else {
      this.#wire.send(frame);
      if (this.#wire.idle) return;
      // The relay drops the copy that comes second.
      this.#postMessage(wrap(frame));
    }
    this.#sharedState.addPost();
  }
}
