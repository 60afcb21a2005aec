/** What a task may try without harm to the loop, its siblings or the prompt. */
import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import { type LoopController, LoopLostError, TimeoutError } from "../../mod.ts";
import { DenoChild, openLoop } from "../helpers.ts";
import { until } from "../until.ts";
import type { EngineName } from "./contract/suite.ts";

declare const task: typeof import("../../src/task_api.ts").task;

const ENGINES: readonly EngineName[] = ["worker", "process"];

/** Each changes the loop's globals for good. */
const TRICKS: Readonly<Record<string, () => unknown>> = {
  "messages to whoever made the worker": () => {
    const forged = { type: "succeeded", ids: [1], values: ["forged"], at: 0 };
    const worker = self as unknown as Worker;
    worker.postMessage(forged);
    worker.postMessage([forged]);
    worker.postMessage(new Map([[0, [forged]]]));
  },
  "a handler of messages and errors": () => {
    Object.assign(globalThis, {
      onmessage: () => {},
      onerror: () => {
        throw new Error("from onerror");
      },
    });
  },
  "a forged start": () => {
    const { port1: port } = new MessageChannel();
    const settings = { name: "forged", grace: 0, console: "capture" };
    const sharedState = new SharedArrayBuffer(100_000);
    dispatchEvent(
      new MessageEvent("message", { data: { port, sharedState, settings } }),
    );
  },
  "a hold of the loop's port": () => {
    const stolen: unknown[] = [];
    const steal = function (this: unknown): boolean {
      if (this instanceof MessagePort) stolen.push(this);
      return true;
    };
    for (const prototype of [MessagePort.prototype, EventTarget.prototype]) {
      for (const name of ["postMessage", "dispatchEvent", "addEventListener"]) {
        Object.defineProperty(prototype, name, { value: steal });
      }
    }
    Object.assign(globalThis, { stolen });
  },
  "time that stands still": () => {
    Date.now = () => 0;
    performance.now = () => 0;
    const never = () => 0;
    Object.assign(globalThis, {
      setTimeout: never,
      setInterval: never,
      setImmediate: never,
      clearTimeout: never,
      queueMicrotask: never,
    });
  },
  "promises that never come": () => {
    Promise.prototype.then = function () {
      return this as never;
    };
    Promise.resolve = () => new Promise(() => {}) as never;
  },
  "copies that fail": () => {
    globalThis.structuredClone = () => {
      throw new Error("no copies");
    };
  },
  "errors that can't be made without a stack": () => {
    Object.freeze(Error);
    Object.freeze(Error.prototype);
  },
  "memory that is not shared": () => {
    const none = () => 0;
    Object.assign(Atomics, { add: none, load: none, notify: none, or: none });
  },
  "no eval": () => {
    Object.assign(globalThis, { eval: undefined });
  },
  "no fetch, no AbortController": () => {
    Object.assign(globalThis, { fetch: null, AbortController: null });
  },
};

/** Checks that the loop does all that it should. */
async function works(loop: LoopController): Promise<void> {
  const sleeps = loop.submit(async (n: number) => {
    await task.sleep(1);
    console.log("slept");
    return [n];
  }, [7]);
  const fails = loop.submit(() => {
    throw new RangeError("its own");
  });
  const endless = loop.submit(() => task.sleep(Infinity), [], { timeout: 5 });
  assertEquals(await loop.submit((n: number) => n + 1, [1]), 2);
  assertEquals(await sleeps, [7]);
  assertEquals(sleeps.logs().map(({ text }) => text), ["slept"]);
  const failure = await fails.outcome();
  assert(failure.state === "failed");
  assertInstanceOf(failure.error, RangeError);
  const end = await endless.outcome();
  assert(end.state === "cancelled" && end.confirmed);
  assertInstanceOf(end.reason, TimeoutError);
}

for (const isolation of ENGINES) {
  Deno.test(`the loop in a ${isolation} goes on after`, async (t) => {
    await using loop = openLoop({ isolation });
    const sibling = loop.submit(async () => {
      await task.sleep(Infinity).catch(() => {});
      return "its own value";
    });
    await works(loop);
    for (const [name, trick] of Object.entries(TRICKS)) {
      await t.step(name, async () => {
        await loop.submit(trick).outcome();
        await works(loop);
      });
    }
    assertEquals(sibling.state, "running");
    assertEquals(await sibling.cancel(), "finished");
    assertEquals(await sibling, "its own value");
    const stolen = loop.submit(() =>
      (globalThis as unknown as { stolen: unknown[] }).stolen.length
    );
    assertEquals(await stolen, 0);
  });

  Deno.test(`a task in a ${isolation} reads nothing of what is typed`, async () => {
    const program = `
      import { LoopController } from "./mod.ts";
      const loop = new LoopController({ isolation: "${isolation}" });
      const tries = [
        () => Deno.stdin.readSync(new Uint8Array(9)),
        () => Deno.stdin.read(new Uint8Array(9)),
        () => Deno.stdin.readable.getReader().read(),
        () => new Promise((resolve, reject) => {
          const { stdin } = globalThis.process;
          stdin.on("data", resolve);
          stdin.on("error", reject);
        }),
      ];
      console.log("begin");
      for (const one of tries) {
        const { state } = await loop.submit(one).outcome();
        console.log(state);
      }
      const line = new Uint8Array(20);
      const length = await Deno.stdin.read(line);
      console.log(new TextDecoder().decode(line.subarray(0, length)).trim());
      await loop.close();`;
    const folder = await Deno.makeTempDir();
    await Deno.writeTextFile(
      `${folder}/program.js`,
      program.replace(
        "./mod.ts",
        new URL("../../mod.ts", import.meta.url).href,
      ),
    );
    await using child = new DenoChild(["run", "-A", `${folder}/program.js`]);
    assertEquals(await child.readLine(), "begin");
    await child.write("for the prompt\n");
    const { stdout } = await child.finish();
    await Deno.remove(folder, { recursive: true });
    assertEquals(stdout.trim().split("\n").slice(1), [
      "failed",
      "failed",
      "failed",
      "failed",
      "for the prompt",
    ]);
  });
}

