import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { moduleTask } from "../../mod.ts";
import { Gate } from "../gate.ts";
import { openLoop } from "../helpers.ts";
import { tasks } from "../tasks.ts";

declare const task: import("../../src/task_api.ts").Task;

Deno.test("submit hands out ids that count from 1, at once", async () => {
  await using loop = openLoop();
  const ids = Array.from({ length: 5 }, () => loop.submit(() => 1).id);
  assertEquals(ids, [1, 2, 3, 4, 5]);
});

Deno.test("submit copies its arguments as they are now", async () => {
  await using loop = openLoop();
  const numbers = [1, 2];
  const object = { n: 1 };
  const flat = loop.submit((a: number, b: number) => [a, b], numbers as [1, 2]);
  const deep = loop.submit((o: { n: number }) => o.n, [object]);
  numbers[0] = 7;
  object.n = 7;
  assertEquals([await flat, await deep], [[1, 2], 1]);
});

Deno.test("submit copies the arguments of a queued task as they are now", async () => {
  await using loop = openLoop({ concurrency: 1 });
  using gate = new Gate();
  loop.submit(tasks.waitAt, [gate.key, 0]);
  const numbers = [1, 2];
  const object = { n: 1 };
  const flat = loop.submit((a: number, b: number) => [a, b], numbers as [1, 2]);
  const deep = loop.submit((o: { n: number }) => o.n, [object]);
  numbers[0] = 7;
  object.n = 7;
  gate.open();
  assertEquals([await flat, await deep], [[1, 2], 1]);
});

for (const concurrency of [1, Infinity]) {
  const when = concurrency === 1 ? "that must wait" : "that starts at once";

  Deno.test(`submit of a task ${when} moves what is transferred`, async () => {
    await using loop = openLoop({ concurrency });
    using gate = new Gate();
    loop.submit(tasks.waitAt, [gate.key, 0]);
    const buffer = new ArrayBuffer(8);
    const handle = loop.submit(
      (moved: ArrayBuffer) => moved.byteLength,
      [buffer],
      { transfer: [buffer] },
    );
    assertEquals([buffer.byteLength, buffer.detached], [0, true]);
    gate.open();
    assertEquals(await handle, 8);
  });

  Deno.test(`submit of a task ${when} throws at once for an argument that can't be cloned`, async () => {
    await using loop = openLoop({ concurrency });
    using gate = new Gate();
    loop.submit(tasks.waitAt, [gate.key, 0]);
    const bad = { deep: [() => {}] };
    assertThrows(
      () => loop.submit((n: number, o: typeof bad) => [n, o], [1, bad]),
      DOMException,
      "argument 2.deep[0] (a function)",
    );
    const signal = new AbortController().signal;
    assertThrows(
      () => loop.submit((s: AbortSignal) => s.aborted, [signal]),
      TypeError,
      "give it as the `signal` option",
    );
    assertEquals(loop.list().length, 1);
    const next = loop.submit(tasks.echo, [1]);
    assertEquals(next.id, 2, "no id was used up");
    gate.open();
    assertEquals(await next, 1);
  });
}

Deno.test("submit refuses arguments that are no array", async () => {
  await using loop = openLoop();
  assertThrows(
    () => loop.submit(() => 1, { 0: 1 } as never),
    TypeError,
    "must be an array",
  );
});

Deno.test("submit refuses a name that is no string", async () => {
  await using loop = openLoop();
  for (const name of [3, () => {}, Symbol("s")]) {
    const options = { name: name as unknown as string };
    assertThrows(() => loop.submit(() => 1, [], options), TypeError, "as name");
  }
});

Deno.test("submit overlooks options that it does not know, inside retry as well", async () => {
  await using loop = openLoop();
  const retry = { attempts: 2, isRetriable: () => true };
  const options = { retry, onEnd: () => {} };
  const handle = loop.submit(tasks.echo, [1], options);
  const other = loop.submit(tasks.echo, [2]);
  assertEquals([await handle, await other], [1, 2]);
});

Deno.test("a task is named by its option, its function, its export, or not at all", async () => {
  await using loop = openLoop();
  const named = loop.submit(function crawl() {
    return task.name;
  });
  const given = loop.submit(() => task.name, [], { name: "nightly" });
  const exported = loop.submit(moduleTask("node:path", "basename"), ["a/b"]);
  const bare = loop.submit((() => () => 1)());
  await loop.wait();
  assertEquals(
    [named, given, exported, bare].map(({ name }) => name),
    ["crawl", "nightly", "basename", "(inline)"],
  );
  assertEquals([named.result(), given.result()], ["crawl", "nightly"]);
  assertEquals(given.snapshot().name, "nightly");
});

Deno.test("an inline task sees its arguments, the globals and task, and is told when it reaches for more", async () => {
  await using loop = openLoop();
  const outside = 3;
  const sees = loop.submit((n: number) => [n, typeof fetch, task.id], [1]);
  assertEquals(await sees, [1, "function", 1]);
  const outcome = await loop.submit(() => outside).outcome();
  assert(outcome.state === "failed");
  assertEquals(outcome.error.name, "ReferenceError");
  assertStringIncludes(outcome.error.message, "outside is not defined");
  assertStringIncludes(
    outcome.error.message,
    "sees only its arguments, the loop's globals and `task`",
  );
  const { name, message, stack } = outcome.error;
  assertStringIncludes(stack!, `${name}: ${message}\n    at `);
});

