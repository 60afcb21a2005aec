/** A task's signal, and what follows it by itself. */
import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import { CancelledError, type TaskHandle } from "../../mod.ts";
import { openLoop } from "../helpers.ts";
import { PATIENCE_MS } from "../patience.ts";
import { until } from "../until.ts";

declare const task: import("../../src/task_api.ts").Task;

/** A server on loopback whose pages hang: `/head` before, `/body` in the body. */
class HangingServer implements AsyncDisposable {
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  readonly #asked = Promise.withResolvers<void>();
  readonly #left = Promise.withResolvers<string>();

  constructor() {
    const options = { hostname: "127.0.0.1", port: 0, onListen: () => {} };
    this.#server = Deno.serve(options, (request) => {
      if (new URL(request.url).pathname === "/body") {
        return new Response(this.#body());
      }
      this.#asked.resolve();
      const never = Promise.withResolvers<Response>();
      request.signal.addEventListener("abort", () => {
        this.#left.resolve("before the head");
        never.resolve(new Response("too late"));
      });
      return never.promise;
    });
  }

  #body(): ReadableStream<Uint8Array> {
    return new ReadableStream({
      start: (controller) => {
        controller.enqueue(new TextEncoder().encode("begin"));
        this.#asked.resolve();
      },
      cancel: () => this.#left.resolve("in the body"),
    });
  }

  url(path: string): string {
    return `http://127.0.0.1:${this.#server.addr.port}${path}`;
  }

  /** Resolves when a page has been asked for. */
  get asked(): Promise<void> {
    return this.#asked.promise;
  }

  /** Resolves when the client has closed its connection. */
  get left(): Promise<string> {
    return this.#left.promise;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }
}

Deno.test("a fetch ends with its task, and the server sees the connection close", async () => {
  await using server = new HangingServer();
  await using loop = openLoop();
  const handle = loop.submit(async (url: string) => {
    await fetch(url);
  }, [server.url("/head")]);
  await server.asked;
  const result = await handle.cancel("stop", { grace: PATIENCE_MS });
  assertEquals(result, "cancelled");
  assertEquals(await server.left, "before the head");
});

Deno.test("the body stream of a fetch ends with its task", async () => {
  await using server = new HangingServer();
  await using loop = openLoop();
  const handle = loop.submit(async (url: string) => {
    const response = await fetch(url);
    console.log("head");
    for await (const chunk of response.body!) console.log(chunk.length);
  }, [server.url("/body")]);
  for await (const { text } of handle.followLogs()) if (text === "5") break;
  const result = await handle.cancel("stop", { grace: PATIENCE_MS });
  assertEquals(result, "cancelled");
  assertEquals(await server.left, "in the body");
});

Deno.test("a fetch ends with the timeout of its task", async () => {
  await using server = new HangingServer();
  await using loop = openLoop();
  const handle = loop.submit(
    async (url: string) => {
      await fetch(url);
    },
    [server.url("/head")],
    { grace: PATIENCE_MS },
  );
  await server.asked;
  handle.setTimeout(0);
  const outcome = await handle.outcome();
  assert(outcome.state === "cancelled" && outcome.confirmed);
  assertEquals(await server.left, "before the head");
});

Deno.test("a fetch with a signal of its own follows that one as well", async () => {
  await using server = new HangingServer();
  await using loop = openLoop();
  const handle = loop.submit(async (url: string) => {
    const own = new AbortController();
    const request = new Request(url, { signal: own.signal });
    const answers = [
      fetch(url, { signal: own.signal }),
      fetch(request),
    ].map((answer) => answer.catch((error: Error) => error.message));
    own.abort(new Error("my own"));
    return [...await Promise.all(answers), task.signal.aborted];
  }, [server.url("/head")]);
  assertEquals(await handle, ["my own", "my own", false]);
});

Deno.test("a fetch with a signal of its own still ends with its task", async () => {
  await using server = new HangingServer();
  await using loop = openLoop();
  const handle = loop.submit(async (url: string) => {
    await fetch(url, { signal: new AbortController().signal });
  }, [server.url("/head")]);
  await server.asked;
  const result = await handle.cancel("stop", { grace: PATIENCE_MS });
  assertEquals(result, "cancelled");
  assertEquals(await server.left, "before the head");
});

