import { assertEquals, assertThrows } from "@std/assert";
import {
  encodeReference,
  moduleTask,
  referenceName,
  taskModule,
} from "../../src/protocol/reference.ts";

/** Runs what a reference was encoded to, as a loop compiles it. */
function revive(task: (...args: never[]) => unknown): unknown {
  const encoded = encodeReference(task);
  if (encoded.kind !== "inline") throw new TypeError("not inline");
  const globalEval = eval;
  return globalEval(`"use strict"; (${encoded.source}\n)`)(20, 22);
}

const object = {
  method(a: number, b: number) {
    return a + b;
  },
  async asyncMethod(a: number, b: number) {
    return await (a + b);
  },
  "a quoted name"(a: number, b: number) {
    return a + b;
  },
  get(a: number, b: number) {
    return a + b;
  },
  function(a: number, b: number) {
    return a + b;
  },
};

const FUNCTIONS: Readonly<
  Record<string, (a: number, b: number) => number | Promise<number>>
> = {
  "an arrow function": (a, b) => a + b,
  "an arrow function with a block": (a, b) => {
    return a + b;
  },
  "an async arrow function": async (a, b) => await (a + b),
  "a function expression": function (a, b) {
    return a + b;
  },
  "a named function expression": function add(a, b) {
    return a + b;
  },
  "an async function": async function (a, b) {
    return await (a + b);
  },
  "a method": object.method,
  "an async method": object.asyncMethod,
  "a method with a quoted name": object["a quoted name"],
  "a method that is called get": object.get,
  "a method that is called function": object.function,
  "an arrow function whose last line is a comment": (a, b) => a + b, // the end
};

for (const [what, task] of Object.entries(FUNCTIONS)) {
  Deno.test(`encodeReference sends ${what} as source that runs`, async () => {
    assertEquals(await revive(task), 42);
  });
}

Deno.test("encodeReference sends an arrow function of one bare parameter", async () => {
  const globalEval = eval;
  for (const source of ["n => n", "async n => n", "$n => $n", "ñ => ñ"]) {
    assertEquals(await revive(globalEval(source)), 20);
  }
});

const REFUSED: readonly [unknown, string][] = [
  [Math.max, "native"],
  [((a: number) => a).bind(null, 1), "native or bound"],
  [class Task {}, "the class Task"],
  [undefined, "neither a function nor an export"],
  ["crawl", "neither a function nor an export"],
  [{ module: "a" }, "neither a function nor an export"],
];

for (const [task, why] of REFUSED) {
  Deno.test(`encodeReference refuses ${Deno.inspect(task)}`, () => {
    assertThrows(() => encodeReference(task as () => void), TypeError, why);
  });
}

Deno.test("taskModule refers to the exports of a module without loading it", () => {
  const module = taskModule<{ page(url: string): string }>("file:///no/a.ts");
  assertEquals({ ...module.page }, {
    module: "file:///no/a.ts",
    export: "page",
  });
  assertEquals(encodeReference(module.page), {
    kind: "module",
    module: "file:///no/a.ts",
    name: "page",
  });
});

Deno.test("taskModule and moduleTask refuse a relative path, and say how it is made absolute", () => {
  for (const refer of [taskModule, (url: string) => moduleTask(url, "page")]) {
    assertThrows(() => refer("./a.ts"), TypeError, "import.meta.resolve");
  }
});

Deno.test("moduleTask takes a URL, a specifier of npm, node or data", () => {
  const url = new URL("file:///a.ts");
  assertEquals(moduleTask(url, "f"), { module: "file:///a.ts", export: "f" });
  for (const module of ["npm:x@1", "node:path", "data:text/javascript,"]) {
    assertEquals(moduleTask(module, "f").module, module);
  }
});

Deno.test("referenceName is the function's, the export's, or (inline)", () => {
  assertEquals(referenceName(function crawl() {}), "crawl");
  assertEquals(referenceName(moduleTask("node:path", "basename")), "basename");
  assertEquals(referenceName((() => () => {})()), "(inline)");
});
