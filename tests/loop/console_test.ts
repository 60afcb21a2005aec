/** What tasks write, and where it goes. */
import {
  assert,
  assertEquals,
  assertGreaterOrEqual,
  assertLessOrEqual,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import type { LogEntry, TaskHandle } from "../../mod.ts";
import { Gate } from "../gate.ts";
import { deno, openLoop } from "../helpers.ts";
import { tasks } from "../tasks.ts";
import { until } from "../until.ts";

declare const task: import("../../src/task_api.ts").Task;

function texts(handle: TaskHandle): string[] {
  return handle.logs().map(({ text }) => text);
}

Deno.test("console in a task writes to that task's log, with level and time", async () => {
  await using loop = openLoop();
  const before = Date.now();
  const handle = loop.submit(() => {
    console.debug("a debug");
    console.log("a", { b: [1, "c"] }, 3n);
    console.info("%s is %d%%", "load", 42);
    console.warn("a warning");
    console.error(new Error("boom").message);
    console.assert(1 > 2, "impossible");
  });
  await handle;
  const logs = handle.logs();
  assertEquals(logs.map(({ level, text }) => [level, text]), [
    ["debug", "a debug"],
    ["log", "a { b: [ 1, 'c' ] } 3n"],
    ["info", "load is 42%"],
    ["warn", "a warning"],
    ["error", "boom"],
    ["error", "Assertion failed: impossible"],
  ]);
  let last = before;
  for (const { at } of logs) {
    assertGreaterOrEqual(at, last);
    last = at;
  }
  assertLessOrEqual(last, Date.now());
});

Deno.test("console keeps the lines of one call together, and prints tables, counts and traces", async () => {
  await using loop = openLoop();
  const handle = loop.submit(() => {
    console.log("two\nlines");
    console.table([{ a: 1 }]);
    console.count("n");
    console.count("n");
    console.trace("here");
    console.dir({ a: 1 });
  });
  await handle;
  const [lines, table, one, two, trace, dir] = texts(handle);
  assertEquals(lines, "two\nlines");
  assertStringIncludes(table!, "(index)");
  assertEquals([one, two], ["n: 1", "n: 2"]);
  assertMatch(trace!, /Trace: here\n\s+at /);
  assertEquals(dir, "{ a: 1 }");
});

Deno.test("console of tasks side by side goes to each one's own log", async () => {
  await using loop = openLoop();
  const writes = async (name: string) => {
    for (let n = 0; n < 20; n++) {
      console.log(name, n);
      await task.sleep(n % 3);
    }
    setTimeout(() => console.log(name, "timer"), 1);
    await task.sleep(5);
  };
  const handles = ["a", "b", "c"].map((name) => loop.submit(writes, [name]));
  await loop.wait(handles);
  for (const [n, name] of ["a", "b", "c"].entries()) {
    const expected = Array.from({ length: 20 }, (_, n) => `${name} ${n}`);
    assertEquals(texts(handles[n]!), [...expected, `${name} timer`]);
  }
});

Deno.test("console.group of one task indents its own lines only", async () => {
  await using loop = openLoop();
  const groups = loop.submit(async () => {
    console.group("outer");
    console.log("in\nside");
    console.group();
    console.log("deep");
    console.groupEnd();
    await task.sleep(20);
    console.log("still");
    console.groupEnd();
    console.groupEnd();
    console.log("out");
  });
  const plain = loop.submit(async () => {
    for (let n = 0; n < 5; n++) {
      console.log(n);
      await task.sleep(1);
    }
  });
  await loop.wait();
  assertEquals(texts(groups), [
    "outer",
    "  in\n  side",
    "    deep",
    "  still",
    "out",
  ]);
  assertEquals(texts(plain), ["0", "1", "2", "3", "4"]);
});

Deno.test("console writes no colour, and keeps control characters as they are", async () => {
  await using loop = openLoop();
  const handle = loop.submit(() => {
    console.log({ n: 1, s: "x" }, [true, null]);
    console.log("%cstyled", "color: red");
    console.log("bell \x07");
  });
  await handle;
  assertEquals(texts(handle), [
    "{ n: 1, s: 'x' } [ true, null ]",
    "styled",
    "bell \x07",
  ]);
});

Deno.test("a task's log keeps its latest thousand lines, and counts the others", async () => {
  await using loop = openLoop();
  const atOnce = loop.submit(() => {
    for (let n = 0; n < 10_000; n++) console.log(n);
  });
  const slowly = loop.submit(async () => {
    for (let n = 0; n < 2500; n++) {
      console.log(n);
      if (n % 100 === 0) await task.sleep(0);
    }
  });
  await loop.wait();
  for (const [handle, count] of [[atOnce, 10_000], [slowly, 2500]] as const) {
    const lines = texts(handle);
    assertEquals(lines.length, 1000);
    assertEquals([lines[0], lines.at(-1)], [
      String(count - 1000),
      String(count - 1),
    ]);
    assertEquals(handle.droppedLogs, count - 1000);
  }
});

Deno.test("a line that is very long is cut, and says by how much", async () => {
  await using loop = openLoop();
  const handle = loop.submit(() => console.log("x".repeat(1_000_000)));
  await handle;
  const [line] = texts(handle);
  assertLessOrEqual(line!.length, 17_000);
  assertMatch(line!, /x… \(\d+ more characters\)$/);
});

Deno.test("followLogs yields what there is, then each line as it comes, till the task ends", async () => {
  await using loop = openLoop();
  using gate = new Gate();
  const handle = loop.submit(async (key: SharedArrayBuffer, url: string) => {
    console.log("first");
    const { Gate } = await import(url);
    await new Gate(key).pass();
    console.log("second");
  }, [gate.key, import.meta.resolve("../gate.ts")]);
  await gate.arrivals();
  const seen: string[] = [];
  for await (const { text } of handle.followLogs()) {
    seen.push(text);
    gate.open();
  }
  assertEquals(seen, ["first", "second"]);
  assertEquals(handle.state, "succeeded");
  const again = await Array.fromAsync(handle.followLogs());
  assertEquals(again.map(({ text }) => text), seen);
});

Deno.test("followLogs ends when its signal aborts, and can be left", async () => {
  await using loop = openLoop();
  using gate = new Gate();
  const handle = loop.submit(tasks.waitAt, [gate.key, 1]);
  const leave = new AbortController();
  const following = Array.fromAsync(
    handle.followLogs({ signal: leave.signal }),
  );
  leave.abort();
  assertEquals(await following, []);
  const aborted = handle.followLogs({ signal: leave.signal });
  assertEquals(await Array.fromAsync(aborted), []);
  assertEquals(handle.state === "succeeded", false);
});

Deno.test("followLogs follows an abandoned task till it has really stopped", async () => {
  await using loop = openLoop();
  using gate = new Gate();
  const handle = loop.submit(tasks.ignoreTill, [gate.key, 1]);
  await gate.arrivals();
  await handle.cancel("stop", { grace: 0 });
  const following = Array.fromAsync(handle.followLogs());
  gate.open();
  const [note, more] = await following;
  assertMatch(note!.text, /dropped/);
  assertEquals(more, undefined);
});

Deno.test("followLogs of an abandoned task ends when its loop is killed", async () => {
  await using loop = openLoop();
  using gate = new Gate();
  const handle = loop.submit(tasks.ignoreTill, [gate.key, 1]);
  await gate.arrivals();
  await handle.cancel("stop", { grace: 0 });
  const following = Array.fromAsync(handle.followLogs());
  loop.kill();
  assertEquals(await following, []);
  assertEquals(await Array.fromAsync(handle.followLogs()), []);
});

Deno.test("several can follow one log", async () => {
  await using loop = openLoop();
  const handle = loop.submit(async () => {
    for (let n = 0; n < 50; n++) {
      console.log(n);
      await task.sleep(0);
    }
  });
  const text = (entry: LogEntry) => entry.text;
  const [a, b] = await Promise.all([
    Array.fromAsync(handle.followLogs(), text),
    Array.fromAsync(handle.followLogs(), text),
  ]);
  assertEquals(a.length, 50);
  assertEquals(a, b);
});

Deno.test("what a task leaves behind still writes to its log after its end", async () => {
  await using loop = openLoop();
  const handle = loop.submit(() => {
    setTimeout(() => console.log("late"), 1);
  });
  await handle;
  await until(() => handle.logs().length > 0);
  assertEquals(texts(handle), ["late"]);
});

/** Errors that a task leaves to nobody, and where they come from. */
const STRAYS: Readonly<Record<string, () => unknown>> = {
  "a rejection that nobody handles": () => {
    Promise.reject(new Error("stray"));
  },
  "a throw in a timer": () => {
    setTimeout(() => {
      throw new Error("stray");
    });
  },
  "a throw in an interval": () => {
    const id = setInterval(() => {
      clearInterval(id);
      throw new Error("stray");
    });
  },
  "a throw in an immediate": () => {
    setImmediate(() => {
      throw new Error("stray");
    });
  },
  "a throw in a microtask": () => {
    queueMicrotask(() => {
      throw new Error("stray");
    });
  },
  "a rejection of what is no Error": () => {
    Promise.reject(Object.assign(Object.create(null), { stray: 1 }));
  },
};

for (const [what, leave] of Object.entries(STRAYS)) {
  Deno.test(`a stray error ends nothing, and is in the log of its task: ${what}`, async () => {
    await using loop = openLoop();
    const handle = loop.submit(async (source: string) => {
      const globalEval = eval;
      globalEval(source)();
      await task.sleep(10);
      return "unharmed";
    }, [`(${leave})`]);
    const other = loop.submit(() => task.sleep(10));
    assertEquals(await handle, "unharmed");
    await other;
    await until(() => handle.logs().length > 0);
    const [entry] = handle.logs();
    assertEquals(entry!.level, "error");
    assertMatch(entry!.text, /^(uncaught|unhandled rejection): [^]*stray/);
    assertEquals(other.logs(), []);
  });
}

Deno.test("console inherit lets the output of tasks through", async () => {
  const source = `
    import { LoopController } from ${
    JSON.stringify(import.meta.resolve("../../mod.ts"))
  };
    await using loop = new LoopController({ console: "inherit" });
    const handle = loop.submit(() => console.log("from the task"));
    await handle;
    console.log(handle.logs().length);
  `;
  const { code, stdout, stderr } = await deno(["eval", source]);
  assertEquals([code, stderr], [0, ""]);
  assertEquals(
    new Set(stdout.trim().split("\n")),
    new Set(["from the task", "0"]),
  );
});

Deno.test("captured output reaches neither stdout nor stderr", async () => {
  const source = `
    import { LoopController } from ${
    JSON.stringify(import.meta.resolve("../../mod.ts"))
  };
    await using loop = new LoopController();
    const handle = loop.submit(async () => {
      console.log("one");
      console.error("two");
      await Deno.stdout.write(new TextEncoder().encode("three\\n"));
      Deno.stderr.writeSync(new TextEncoder().encode("four\\n"));
    });
    await handle;
    console.log(handle.logs().map(({ text }) => text).join());
  `;
  const { code, stdout, stderr } = await deno(["eval", source]);
  assertEquals([code, stderr, stdout], [0, "", "one,two,three,four\n"]);
});

Deno.test("a log belongs to a task, and is empty for one that writes nothing", async () => {
  await using loop = openLoop({ concurrency: 1 });
  using gate = new Gate();
  loop.submit(tasks.waitAt, [gate.key, 1]);
  const queued = loop.submit(tasks.echo, [1]);
  assertEquals([queued.logs(), queued.droppedLogs], [[], 0]);
  const logs = queued.logs();
  logs.push({ at: 0, level: "log", text: "mine" });
  assert(queued.logs().length === 0, "the caller's array is its own");
});
