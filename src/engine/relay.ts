/**
 * A worker of this process that holds the wire to a child deno. It hands on
 * what it is told, both ways, and says when the child has ended.
 *
 * @module
 */
import { type ChildProcess, spawn } from "node:child_process";
import type { Duplex } from "node:stream";
import process from "node:process";
import { followClock, readClock, systemClock } from "../clock.ts";
import { wrap } from "../protocol/batch.ts";
import { LogBuffer } from "../log_buffer.ts";
import type {
  FromLoop,
  LoopSettings,
  WorkerInit,
} from "../protocol/messages.ts";
import { SharedState } from "../protocol/shared_state.ts";
import { deserialize, serialize } from "../serial/serial.ts";
import { LastWords, readLines } from "./child_output.ts";
import { InOrder, ParentWire } from "./parent_wire.ts";
import { BRIDGE_WIRE, LOOP_WIRE } from "../serial/child_wire.ts";
import type { FrameDecoder } from "../serial/frames.ts";
import { type BridgeInit, isLong, type ToRelay } from "./wire.ts";

/** How many posts the controller may be behind before the child is held up. */
const BEHIND = 1024;
/** And before a large one. */
const LARGE_BEHIND = 16;

/**
 * How long the output of a child that has ended is waited for, in
 * milliseconds: a subprocess that it has left behind may hold it open.
 */
const LEFT_OPEN = 200;

/** How long a child may take to end that has lost its wire, in milliseconds. */
const TIME_TO_END = 1000;

/** How long lines that the child has written are gathered, in milliseconds. */
const LINES_EVERY = 50;

class Relay {
  readonly #port: MessagePort;
  readonly #sharedState: SharedState;
  readonly #inherit: boolean;
  readonly #wires: readonly ParentWire[];
  readonly #batches: InOrder = new InOrder();
  readonly #child: ChildProcess;
  readonly #end: Promise<string>;
  readonly #lastWords: LastWords = new LastWords();
  readonly #lines: LogBuffer = new LogBuffer();
  #linesDue = false;
  #over = false;
  /** What was wrong with what the child sent. */
  #broken = "";