Deno.test("a fetch that a task leaves behind runs on, and its parent can read what a child has fetched", async () => {
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    () => new Response("the page"),
  );
  await using loop = openLoop();
  const page = await loop.submit(async (url: string) => {
    const response = await task.spawn(() => fetch(url));
    return await response.text();
  }, [`http://127.0.0.1:${server.addr.port}`]);
  assertEquals(page, "the page");
});

Deno.test("task.signal aborts with the reason that the task is stopped for", async () => {
  await using loop = openLoop();
  const listens = () =>
    new Promise<string>((resolve) =>
      task.signal.addEventListener("abort", () => {
        const { name, message } = task.signal.reason;
        resolve(`${name}: ${message}`);
      })
    );
  const cancelled = loop.submit(listens);
  await until(() => cancelled.state === "running");
  await cancelled.cancel("go away");
  assertEquals(cancelled.result(), "CancelledError: go away");
  const late = loop.submit(listens, [], { timeout: 1 });
  assertEquals(
    (await late).replace(/\d+/g, "N"),
    [
      "TimeoutError: task N ran for N ms, its timeout is N ms",
    ].join(),
  );
});

Deno.test("a listener of task.signal speaks for its own task, whoever stops it", async () => {
  await using loop = openLoop();
  const listens = async () => {
    const aborted = new Promise<void>((resolve) => {
      task.signal.addEventListener("abort", () => {
        console.log(task.id);
        resolve();
      });
    });
    // So that timers are armed by every task.
    await task.sleep(1);
    await aborted;
  };
  const handles = [1, 2, 3, 4].map((ms) =>
    loop.submit(listens, [], { timeout: 5 + ms })
  );
  const last = loop.submit(listens);
  await loop.wait(handles);
  await last.cancel();
  for (const handle of [...handles, last]) {
    assertEquals(handle.logs().map(({ text }) => text), [String(handle.id)]);
  }
});

Deno.test("task.signal that is first read after the request is aborted already", async () => {
  await using loop = openLoop();
  const handle = loop.submit(async () => {
    await task.sleep(Infinity).catch(() => {});
    await task.sleep(1).catch((error) => console.log(error.message));
    return [task.signal.aborted, task.signal.reason.message];
  });
  await until(() => handle.state === "running");
  await handle.cancel("stop");
  assertEquals(handle.result(), [true, "stop"]);
  assertEquals(handle.logs()[0]?.text, "stop", "no sleep begins any more");
});

Deno.test("a signal is made only when it is first read, and once", async () => {
  await using loop = openLoop();
  await loop.submit(() => {
    const counted = globalThis as { made?: number };
    counted.made = 0;
    globalThis.AbortController = class extends AbortController {
      constructor() {
        super();
        counted.made!++;
      }
    };
  });
  const made = () => (globalThis as { made?: number }).made;
  const sleepers = Array.from(
    { length: 20 },
    () => loop.submit(() => task.sleep(Infinity)),
  );
  await until(() => sleepers.every(({ state }) => state === "running"));
  await Promise.all(sleepers.map((handle) => handle.cancel()));
  assertEquals(await loop.submit(made), 0);
  const reads = () => task.signal === task.signal;
  assertEquals(await loop.submit(reads), true);
  assertEquals(await loop.submit(made), 1);
});

/** Goes every way that leads on asynchronously, and asks who it is on each. */
async function everyWay(shared: string): Promise<unknown[]> {
  const global = globalThis as unknown as Record<string, Promise<void>>;
  global[shared] ??= new Promise((resolve) => setTimeout(resolve, 5));
  const seen: unknown[] = [task.id];
  const note = () => {
    seen.push(task.id);
  };
  const called = (start: (done: () => void) => void) =>
    new Promise<void>((resolve) =>
      start(() => {
        note();
        resolve();
      })
    );
  await Promise.all([
    task.sleep(3).then(note),
    called((done) => setTimeout(done, 2)),
    called((done) => setImmediate(done)),
    called((done) => queueMicrotask(done)),
    called((done) => process.nextTick(done)),
    called((done) => {
      const id = setInterval(() => {
        clearInterval(id);
        done();
      }, 1);
    }),
    // A promise that another task may have made.
    global[shared]!.then(note),
    (async () => {
      await global[shared];
      note();
      async function* numbers() {
        for (let n = 0; n < 3; n++) {
          await task.sleep(1);
          note();
          yield n;
        }
      }
      for await (const _ of numbers()) note();
    })(),
    fetch("data:text/plain,x").then((response) => response.text()).then(note),
  ]);
  await Promise.race([task.sleep(2), Promise.resolve()]);
  note();
  return seen;
}
declare const process: { nextTick(callback: () => void): void };

