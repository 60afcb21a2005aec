/**
 * The loop's way to its controller and back.
 *
 * Its port is its own: what a task does to `MessagePort` or `EventTarget` later
 * neither reaches it nor gets at it.
 *
 * @module
 */
import {
  type PackedToLoop,
  packFromLoop,
  unpackToLoop,
  wrap,
} from "../protocol/batch.ts";
import type { FromLoop, ToLoop, WorkerInit } from "../protocol/messages.ts";
import { SharedState } from "../protocol/shared_state.ts";
import { deserialize, serialize } from "../serial/serial.ts";

export class ControllerLink {
  readonly sharedState: SharedState;
  readonly #port: MessagePort;
  readonly #postMessage: MessagePort["postMessage"];
  readonly #asBytes: boolean;

  constructor({ port, sharedState, settings }: WorkerInit) {
    this.#port = port;
    this.#postMessage = port.postMessage.bind(port);
    this.sharedState = new SharedState(sharedState);
    this.#asBytes = settings.asBytes ?? false;
    const dispatchEvent = port.dispatchEvent.bind(port);
    Object.defineProperty(port, "dispatchEvent", { value: dispatchEvent });
  }

  /**
   * @throws {DOMException} `DataCloneError`: something in it can't be copied.
   */
  post(batch: readonly FromLoop[]): void {
    if (this.#asBytes) {
      const bytes = serialize(batch);
      this.#postMessage(wrap(bytes), [bytes.buffer]);
    } else {
      this.#postMessage(packFromLoop(batch));
    }
    this.sharedState.addPost();
  }

  /** From now on `receive` is told each batch that comes. */
  listen(receive: (batch: readonly ToLoop[]) => void): void {
    this.#port.onmessage = ({ data }: MessageEvent<unknown>) => {
      try {
        receive(
          this.#asBytes
            ? deserialize(data as Uint8Array) as readonly ToLoop[]
            : unpackToLoop(data as PackedToLoop),
        );
      } catch (error) {
        // What it was told is lost on it: so it is lost itself.
        this.post([{ type: "ended", how: `it can't go on: ${error}` }]);
      }
    };
  }
}