  constructor(
    { port, sharedState, settings }: WorkerInit,
    child: ChildProcess,
  ) {
    this.#port = port;
    this.#sharedState = new SharedState(sharedState);
    this.#inherit = settings.console === "inherit";
    this.#child = child;
    this.#end = endOf(this.#child);
    this.#wires = [LOOP_WIRE, BRIDGE_WIRE].map((fd) =>
      new ParentWire(child.stdio[fd] as Duplex)
    );
    const [toLoop, toBridge] = this.#wires as [ParentWire, ParentWire];
    port.onmessage = ({ data }: MessageEvent<ToRelay>) => {
      if (data === "kill") this.#kill();
      else if (data === "stop") this.#stop();
      else if ("toBridge" in data) toBridge.send(data.toBridge);
      else toLoop.send(data);
    };
    this.#tellEnd();
  }

  #post(bytes: Uint8Array<ArrayBuffer>): void {
    if (isLong(bytes)) this.#port.postMessage(wrap(bytes), [bytes.buffer]);
    else this.#port.postMessage(wrap(bytes));
    this.#sharedState.addPost();
  }

  #say(message: FromLoop): void {
    this.#post(serialize([message]));
  }

  /** Ends the wires, and with that the child. */
  #stop(): void {
    for (const wire of this.#wires) wire.stream.end();
    setTimeout(() => this.#kill(), TIME_TO_END);
  }

  /** Kills the child, and with it what its tasks have started. */
  #kill(): void {
    if (this.#over) return;
    try {
      process.kill(-this.#child.pid!, "SIGKILL");
    } catch {
      // It has ended, or this program may end no processes but its children.
      this.#child.kill("SIGKILL");
    }
  }

  async #tellEnd(): Promise<void> {
    const wiresRead = this.#wires.map((wire) => this.#read(wire));
    Promise.race(wiresRead).then(() => this.#endSoon());
    const read = Promise.allSettled([
      ...wiresRead,
      readLines(this.#child.stdout!, (line) => this.#tell("log", line)),
      readLines(this.#child.stderr!, (line) => {
        this.#lastWords.hear(line);
        this.#tell("warn", line);
      }),
    ]);
    const how = await this.#end;
    this.#over = true;
    await Promise.race([read, delay(LEFT_OPEN)]);
    this.#postLines();
    const { why } = this.#lastWords;
    this.#say({
      type: "ended",
      how: this.#broken + how + (why && `: ${why}`),
    });
    this.#port.postMessage(wrap("gone"));
    this.#sharedState.addPost();
  }

  /** Resolves when there is no more. */
  #read({ stream, decoder }: ParentWire): Promise<void> {
    return new Promise((resolve) => {
      stream.on("data", (chunk: Uint8Array) => {
        try {
          const large = this.#take(decoder, chunk);
          const most = large ? LARGE_BEHIND : BEHIND;
          if (this.#over || this.#sharedState.backlog <= most) return;
          stream.pause();
          this.#room(most).then(() => stream.resume());
        } catch (error) {
          const { message } = error as Error;
          this.#broken = `it sent what can't be decoded: ${message}; `;
          this.#kill();
          stream.destroy();
        }
      });
      stream.on("close", resolve);
    });
  }

  /** Returns whether there was something large. */
  #take(decoder: FrameDecoder, chunk: Uint8Array): boolean {
    let large = false;
    for (const { message, place } of decoder.push(chunk)) {
      large ||= isLong(message);
      for (const bytes of this.#batches.push(message, place)) {
        if (this.#inherit) print(bytes);
        this.#post(bytes);
      }
    }
    return large;
  }

  /** Without the wire the child is of no use; if it is ending, it says how. */
  async #endSoon(): Promise<void> {
    await delay(LEFT_OPEN);
    this.#kill();
  }

  /** Waits till the controller is no more than so many posts behind. */
  async #room(most: number): Promise<void> {
    if (this.#over || this.#sharedState.backlog <= most) return;
    await Promise.race([this.#sharedState.waitForBacklog(most), this.#end]);
  }

  /** Adds a line to the log of the loop. */
  async #tell(level: "log" | "warn", text: string): Promise<void> {
    if (this.#inherit) return console[level](text);
    this.#lines.add({ at: systemClock.now(), level, text });
    if (this.#linesDue) return;
    this.#linesDue = true;
    await delay(LINES_EVERY);
    await this.#room(LARGE_BEHIND);
    this.#linesDue = false;
    this.#postLines();
  }

  #postLines(): void {
    const lines = this.#lines.take();
    if (lines.entries.length === 0) return;
    this.#say({ type: "log", id: undefined, ...lines });
  }
}

function start({ child, ...settings }: LoopSettings): ChildProcess {
  const { flags = [], env, folder } = child ?? {};
  const cwd = folder === undefined ? undefined : process.cwd();
  const clock = readClock();
  const init: BridgeInit = { parent: Deno.pid, clock, cwd, settings };
  const module = new URL("./child.ts", import.meta.url).href;
  return spawn(
    Deno.execPath(),
    ["run", "--no-prompt", "--quiet", ...flags, module, JSON.stringify(init)],
    {
      cwd: folder,
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "pipe", "pipe", "pipe"],
      // A process group of its own: Ctrl-C at the terminal is for this program
      // to act on, and a kill takes along what the tasks have started.
      detached: true,
    },
  );
}

/** Resolves when the child has ended. */
function endOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once("exit", (code, signal) => {
      resolve(`its process ended with ${signal ?? `code ${code}`}`);
    });
  });
}

function delay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Writes what the tasks wrote where this program writes. */
function print(bytes: Uint8Array): void {
  for (const message of deserialize(bytes) as readonly FromLoop[]) {
    if (message.type !== "log") continue;
    for (const { level, text } of message.entries) {
      if (level !== "note") console[level](text);
    }
  }
}

addEventListener("message", (event) => {
  const init = (event as MessageEvent<WorkerInit>).data;
  followClock(init.clock);
  const failed = ({ message }: Error): void => {
    const how = `its process can't be started: ${message}`;
    const sharedState = new SharedState(init.sharedState);
    for (const message of [serialize([{ type: "ended", how }]), "gone"]) {
      init.port.postMessage(wrap(message));
      sharedState.addPost();
    }
  };
  try {
    const child = start(init.settings);
    if (child.pid === undefined) child.once("error", failed);
    else new Relay(init, child);
  } catch (error) {
    failed(error as Error);
  }
}, { once: true });