Deno.test("an inline task is strict code, and its failure shows where it was submitted", async () => {
  await using loop = openLoop();
  const outcome = await loop.submit(function failing() {
    (Object.freeze([1]) as number[])[0] = 2;
  }).outcome();
  assert(outcome.state === "failed");
  const { stack } = outcome.error;
  assertMatch(stack!, /^TypeError: /);
  assertMatch(stack!, /at failing \(inline-task/);
  assertMatch(stack!, /submitted as task 1\n.*submit_test\.ts/);
  assertEquals(/src\/(loop|controller)\//.test(stack!), false, stack!);
});

Deno.test("a module that does not load, or has no such function, fails its task and names both", async () => {
  await using loop = openLoop();
  const failure = async (url: string, name: string): Promise<string> => {
    const outcome = await loop.submit(moduleTask(url, name)).outcome();
    assert(outcome.state === "failed");
    return outcome.error.message;
  };
  assertStringIncludes(await failure("file:///no/a.ts", "f"), "/no/a.ts");
  const misspelt = await failure("node:path", "basenam");
  assertStringIncludes(misspelt, 'exports no function "basenam"');
  assertStringIncludes(misspelt, "basename");
  const throwing = "data:text/javascript,throw new Error('of the module')";
  assertStringIncludes(await failure(throwing, "f"), "of the module");
  const constant = "data:text/javascript,export const f = 1";
  assertStringIncludes(await failure(constant, "f"), "nor any other");
});

Deno.test("exportsOf describes what a module exports, or rejects with what it throws", async () => {
  await using loop = openLoop();
  const url = new URL(
    "data:text/javascript,export function f() {}; export const c = 1",
  );
  assertEquals((await loop.exportsOf(url)).exports, [
    { name: "c", kind: "value" },
    { name: "f", kind: "function", parameters: "" },
  ]);
  const thrown = await loop.exportsOf("file:///no/a.ts")
    .then(() => "nothing", (error: Error) => error.message);
  assertStringIncludes(thrown, "/no/a.ts");
});

Deno.test("a task that is a module's export keeps the module's state", async () => {
  await using loop = openLoop();
  const url = "data:text/javascript,let n = 0; export const next = () => ++n";
  const next = moduleTask(url, "next");
  assertEquals(await loop.submit(next), 1);
  assertEquals(await loop.submit(next), 2);
});

Deno.test("a task may return a promise, a thenable, or a value", async () => {
  await using loop = openLoop();
  assertEquals(await loop.submit(() => Promise.resolve(1)), 1);
  const thenable = () => ({
    then: (resolve: (value: number) => void) => resolve(2),
  });
  assertEquals(await loop.submit(thenable) as unknown, 2);
  assertEquals(await loop.submit(() => {}), undefined);
  assertEquals(await loop.submit(() => null), null);
});

const RICH: Readonly<Record<string, () => unknown>> = {
  "a Map and a Set": () => new Map([[1, new Set([2])]]),
  "a Date and a RegExp": () => [new Date(0), /a/gi],
  "a bigint": () => 10n ** 30n,
  "a typed array": () => new Float64Array([1.5, 2.5]),
  "an object that holds itself": () => {
    const circle: { self?: unknown } = {};
    circle.self = circle;
    return circle;
  },
  "a hole in an array": () => [1, , 3],
};

for (const [what, make] of Object.entries(RICH)) {
  Deno.test(`a result crosses as it is: ${what}`, async () => {
    await using loop = openLoop();
    assertEquals(await loop.submit(make), make());
  });
}

Deno.test("a result of 50 MB crosses", async () => {
  await using loop = openLoop();
  const bytes = await loop.submit((n: number) => new Uint8Array(n).fill(7), [
    50_000_000,
  ]);
  assertEquals([bytes.length, bytes[0], bytes.at(-1)], [50_000_000, 7, 7]);
});

const UNSENDABLE: Readonly<Record<string, [() => unknown, string]>> = {
  "a function": [() => () => 1, "result (a function)"],
  "a stream deep in it": [
    () => ({ answers: [{ body: new Response("x").body }] }),
    "result.answers[0].body (a ReadableStream)",
  ],
  "a getter that throws": [
    () => ({
      get x() {
        throw new Error("hostile");
      },
    }),
    "result.x (whose getter throws)",
  ],
};

for (const [what, [make, where]] of Object.entries(UNSENDABLE)) {
  Deno.test(`a result that can't be sent fails its task, saying where it is: ${what}`, async () => {
    await using loop = openLoop();
    // The second time the function is at hand already, and called at once.
    for (const id of [1, 2]) {
      const handle = loop.submit(make);
      const other = loop.submit(tasks.echo, [1]);
      const outcome = await handle.outcome();
      assert(outcome.state === "failed");
      assertEquals(outcome.error.name, "TypeError");
      assertStringIncludes(outcome.error.message, where);
      assertStringIncludes(outcome.error.message, `Task ${2 * id - 1} `);
      assertEquals(await other, 1);
    }
  });
}

Deno.test("a task can't read the prompt's stdin", async () => {
  await using loop = openLoop();
  const outcome = await loop.submit(() => Deno.stdin.read(new Uint8Array(1)))
    .outcome();
  assert(outcome.state === "failed");
  assertStringIncludes(outcome.error.message, "the prompt reads it");
});
