/**
 * Where the child of a process engine begins. It runs no task: the loop is in
 * a worker of its own, so that this thread hears its parent, and notices that
 * the parent is gone, whatever a task does.
 *
 * @module
 */
import type { Socket } from "node:net";
import { epochNow, followClock } from "../clock.ts";
import type { FromLoop, ToLoop } from "../protocol/messages.ts";
import { deserialize, serialize } from "../serial/serial.ts";
import type { TaskId } from "../task.ts";
import {
  FrameDecoder,
  FrameEncoder,
  type FrameKey,
  OPEN_KEY,
} from "./frames.ts";
import { type BridgeInit, WIRE } from "./wire.ts";
import { LOOP_WORKER } from "./worker_engine.ts";
import { WorkerLink } from "./worker_link.ts";

/** How often a loop that says nothing is looked after, in milliseconds. */
const LOOK_EVERY = 100;

class Bridge {
  readonly #loop: WorkerLink<Uint8Array, Uint8Array>;
  readonly #wire: Socket;
  readonly #encoder: FrameEncoder;
  /** Those that were sent and are not known to have begun, in their order. */
  readonly #waiting: Map<TaskId, number> = new Map();
  #sent = 0;
  /** What was last told to have begun last. */
  #latest = 0;

  /** `key`: of the frames that it sends. */
  constructor(
    loop: WorkerLink<Uint8Array, Uint8Array>,
    wire: Socket,
    key: FrameKey,
  ) {
    this.#loop = loop;
    this.#wire = wire;
    this.#encoder = new FrameEncoder(key);
    this.#loop.ended.then(({ message: how }) => {
      this.#forward();
      this.#say({ type: "ended", how });
    });
    setInterval(() => this.#tellBegun(), LOOK_EVERY);
    this.#listen();
  }

  async #listen(): Promise<void> {
    for (;;) {
      await this.#loop.arrival();
      this.#forward();
      // Till the parent reads on, the loop is left to see that nobody does.
      if (this.#wire.writableNeedDrain) await drained(this.#wire);
    }
  }

  #forward(): void {
    for (const bytes of this.#loop.receive()) this.#write(bytes);
  }

  #write(bytes: Uint8Array): void {
    this.#wire.write(this.#encoder.encode(bytes));
  }

  #say(message: FromLoop): void {
    this.#write(serialize([message]));
  }

  post(bytes: Uint8Array<ArrayBuffer>): void {
    for (const message of deserialize(bytes) as readonly ToLoop[]) {
      if (message.type === "run") {
        for (const id of message.ids) this.#waiting.set(id, ++this.#sent);
      } else if (message.type === "cancel") {
        this.#revoke(message.ids);
      }
    }
    this.#loop.post(bytes, [bytes.buffer]);
  }

  /** Takes back those that have not begun, which a blocked loop can't. */
  #revoke(ids: readonly TaskId[]): void {
    this.#tellBegun();
    const revoked = ids.filter((id) => {
      const count = this.#waiting.get(id);
      return count !== undefined && this.#loop.sharedState.revoke(count);
    });
    for (const id of revoked) this.#waiting.delete(id);
    if (revoked.length === 0) return;
    this.#say({ type: "cancelled", ids: revoked, at: epochNow() });
  }

  /** Says what has begun, which a blocked loop has no chance to. */
  #tellBegun(): void {
    const { latest } = this.#loop.sharedState;
    if (latest !== this.#latest) this.#say({ type: "latest", id: latest });
    this.#latest = latest;
    const begun: TaskId[] = [];
    for (const [id, count] of this.#waiting) {
      if (!this.#loop.sharedState.hasBegun(count)) break;
      this.#waiting.delete(id);
      begun.push(id);
    }
    if (begun.length === 0) return;
    this.#say({ type: "started", ids: begun, at: epochNow() });
  }
}

function drained(wire: Socket): Promise<void> {
  return new Promise((resolve) => wire.once("drain", resolve));
}

async function begin(
  { parent, clock, cwd, settings }: BridgeInit,
): Promise<void> {
  followClock(clock);
  if (cwd !== undefined) changeTo(cwd);
  const loop = new WorkerLink<Uint8Array, Uint8Array>(LOOP_WORKER, {
    ...settings,
    // The parent prints what is to be printed.
    console: "capture",
    asBytes: true,
  });
  // Loaded while the worker starts.
  const { Socket } = await import("node:net");
  const wire = new Socket({ fd: WIRE, readable: true, writable: true });
  // The end of the parent ends the wire, and that ends this process with all
  // that runs in it.
  const gone = (): never => Deno.exit(0);
  wire.on("close", gone);
  wire.on("error", gone);
  // Nothing tells of that if a task has closed the wire under it.
  setInterval(() => Deno.ppid === parent || gone(), LOOK_EVERY);
  const decoder = new FrameDecoder(OPEN_KEY);
  let bridge: Bridge | undefined;
  const take = (chunk: Uint8Array): void => {
    for (const bytes of decoder.push(chunk)) {
      if (bridge !== undefined) bridge.post(bytes);
      // The first message is the key of what is sent from here.
      else bridge = new Bridge(loop, wire, bytes);
    }
  };
  wire.on("data", (chunk: Uint8Array) => {
    try {
      take(chunk);
    } catch (error) {
      console.error(
        `Error: a task reads its wire: ${(error as Error).message}`,
      );
      Deno.exit(1);
    }
  });
}

function changeTo(folder: string): void {
  try {
    Deno.chdir(folder);
  } catch {
    // Tasks that may not read it can't use relative paths in any case.
  }
}

if (import.meta.main) begin(JSON.parse(Deno.args[0]!));