Deno.test("two tasks side by side never take each other for themselves, whichever way they go on", async () => {
  await using loop = openLoop();
  const handles = Array.from(
    { length: 20 },
    () => loop.submit(everyWay, ["sharedPromise"]),
  );
  for (const handle of handles) {
    const seen = await handle;
    assertEquals(seen, new Array(seen.length).fill(handle.id));
    assertEquals(seen.length, 17);
  }
});

Deno.test("the signal of a task aborts with it and not with its neighbour", async () => {
  await using loop = openLoop();
  const watch = () =>
    new Promise<string>((resolve) => {
      task.signal.addEventListener("abort", () => resolve("aborted"));
      const id = setInterval(() => {
        if (!("stopWatching" in globalThis)) return;
        clearInterval(id);
        resolve(task.signal.aborted ? "aborted" : "not aborted");
      }, 1);
    });
  const one = loop.submit(watch);
  const other = loop.submit(watch);
  await until(() => other.state === "running");
  await one.cancel();
  assertEquals(one.result(), "aborted");
  await loop.submit(() =>
    Object.assign(globalThis, { stopWatching: true }) && 0
  );
  assertEquals(await other, "not aborted");
});

function sleeper(
  submit: (task: () => Promise<void>) => TaskHandle<void>,
): TaskHandle<void> {
  return submit(() => task.sleep(Infinity));
}

Deno.test("the signal option cancels the task with the signal's reason", async () => {
  await using loop = openLoop();
  const outside = new AbortController();
  const { signal } = outside;
  const handle = sleeper((one) => loop.submit(one, [], { signal }));
  await until(() => handle.state === "running");
  const reason = new TypeError("the user left");
  outside.abort(reason);
  const outcome = await handle.outcome();
  assert(outcome.state === "cancelled" && outcome.confirmed);
  assertEquals(outcome.reason, reason);
});

Deno.test("the signal option makes a CancelledError of a reason that is no Error", async () => {
  await using loop = openLoop();
  const signal = AbortSignal.abort("the user left");
  const outcome = await sleeper((one) => loop.submit(one, [], { signal }))
    .outcome();
  assert(outcome.state === "cancelled");
  assertInstanceOf(outcome.reason, CancelledError);
  assertEquals(outcome.reason.message, "the user left");
});

Deno.test("the signal option with a signal that has aborted keeps the task from starting", async () => {
  await using loop = openLoop();
  const handle = loop.submit(
    () => Object.assign(globalThis, { started: true }) && 0,
    [],
    { signal: AbortSignal.abort() },
  );
  assertEquals(handle.state, "cancelled");
  const started = await loop.submit(() => "started" in globalThis);
  assertEquals(started, false);
});

Deno.test("the signal option takes AbortSignal.timeout and AbortSignal.any", async () => {
  await using loop = openLoop();
  const signal = AbortSignal.any([
    new AbortController().signal,
    AbortSignal.timeout(1),
  ]);
  const outcome = await sleeper((one) => loop.submit(one, [], { signal }))
    .outcome();
  assert(outcome.state === "cancelled");
  assertEquals(outcome.reason.name, "TimeoutError");
  assertInstanceOf(outcome.reason, DOMException);
});

Deno.test("the signal option cancels a queued task, and one signal cancels many", async () => {
  await using loop = openLoop({ concurrency: 1 });
  const outside = new AbortController();
  const { signal } = outside;
  const handles = Array.from(
    { length: 5 },
    () => sleeper((one) => loop.submit(one, [], { signal })),
  );
  outside.abort();
  const outcomes = await Promise.all(handles.map((one) => one.outcome()));
  assertEquals(
    outcomes.map(({ state }) => state),
    new Array(5).fill("cancelled"),
  );
});

Deno.test("a signal that aborts after the end changes nothing", async () => {
  await using loop = openLoop();
  const outside = new AbortController();
  const handle = loop.submit(() => 1, [], { signal: outside.signal });
  assertEquals(await handle, 1);
  outside.abort();
  assertEquals(handle.state, "succeeded");
});
