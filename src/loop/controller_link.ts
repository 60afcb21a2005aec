/**
 * The loop's way to its controller and back.
 *
 * Its port is its own: what a task does to `MessagePort` or `EventTarget` later
 * neither reaches it nor gets at it.
 *
 * @module
 */
import { compactResult, expandTask } from "../protocol/compact.ts";
import { seal } from "../protocol/envelope.ts";
import type { FromLoop, ToLoop, WorkerInit } from "../protocol/messages.ts";
import { Pulse } from "../protocol/pulse.ts";
import { deserialize, serialize } from "../serial/serial.ts";

export class ControllerLink {
  readonly pulse: Pulse;
  readonly #port: MessagePort;
  readonly #postMessage: MessagePort["postMessage"];
  readonly #asBytes: boolean;

  constructor({ port, pulse, settings }: WorkerInit) {
    this.#port = port;
    this.#postMessage = port.postMessage.bind(port);
    this.pulse = new Pulse(pulse);
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
      this.#postMessage(seal(bytes), [bytes.buffer]);
    } else {
      this.#postMessage(compactResult(batch) ?? seal(batch));
    }
    this.pulse.posted();
  }

  /** From now on `receive` is told each batch that comes. */
  listen(receive: (batch: readonly ToLoop[]) => void): void {
    this.#port.onmessage = ({ data }: MessageEvent<unknown>) => {
      try {
        receive(
          this.#asBytes
            ? deserialize(data as Uint8Array) as readonly ToLoop[]
            : expandTask(data as readonly ToLoop[]),
        );
      } catch (error) {
        // What it was told is lost on it: so it is lost itself.
        this.post([{ type: "ended", how: `it can't go on: ${error}` }]);
      }
    };
  }
}
