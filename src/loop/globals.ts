/**
 * The globals that the loop patches for its tasks. Each task gets its own
 * `fetch` and its own output, and an error that no task catches is logged
 * instead of ending the loop.
 *
 * @module
 */
import { systemClock } from "../clock.ts";
import { MAX_LINE_CHARACTERS } from "../log_buffer.ts";
import { decodeThrown, encodeThrown } from "../protocol/codec.ts";
import type { LogEntry } from "../task.ts";
import type { Loop } from "./loop.ts";

/** Patches the globals for the tasks of `loop`. */
export function patchGlobals(
  loop: Loop,
  output: "capture" | "inherit",
): void {
  logUnhandledErrors(loop);
  announceExit(loop);
  closeStdin();
  bindFetch(loop);
  if (output === "inherit") return;
  captureConsole(loop);
  captureStreams(loop);
}

/**
 * A `fetch` in a task follows the task's signal, its body included. The end of
 * the task does not abort the `fetch`: a parent may read a child's response.
 */
function bindFetch(loop: Loop): void {
  const original = globalThis.fetch;
  globalThis.fetch = async (input, init) => {
    const task = loop.current();
    if (task === undefined) return await original(input, init);
    const { signal } = task;
    // Throws the reason in a later macrotask, as every sleep does.
    if (signal.aborted) await task.sleep(0);
    const own = init?.signal ??
      (input instanceof Request ? input.signal : undefined);
    return await original(input, {
      ...init,
      signal: own ? AbortSignal.any([own, signal]) : signal,
    });
  };
}

type Level = LogEntry["level"];

/** The methods of `console` that write, and the level of each. */
const LEVELS: Readonly<Record<string, Level>> = {
  assert: "error",
  clear: "log",
  count: "info",
  countReset: "warn",
  debug: "debug",
  dir: "log",
  dirxml: "log",
  error: "error",
  info: "info",
  log: "log",
  table: "log",
  time: "warn",
  timeEnd: "info",
  timeLog: "info",
  trace: "debug",
  warn: "warn",
};

type Console = Record<string, (...args: unknown[]) => void>;

/** What a task writes with `console` goes to the task's log. */
function captureConsole(loop: Loop): void {
  const patched = console as unknown as Console;
  let writer: Console | undefined;
  let level: Level = "log";
  // Each task has groups of its own, so that none indents the lines of another.
  const depths = new WeakMap<object, number>();
  const depth = (): number => depths.get(loop.current() ?? loop) ?? 0;
  const setDepth = (depth: number): void =>
    void depths.set(loop.current() ?? loop, Math.max(0, depth));
  for (const [method, ofMethod] of Object.entries(LEVELS)) {
    patched[method] = (...args) => {
      writer ??= newConsole((text) =>
        log(loop, level, text.replace(/^(?=[^])/gm, "  ".repeat(depth())))
      );
      level = ofMethod;
      writer[method]!(...args);
    };
  }
  patched.group = patched.groupCollapsed = (...labels) => {
    if (labels.length > 0) console.log(...labels);
    setDepth(depth() + 1);
  };
  patched.groupEnd = () => setDepth(depth() - 1);
}

/** Adds a line to the log of the current task. */
function log(loop: Loop, level: Level, text: string): void {
  const excess = text.length - MAX_LINE_CHARACTERS;
  loop.outbox.output.log(loop.current()?.id, {
    at: systemClock.now(),
    level,
    text: excess > 0
      ? `${text.slice(0, MAX_LINE_CHARACTERS)}… (${excess} more characters)`
      : text.replace(/\n$/, ""),
  });
}

const STREAMS = [
  [Deno.stdout, "log", "stdout"],
  [Deno.stderr, "error", "stderr"],
] as const;

