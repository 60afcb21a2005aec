import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { decodeThrown, encodeThrown } from "../src/codec.ts";
import { deserialize, serialize } from "../src/serial.ts";

const values = fc.anything({
  withBigInt: true,
  withDate: true,
  withMap: true,
  withSet: true,
  withSparseArray: true,
  withTypedArray: true,
  withBoxedValues: true,
  maxDepth: 4,
});

Deno.test("deserialize gives what structured clone makes of what serialize took", () => {
  fc.assert(
    fc.property(values, (value) => {
      assertEquals(deserialize(serialize(value)), structuredClone(value));
    }),
    { numRuns: 1000 },
  );
});

Deno.test("serialize gives bytes in a buffer of their own, to be transferred", () => {
  const bytes = serialize({ list: [1, 2, 3] });
  assertEquals([bytes.byteOffset, bytes.buffer.byteLength], [
    0,
    bytes.byteLength,
  ]);
});

const REFUSED: Readonly<Record<string, unknown>> = {
  "a function": () => 1,
  "a symbol": Symbol("s"),
  "a WeakMap": new WeakMap(),
  "a Promise": Promise.resolve(),
  "a URL": new URL("http://a/"),
  "a Blob": new Blob(["x"]),
  "a Response": new Response("x"),
  "an AbortSignal": AbortSignal.abort(),
  "shared memory": new SharedArrayBuffer(4),
  "a view of shared memory": new Int32Array(new SharedArrayBuffer(4)),
};

for (const [name, value] of Object.entries(REFUSED)) {
  Deno.test(`serialize refuses ${name}, wherever it is`, () => {
    const places = [value, { a: [value] }, new Map([[1, { value }]]), [[
      value,
    ]]];
    for (const place of places) {
      const error = assertThrows(() => serialize(place), DOMException);
      assertEquals(error.name, "DataCloneError");
    }
  });
}

Deno.test("deserialize of garbage throws or gives something, and comes to an end", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      try {
        deserialize(bytes);
      } catch (error) {
        assertEquals(error instanceof Error, true);
      }
    }),
    { numRuns: 5000 },
  );
});

Deno.test("deserialize of bytes of which some were changed comes to an end", () => {
  const changes = fc.array(fc.tuple(fc.nat(), fc.nat(255)), {
    minLength: 1,
    maxLength: 4,
  });
  fc.assert(
    fc.property(values, changes, (value, list) => {
      const bytes = serialize(value);
      for (const [at, to] of list) bytes[at % bytes.byteLength] = to;
      try {
        deserialize(bytes);
      } catch (error) {
        assertEquals(error instanceof Error, true);
      }
    }),
    { numRuns: 5000 },
  );
});

Deno.test("what was thrown crosses to another process as to another thread", () => {
  const thrown = fc.oneof(
    values,
    fc.record({ message: fc.string(), field: values, cause: values }).map(
      ({ message, field, cause }) =>
        Object.assign(new TypeError(message, { cause }), { field }),
    ),
    fc.tuple(fc.string(), fc.array(values, { maxLength: 3 })).map(
      ([message, errors]) => new AggregateError(errors, message),
    ),
  );
  fc.assert(
    fc.property(thrown, (value) => {
      const encoded = encodeThrown(value);
      const crossed = decodeThrown(
        deserialize(serialize(encoded)) as typeof encoded,
      );
      const direct = decodeThrown(structuredClone(encoded));
      assertEquals(crossed, direct);
      assertEquals(crossed.stack, direct.stack);
    }),
    { numRuns: 500 },
  );
});
