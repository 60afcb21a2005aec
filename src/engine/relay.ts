/**
 * A Worker of this process that holds the wires to a child process. It forwards
 * messages both ways and reports when the child has exited.
 *
 * @module
 */
import { type ChildProcess, spawn } from "node:child_process";
import type { Duplex } from "node:stream";
import process from "node:process";
import { followClock, readClock, systemClock } from "../clock.ts";
import { LogBuffer } from "../log_buffer.ts";
import { wrap } from "../protocol/post.ts";
import type {
  FromLoop,
  LoopSettings,
  WorkerInit,
} from "../protocol/messages.ts";
import { SharedState } from "../protocol/shared_state.ts";
import { BRIDGE_WIRE, LOOP_WIRE } from "../serial/child_wire.ts";
import { type FrameDecoder, isLong } from "../serial/frames.ts";
import { deserialize } from "../serial/reader.ts";
import { serialize } from "../serial/writer.ts";
import { readLines, RecentErrors } from "./child_output.ts";
import { ParentWire, PostOrder } from "./parent_wire.ts";
import type { BridgeInit, ToRelay } from "./wire.ts";

/** With more posts than this not received, the relay stops reading. */
const MAX_BACKLOG_POSTS = 1024;
/** The same after a long post, and for lines of output. */
const MAX_LONG_BACKLOG_POSTS = 16;

/**
 * How long the relay reads on after the child has exited or closed a wire. A
 * subprocess that the child left behind may keep its output open.
 */
const MAX_READ_ON_MS = 200;

/** How long the child has to exit after its wires were closed. */
const MAX_EXIT_MS = 1000;

/** How long lines that the child writes are gathered. */
const OUTPUT_INTERVAL_MS = 50;

class Relay {
  readonly #port: MessagePort;
  readonly #sharedState: SharedState;
  readonly #inherit: boolean;
  readonly #wires: readonly ParentWire[];
  readonly #order: PostOrder = new PostOrder();
  readonly #child: ChildProcess;
  readonly #exit: Promise<string>;
  readonly #errors: RecentErrors = new RecentErrors();
  readonly #lines: LogBuffer = new LogBuffer();
  #linesDue = false;
  #exited = false;
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
    this.#exit = exitOf(child);
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
    this.#reportExit();
  }

  #post(bytes: Uint8Array<ArrayBuffer>): void {
    if (isLong(bytes)) this.#port.postMessage(wrap(bytes), [bytes.buffer]);
    else this.#port.postMessage(wrap(bytes));
    this.#sharedState.addPost();
  }

  /** Closes the wires, which makes the child exit. */
  #stop(): void {
    for (const wire of this.#wires) wire.stream.end();
    setTimeout(() => this.#kill(), MAX_EXIT_MS);
  }

  /** Kills the child and what its tasks have started. */
  #kill(): void {
    if (this.#exited) return;
    try {
      process.kill(-this.#child.pid!, "SIGKILL");
    } catch {
      // It has exited, or this program may end only its own children.
      this.#child.kill("SIGKILL");
    }
  }

  async #reportExit(): Promise<void> {
    const wiresRead = this.#wires.map((wire) => this.#read(wire));
    // A child that has closed a wire exits, or is of no use.
    Promise.race(wiresRead).then(() => delay(MAX_READ_ON_MS))
      .then(() => this.#kill());
    const read = Promise.allSettled([
      ...wiresRead,
      readLines(this.#child.stdout!, (line) => this.#log("log", line)),
      readLines(this.#child.stderr!, (line) => {
        this.#errors.add(line);
        this.#log("warn", line);
      }),
    ]);
    const how = await this.#exit;
    this.#exited = true;
    await Promise.race([read, delay(MAX_READ_ON_MS)]);
    this.#postLines();
    const { cause } = this.#errors;
    reportEnd(
      this.#port,
      this.#sharedState,
      this.#broken + how + (cause && `: ${cause}`),
    );
  }

  /** Forwards what comes over a wire. Resolves when the wire has closed. */
  #read({ stream, decoder }: ParentWire): Promise<void> {
    return new Promise((resolve) => {
      stream.on("data", (chunk: Uint8Array) => {
        try {
          const long = this.#forward(decoder, chunk);
          const max = long ? MAX_LONG_BACKLOG_POSTS : MAX_BACKLOG_POSTS;
          if (this.#exited || this.#sharedState.backlog <= max) return;
          stream.pause();
          this.#waitForBacklog(max).then(() => stream.resume());
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

  /** Returns whether one of the messages was long. */
  #forward(decoder: FrameDecoder, chunk: Uint8Array): boolean {
    let long = false;
    for (const { message, sequence } of decoder.push(chunk)) {
      long ||= isLong(message);
      for (const bytes of this.#order.push(message, sequence)) {
        if (this.#inherit) print(bytes);
        this.#post(bytes);
      }
    }
    return long;
  }

  /** Resolves when the backlog is at most `max`, or the child has exited. */
  async #waitForBacklog(max: number): Promise<void> {
    if (this.#exited) return;
    await Promise.race([this.#sharedState.waitForBacklog(max), this.#exit]);
  }

  /** Adds a line to the log of the loop. */
  async #log(level: "log" | "warn", text: string): Promise<void> {
    if (this.#inherit) return console[level](text);
    this.#lines.add({ at: systemClock.now(), level, text });
    if (this.#linesDue) return;
    this.#linesDue = true;
    await delay(OUTPUT_INTERVAL_MS);
    await this.#waitForBacklog(MAX_LONG_BACKLOG_POSTS);
    this.#linesDue = false;
    this.#postLines();
  }

  #postLines(): void {
    const lines = this.#lines.take();
    if (lines.entries.length === 0) return;
    const message: FromLoop = { type: "log", id: undefined, ...lines };
    this.#post(serialize([message]));
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
      // A process group of its own. Ctrl-C at the terminal is for this program
      // to handle, and a kill reaches what the tasks have started.
      detached: true,
    },
  );
}

/** Resolves to how the child exited. */
function exitOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once("exit", (code, signal) => {
      resolve(`its process ended with ${signal ?? `code ${code}`}`);
    });
  });
}

/** Posts the last messages: how the loop ended, and that nothing follows. */
function reportEnd(
  port: MessagePort,
  sharedState: SharedState,
  how: string,
): void {
  const ended: FromLoop = { type: "ended", how };
  for (const message of [serialize([ended]), "exited"]) {
    port.postMessage(wrap(message));
    sharedState.addPost();
  }
}

function delay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Writes the output of tasks where this program writes. */
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
  const onFailed = ({ message }: Error): void =>
    reportEnd(
      init.port,
      new SharedState(init.sharedState),
      `its process can't be started: ${message}`,
    );
  try {
    const child = start(init.settings);
    if (child.pid === undefined) child.once("error", onFailed);
    else new Relay(init, child);
  } catch (error) {
    onFailed(error as Error);
  }
}, { once: true });