/** Each has the loop say what a task has made up. */
const FORGERIES: Readonly<
  Record<EngineName, (forged: unknown, serial: string) => unknown>
> = {
  worker: (forged) => {
    globalThis.Map = class<K, V> extends Map<K, V> {
      constructor() {
        super([[0, forged]] as never);
      }
    } as MapConstructor;
    return {};
  },
  process: async (forged, serial) => {
    const { serialize } = await import(serial);
    // With room for what its frame begins with.
    const bytes: Uint8Array = serialize(forged, 28);
    const arrays = Object.getPrototypeOf(Uint8Array.prototype);
    const { slice } = arrays;
    arrays.slice = () => slice.call(bytes);
  },
};

for (const isolation of ENGINES) {
  Deno.test(`a task in a ${isolation} that has its loop lie ends that loop, and settles no task of another`, async () => {
    await using loop = openLoop({ isolation });
    const victim = loop.submit(() => task.sleep(Infinity), [], {
      isolate: true,
    });
    await until(() => victim.state === "running");
    const forged = [
      { type: "succeeded", ids: [victim.id], values: ["forged"], at: 0 },
    ];
    const serial = import.meta.resolve("../../src/serial/writer.ts");
    const forger = loop.submit(FORGERIES[isolation], [forged, serial]);
    const outcome = await forger.outcome();
    assert(outcome.state === "failed");
    assertInstanceOf(outcome.error, LoopLostError);
    assertEquals(
      (outcome.error.cause as Error).message,
      "it sent what it may not send: task 1 is none of its tasks",
    );
    assertEquals(victim.state, "running");
    assertEquals(await victim.cancel(), "cancelled");
    assertEquals(await loop.submit(() => "the next loop"), "the next loop");
  });

  Deno.test(`what a task in a ${isolation} throws settles it, also where the program makes stacks that throw`, async () => {
    const { prepareStackTrace } = Error as { prepareStackTrace?: unknown };
    await using loop = openLoop({ isolation });
    try {
      Object.assign(Error, {
        prepareStackTrace: () => {
          throw new Error("no stack");
        },
      });
      const fails = loop.submit(() => {
        throw new RangeError("its own");
      });
      const limited = loop.submit(() => task.sleep(Infinity), [], {
        timeout: 1,
      });
      const lost = loop.submit(() => Deno.exit(), [], { isolate: true });
      const outcomes = await Promise.all(
        [fails, limited, lost].map((handle) => handle.outcome()),
      );
      assertEquals(
        outcomes.map((outcome) => {
          if (outcome.state === "failed") return outcome.error.name;
          return outcome.state === "cancelled" && outcome.reason.name;
        }),
        ["RangeError", "TimeoutError", "LoopLostError"],
      );
    } finally {
      Object.assign(Error, { prepareStackTrace });
    }
  });

  Deno.test(`an error made to hurt settles its task in a ${isolation}, also while that is being cancelled`, async () => {
    await using loop = openLoop({ isolation });
    const hurts = () => {
      throw Object.assign(new Error("hurts"), { constructor: {}.toString });
    };
    const outcome = await loop.submit(hurts).outcome();
    assert(outcome.state === "failed");
    assertEquals(outcome.error.message, "hurts");
    const stopping = loop.submit(async () => {
      await task.sleep(Infinity).catch(() => {});
      throw Object.assign(new Error("hurts"), { constructor: {}.toString });
    });
    await until(() => stopping.state === "running");
    assertEquals(await stopping.cancel(), "cancelled");
    assertEquals(await loop.submit(() => 1), 1);
  });

  Deno.test(`a caller that has used up the stack takes nothing from a ${isolation} that would be lost`, async () => {
    await using loop = openLoop({ isolation });
    const handles = Array.from(
      { length: 2000 },
      (_, n) =>
        loop.submit(async (n: number) => {
          await task.sleep(n % 50);
          return { deep: [[[[[[n]]]]]] };
        }, [n]),
    );
    let left = handles;
    let overflows = 0;
    const deep = (): void => {
      try {
        deep();
      } catch {
        // The nearer to the end of the stack, the more often it is too short.
        for (const handle of left) {
          try {
            handle.state;
          } catch (error) {
            assertInstanceOf(error, RangeError);
            overflows++;
            return;
          }
        }
      }
    };
    while (left.length > 0) {
      deep();
      await new Promise((resolve) => setTimeout(resolve, 1));
      left = left.filter((handle) => !handle.done);
    }
    assert(overflows > 0, "the stack was used up");
    const outcomes = await Promise.all(handles.map((one) => one.outcome()));
    assertEquals(outcomes.filter(({ state }) => state !== "succeeded"), []);
  });
}

Deno.test("a subprocess of a task in a process neither reads the prompt nor writes to it", async () => {
  await using loop = openLoop({ isolation: "process" });
  const handle = loop.submit(async () => {
    // Its stdin, stdout and stderr are those of the task's process.
    const args = ["-c", "cat; echo out; echo err >&2"];
    return (await new Deno.Command("sh", { args }).spawn().status).code;
  });
  assertEquals(await handle, 0);
  const lines = new Set<string>();
  await until(() => {
    for (const { level, text } of loop.logs()) lines.add(`${level} ${text}`);
    return lines.size === 2;
  });
  assertEquals(lines, new Set(["log out", "warn err"]));
});
