import { assertEquals } from "@std/assert";
import { findObject, isPrimitive, whatCannotBeCloned } from "../src/clone.ts";

for (const value of [undefined, null, true, 1, 1n, "a", NaN]) {
  Deno.test(`isPrimitive is true of ${Deno.inspect(value)}`, () => {
    assertEquals(isPrimitive(value), true);
  });
}

for (const value of [{}, [], () => {}, Symbol("s"), new Date(0)]) {
  Deno.test(`isPrimitive is false of ${Deno.inspect(value)}`, () => {
    assertEquals(isPrimitive(value), false);
  });
}

const trap = () => {
  throw new Error("trapped");
};

const CASES: readonly [unknown, string][] = [
  [() => {}, "result (a function)"],
  [Symbol("s"), "result (a symbol)"],
  [{ body: new ReadableStream() }, "result.body (a ReadableStream)"],
  [{ a: [1, { b: () => {} }] }, "result.a[1].b (a function)"],
  [{ "not a name": () => {} }, 'result["not a name"] (a function)'],
  [new Response("x"), "result (a Response)"],
  [new Map([["k", () => {}]]), "result (a Map)"],
  [{
    get x() {
      return trap();
    },
  }, "result.x (whose getter throws)"],
  [new Proxy({}, { ownKeys: trap, getPrototypeOf: trap }), "result"],
];

for (const [value, expected] of CASES) {
  Deno.test(`whatCannotBeCloned names ${expected}`, () => {
    assertEquals(whatCannotBeCloned(value, "result"), expected);
  });
}

Deno.test("whatCannotBeCloned comes back from an object that holds itself", () => {
  const circle: Record<string, unknown> = { call: () => {} };
  circle.self = circle;
  const { call, ...rest } = circle;
  assertEquals(
    whatCannotBeCloned({ ...rest, call }, "result").startsWith("result."),
    true,
  );
});

Deno.test("findObject looks at what an array with gaps has, however long it is", () => {
  const date = new Date();
  const list: unknown[] = [];
  list[4_000_000_000] = date;
  const isDate = (object: object): boolean => object instanceof Date;
  assertEquals(findObject([list], isDate), date);
  assertEquals(findObject([[undefined, date]], isDate), date);
});
