import { withoutStack } from "../../../src/errors.ts";
import { assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  toJsonError,
  toJsonValue,
} from "../../../src/cli/render/json_value.ts";

Deno.test("toJsonValue leaves as it is what JSON can say", () => {
  fc.assert(fc.property(fc.jsonValue(), (value) => {
    assertEquals(
      JSON.stringify(toJsonValue(value)),
      JSON.stringify(value),
    );
  }));
});

Deno.test("toJsonValue makes a line of JSON of anything that can be cloned", () => {
  fc.assert(
    fc.property(
      fc.anything({
        withBigInt: true,
        withBoxedValues: true,
        withDate: true,
        withMap: true,
        withSet: true,
        withNullPrototype: true,
        withSparseArray: true,
        withTypedArray: true,
      }),
      (value) => {
        const line = JSON.stringify(toJsonValue(structuredClone(value)));
        assertEquals(typeof line, "string");
        JSON.parse(line);
      },
    ),
  );
});

Deno.test("toJsonValue tags what JSON can't say", () => {
  assertEquals(
    toJsonValue([
      123n,
      NaN,
      -Infinity,
      undefined,
      { a: undefined, b: 1 },
      new Map<unknown, unknown>([["k", new Set([1])]]),
      /a/g,
      new Date(0),
      new Uint8Array([1, 2]).subarray(1),
      new Uint16Array([256]),
      new ArrayBuffer(1),
      { $type: 1 },
    ]),
    [
      { $type: "bigint", value: "123" },
      { $type: "number", value: "NaN" },
      { $type: "number", value: "-Infinity" },
      null,
      { b: 1 },
      {
        $type: "Map",
        entries: [["k", { $type: "Set", values: [1] }]],
      },
      { $type: "RegExp", value: "/a/g" },
      "1970-01-01T00:00:00.000Z",
      { $type: "Uint8Array", base64: "Ag==" },
      { $type: "Uint16Array", base64: "AAE=" },
      { $type: "ArrayBuffer", base64: "AA==" },
      { $type: "Object", entries: [["$type", 1]] },
    ],
  );
});

Deno.test("toJsonValue names the path where a value holds itself", () => {
  const value: { a: unknown[] } = { a: [] };
  value.a.push(value, value.a);
  assertEquals(toJsonValue(value), {
    a: [{ $type: "Cycle", path: "$" }, { $type: "Cycle", path: "$.a" }],
  });
});

Deno.test("toJsonValue repeats what is there twice, but not inside itself", () => {
  const shared = { n: 1 };
  assertEquals(toJsonValue([shared, shared]), [{ n: 1 }, { n: 1 }]);
});

Deno.test("toJsonValue ends a value that is too deep as text", () => {
  let value: unknown = 1;
  for (let depth = 0; depth < 100_000; depth++) value = [value];
  assertEquals(JSON.stringify(toJsonValue(value)).includes('"text"'), true);
});

Deno.test("toJsonError has name, message, stack, cause, members and fields", () => {
  const error = withoutStack(() =>
    new AggregateError([withoutStack(() => new TypeError("a")), "b"], "both", {
      cause: withoutStack(() => new RangeError("c")),
    })
  );
  assertEquals(toJsonError(Object.assign(error, { status: 503, at: 1n })), {
    name: "AggregateError",
    message: "both",
    stack: "AggregateError: both",
    cause: {
      $type: "Error",
      name: "RangeError",
      message: "c",
      stack: "RangeError: c",
    },
    errors: [
      {
        $type: "Error",
        name: "TypeError",
        message: "a",
        stack: "TypeError: a",
      },
      "b",
    ],
    fields: { status: 503, at: { $type: "bigint", value: "1" } },
  });
  const own = new Error("own");
  own.cause = own;
  assertEquals(toJsonError(own), {
    name: "Error",
    message: "own",
    stack: own.stack!,
    cause: { $type: "Cycle", path: "$" },
  });
});
