/**
 * The child's end of a wire between a program and its child process.
 *
 * @module
 */
import { Socket } from "node:net";
import {
  FrameDecoder,
  FrameEncoder,
  type FrameKey,
  OPEN_KEY,
} from "./frames.ts";

/**
 * The file descriptors of the two wires in the child: one of the loop, one of
 * the bridge. stdin, stdout and stderr are left to the tasks and their
 * subprocesses.
 */
export const LOOP_WIRE = 3;
export const BRIDGE_WIRE = 4;

const READ_BUFFER_BYTES = 65_536;

const NOTHING = new Uint8Array();

export interface ChildWireListener {
  onMessage(message: Uint8Array<ArrayBuffer>): void;
  /** What came is not a message: something else reads from the wire. */
  onBroken(error: Error): void;
  /** The other end has closed. */
  onClosed(): void;
}

export class ChildWire {
  readonly #socket: Socket;
  #encoder: FrameEncoder | undefined;
  /** Frames to be sent once the key has come. */
  readonly #early: Uint8Array[] = [];

  constructor(fd: number, listener: ChildWireListener) {
    const decoder = new FrameDecoder(OPEN_KEY);
    const callback = (length: number, buffer: Uint8Array): boolean => {
      try {
        for (const { message } of decoder.push(buffer.subarray(0, length))) {
          if (this.#encoder === undefined) this.#begin(message);
          else listener.onMessage(message);
        }
      } catch (error) {
        listener.onBroken(error as Error);
      }
      return true;
    };
    // A task may replace the methods of streams.
    this.#socket = withOwnMethods(
      new Socket({
        fd,
        readable: true,
        writable: true,
        onread: { buffer: new Uint8Array(READ_BUFFER_BYTES), callback },
      }),
    );
    this.#socket.on("close", () => listener.onClosed());
    this.#socket.on("error", () => listener.onClosed());
  }

  /** The first message is the key for the frames that this end sends. */
  #begin(key: FrameKey): void {
    this.#encoder = new FrameEncoder(key);
    for (const frame of this.#early.splice(0)) this.send(frame);
  }

  /**
   * Whether the system has taken everything that was sent. The rest is sent
   * when this thread yields.
   */
  get idle(): boolean {
    return this.#encoder !== undefined && this.#socket.writableLength === 0;
  }

  /** Sends at once as much as the wire has room for. */
  send(frame: Uint8Array): void {
    if (this.#encoder === undefined) this.#early.push(frame);
    else this.#socket.write(this.#encoder.encode(frame));
  }

  /** Resolves when the system has taken everything that was sent. */
  async flushed(): Promise<void> {
    if (this.idle) return;
    await new Promise((resolve) => this.#socket.write(NOTHING, resolve));
  }
}

/** Copies the methods of an object's classes, as they are now, to the object. */
function withOwnMethods<O extends object>(object: O): O {
  let from = Object.getPrototypeOf(object);
  while (from !== Object.prototype) {
    for (const name of Object.getOwnPropertyNames(from)) {
      const property = Object.getOwnPropertyDescriptor(from, name)!;
      if (typeof property.value !== "function") continue;
      if (!Object.hasOwn(object, name)) {
        Object.defineProperty(object, name, property);
      }
    }
    from = Object.getPrototypeOf(from);
  }
  return object;
}
