/**
 * The wires between a program and its child process, and the child's end of
 * one.
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
 * The file descriptors of the wires in the child: that of the loop, and that
 * of the bridge. Its stdin, stdout and stderr are left to the tasks, whose
 * subprocesses inherit them.
 */
export const LOOP_WIRE = 3;
export const BRIDGE_WIRE = 4;

/** How much is read at once, in bytes. */
const CHUNK = 65_536;

const NOTHING = new Uint8Array();

export interface ChildWireOwner {
  received(message: Uint8Array<ArrayBuffer>): void;
  /** What came is no message: somebody else reads from the wire. */
  broken(error: Error): void;
  /** The other end is gone. */
  closed(): void;
}

export class ChildWire {
  readonly #socket: Socket;
  #encoder: FrameEncoder | undefined;
  /** What is to be sent as soon as the key has come. */
  readonly #early: Uint8Array[] = [];

  constructor(fd: number, owner: ChildWireOwner) {
    const decoder = new FrameDecoder(OPEN_KEY);
    const callback = (length: number, buffer: Uint8Array): boolean => {
      try {
        for (const { message } of decoder.push(buffer.subarray(0, length))) {
          if (this.#encoder === undefined) this.#begin(message);
          else owner.received(message);
        }
      } catch (error) {
        owner.broken(error as Error);
      }
      return true;
    };
    // What a task does to the methods of streams does not get at it.
    this.#socket = withOwnMethods(
      new Socket({
        fd,
        readable: true,
        writable: true,
        onread: { buffer: new Uint8Array(CHUNK), callback },
      }),
    );
    this.#socket.on("close", () => owner.closed());
    this.#socket.on("error", () => owner.closed());
  }

  /** The first message is the key of what is sent from here. */
  #begin(key: FrameKey): void {
    this.#encoder = new FrameEncoder(key);
    for (const frame of this.#early.splice(0)) this.send(frame);
  }

  /**
   * Whether all that was sent is on its way. What is not waits for this thread
   * to turn.
   */
  get idle(): boolean {
    return this.#encoder !== undefined && this.#socket.writableLength === 0;
  }

  /** Sends at once what the wire has room for. */
  send(frame: Uint8Array): void {
    if (this.#encoder === undefined) this.#early.push(frame);
    else this.#socket.write(this.#encoder.encode(frame));
  }

  /** Resolves when all that was sent is on its way. */
  async flushed(): Promise<void> {
    if (this.idle) return;
    await new Promise((resolve) => this.#socket.write(NOTHING, resolve));
  }
}

/** Gives an object the methods of its classes as they are now. */
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