/** What a task writes to stdout or stderr goes to the task's log. */
function captureStreams(loop: Loop): void {
  for (const [stream, level, name] of STREAMS) {
    const decoder = new TextDecoder();
    const writeSync = (bytes: Uint8Array): number => {
      log(loop, level, decoder.decode(bytes, { stream: true }));
      return bytes.byteLength;
    };
    const write = (bytes: Uint8Array): Promise<number> =>
      Promise.resolve(writeSync(bytes));
    const writable = (): WritableStream<Uint8Array> =>
      new WritableStream({ write: (bytes) => void writeSync(bytes) });
    Object.defineProperties(stream, {
      write: { value: write },
      writeSync: { value: writeSync },
      writable: { get: writable },
    });
    // On a terminal Node's streams write to the terminal; elsewhere they call
    // the methods above, and need not be loaded, which takes a while.
    if (!stream.isTerminal()) continue;
    const { process } = globalThis as unknown as NodeGlobals;
    const { Writable } = process.getBuiltinModule("node:stream");
    const captured = new Writable({
      write(chunk: Uint8Array, _encoding, done) {
        writeSync(chunk);
        done();
      },
    });
    Object.defineProperty(process, name, { value: captured });
    process._rawDebug = console.error;
  }
}

interface NodeGlobals {
  readonly process: {
    _rawDebug: Console[string];
    getBuiltinModule(id: "node:console"): typeof import("node:console");
    getBuiltinModule(id: "node:stream"): typeof import("node:stream");
  };
}

/**
 * A `console` that writes with `write`. Node's module is loaded only here, since
 * most loops never write.
 */
function newConsole(write: (text: string) => void): Console {
  const { process } = globalThis as unknown as NodeGlobals;
  const { Console } = process.getBuiltinModule("node:console");
  const stream = {
    write: (text: string) => {
      write(text);
      return true;
    },
    on: () => {},
    once: () => {},
    removeListener: () => {},
    listenerCount: () => 0,
  };
  return new Console({
    stdout: stream as unknown as NodeJS.WritableStream,
    colorMode: false,
    ignoreErrors: false,
  }) as unknown as Console;
}

/** The functions that call a function later, outside of any promise. */
const SCHEDULERS = [
  "setTimeout",
  "setInterval",
  "setImmediate",
  "queueMicrotask",
];

type Scheduler = (
  callback: (...args: unknown[]) => unknown,
  ...rest: unknown[]
) => unknown;

/**
 * An error that no task catches ends nothing. It is written to the log of the
 * task that it comes from, where the async context tells which one.
 */
function logUnhandledErrors(loop: Loop): void {
  const logError = (what: string, thrown: unknown): void => {
    const { stack, message } = decodeThrown(encodeThrown(thrown));
    log(loop, "error", `${what}: ${stack ?? message}`);
  };
  addEventListener("error", (event) => {
    event.preventDefault();
    logError("uncaught", event.error);
  });
  addEventListener("unhandledrejection", (event) => {
    event.preventDefault();
    logError("unhandled rejection", event.reason);
  });
  // An error event comes without the async context of the callback that threw,
  // so callbacks are caught while they run.
  const globals = globalThis as unknown as Record<string, Scheduler>;
  for (const name of SCHEDULERS) {
    const original = globals[name]!;
    globals[name] = (callback, ...rest) => {
      if (typeof callback !== "function") return original(callback, ...rest);
      return original((...args: unknown[]) => {
        try {
          callback(...args);
        } catch (thrown) {
          logError("uncaught", thrown);
        }
      }, ...rest);
    };
  }
}

/** When a task ends the loop, the controller is told before the loop ends. */
function announceExit(loop: Loop): void {
  const announce = (how: string): void => {
    const id = loop.current()?.id;
    loop.outbox.flushAll();
    loop.outbox.send({ type: "exiting", id, how });
    loop.outbox.flush();
  };
  const { exit } = Deno;
  Deno.exit = (code?: number): never => {
    announce(`Deno.exit(${code ?? ""})`);
    return exit(code);
  };
  const { close } = self;
  self.close = () => {
    announce("self.close()");
    close.call(self);
  };
}

/** The prompt reads stdin; a task that read it would steal the prompt's lines. */
function closeStdin(): void {
  const refusal = (): TypeError =>
    new TypeError("A task can't read stdin: the prompt reads it");
  const refuse = (): never => {
    throw refusal();
  };
  Object.defineProperties(Deno.stdin, {
    read: { value: () => Promise.reject(refusal()) },
    readSync: { value: refuse },
    readable: { get: refuse },
  });
}
