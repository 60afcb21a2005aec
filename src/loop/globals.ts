/**
 * Stands between the tasks and the loop that they share: gives each its own
 * output and its own `fetch`, and keeps a stray error of one from ending all.
 *
 * @module
 */
import { systemClock } from "../clock.ts";
import { decodeThrown, encodeThrown } from "../protocol/codec.ts";
import type { LogEntry } from "../task.ts";
import type { Loop } from "./loop.ts";

/** The longest line of a log, in UTF-16 code units. */
const MAX_LINE_CHARACTERS = 16_384;

/**
 * A `fetch` in a task follows the task's signal, its body too. What a task that
 * was not asked to stop leaves behind runs on: its parent may read the response.
 */
export function bindFetch(loop: Loop): void {
  const original = globalThis.fetch;
  globalThis.fetch = async (input, init) => {
    const task = loop.current();
    if (task === undefined) return await original(input, init);
    const { signal } = task;
    // Throws the reason once the loop has turned, as a sleep does.
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

type ConsoleMethod = (...args: unknown[]) => void;

/** What a task writes with `console` goes to that task's log. */
export function captureConsole(loop: Loop): void {
  const patched = console as unknown as Record<string, ConsoleMethod>;
  let writer: Record<string, ConsoleMethod> | undefined;
  for (const [method, level] of Object.entries(LEVELS)) {
    patched[method] = (...args) => {
      writer ??= newWriter(write);
      writing = level;
      writer[method]!(...args);
    };
  }
  let writing: Level = "log";
  const groups = new TaskGroups(loop);
  const write = (text: string): void => log(loop, writing, groups.indent(text));
  patched.group = patched.groupCollapsed = (...labels) => {
    if (labels.length > 0) console.log(...labels);
    groups.deeper(1);
  };
  patched.groupEnd = () => groups.deeper(-1);
}

/** How deep in `console.group` each task is; they must not indent each other. */
class TaskGroups {
  readonly #loop: Loop;
  readonly #depths = new WeakMap<object, number>();

  constructor(loop: Loop) {
    this.#loop = loop;
  }

  get #depth(): number {
    return this.#depths.get(this.#loop.current() ?? this.#loop) ?? 0;
  }

  deeper(by: number): void {
    const depth = Math.max(0, this.#depth + by);
    this.#depths.set(this.#loop.current() ?? this.#loop, depth);
  }

  indent(text: string): string {
    return text.replace(/^(?=[^])/gm, "  ".repeat(this.#depth));
  }
}

/** Adds to the log of the task that is running. */
function log(loop: Loop, level: Level, text: string): void {
  const cut = text.length - MAX_LINE_CHARACTERS;
  loop.outbox.log(loop.current()?.id, {
    at: systemClock.now(),
    level,
    text: cut > 0
      ? `${text.slice(0, MAX_LINE_CHARACTERS)}… (${cut} more characters)`
      : text.replace(/\n$/, ""),
  });
}

/** What a task writes to stdout and stderr goes to its log as well. */
export function captureStreams(loop: Loop): void {
  for (const [stream, level, name] of STREAMS) {
    const decoder = new TextDecoder();
    const writeSync = (bytes: Uint8Array): number => {
      const text = decoder.decode(bytes, { stream: true });
      log(loop, level, text);
      return bytes.byteLength;
    };
    const write = (bytes: Uint8Array): Promise<number> =>
      Promise.resolve(writeSync(bytes));
    Object.defineProperties(stream, {
      write: { value: write },
      writeSync: { value: writeSync },
      writable: {
        get: () =>
          new WritableStream<Uint8Array>({
            write: (bytes) => void writeSync(bytes),
          }),
      },
    });
    // Elsewhere Node writes through Deno's; to load Node's takes a while.
    if (!stream.isTerminal()) continue;
    const { process } = globalThis as unknown as BuiltIns;
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

const STREAMS = [
  [Deno.stdout, "log", "stdout"],
  [Deno.stderr, "error", "stderr"],
] as const;

interface BuiltIns {
  readonly process: {
    _rawDebug: ConsoleMethod;
    getBuiltinModule(id: "node:console"): typeof import("node:console");
    getBuiltinModule(id: "node:stream"): typeof import("node:stream");
  };
}

/** Formats as `console` does. Loaded late: few loops write, each starts. */
function newWriter(
  write: (text: string) => void,
): Record<string, ConsoleMethod> {
  const { Console } = (globalThis as unknown as BuiltIns).process
    .getBuiltinModule("node:console");
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
  }) as unknown as Record<string, ConsoleMethod>;
}

/**
 * An error that no task caught is written to the log of the task that it came
 * from, where that can be told, and ends nothing.
 */
export function logUnhandledErrors(loop: Loop): void {
  const note = (what: string, thrown: unknown): void => {
    const { stack, message } = decodeThrown(encodeThrown(thrown));
    log(loop, "error", `${what}: ${stack ?? message}`);
  };
  addEventListener("error", (event) => {
    event.preventDefault();
    note("uncaught", event.error);
  });
  addEventListener("unhandledrejection", (event) => {
    event.preventDefault();
    note("unhandled rejection", event.reason);
  });
  // By the time that an error event comes, nothing tells any more which task
  // the callback belonged to; while it runs, the async context does.
  const globals = globalThis as unknown as Record<string, Scheduling>;
  for (const name of SCHEDULING) {
    const original = globals[name]!;
    globals[name] = (callback, ...rest) => {
      if (typeof callback !== "function") return original(callback, ...rest);
      return original((...args: unknown[]) => {
        try {
          callback(...args);
        } catch (thrown) {
          note("uncaught", thrown);
        }
      }, ...rest);
    };
  }
}

/** What calls a function later, outside of any promise. */
const SCHEDULING = [
  "setTimeout",
  "setInterval",
  "setImmediate",
  "queueMicrotask",
];

type Scheduling = (
  callback: (...args: unknown[]) => unknown,
  ...rest: unknown[]
) => unknown;

/** A task that ends the loop has that said before the loop is gone. */
export function announceExit(loop: Loop): void {
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

/** The prompt reads stdin; a task that did would steal its lines. */
export function closeStdin(): void {
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
