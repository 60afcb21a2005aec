import { runInNewContext } from "node:vm";
import {
  assertEquals,
  assertLess,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import fc from "fast-check";
import { decodeThrown, encodeThrown } from "../../src/protocol/codec.ts";
import { deserialize } from "../../src/serial/reader.ts";
import { serialize } from "../../src/serial/writer.ts";
import { TAG } from "../../src/serial/tags.ts";
import { assertCopy, CASES, values } from "./cases.ts";

Deno.test("deserialize gives what structured clone makes of what serialize took", () => {
  fc.assert(
    fc.property(values, (value) => {
      assertEquals(deserialize(serialize(value)), structuredClone(value));
    }),
    { numRuns: 1000 },
  );
});

for (const [name, value] of Object.entries(CASES)) {
  Deno.test(`serialize and deserialize keep ${name}`, () => {
    assertCopy(deserialize(serialize(value)), value);
  });
}

Deno.test("deserialize keeps what is one object one object", () => {
  const one = [1];
  const [list, { again }] = deserialize(
    serialize([one, { again: one }]),
  ) as [unknown, { again: unknown }];
  assertStrictEquals(again, list);
});

Deno.test("deserialize gives an error that is its own cause", () => {
  const error = new Error("again");
  error.cause = error;
  const copy = deserialize(serialize(error)) as Error;
  assertStrictEquals(copy.cause, copy);
});

Deno.test("serialize takes an object of another realm for what it is", () => {
  const map = runInNewContext("new Map([[1, [new Date(5)]]])");
  assertEquals(deserialize(serialize(map)), new Map([[1, [new Date(5)]]]));
});

Deno.test("serialize refuses what is nested deeper than can be read again", () => {
  const nested = (depth: number): unknown => {
    let value: unknown = depth;
    for (let n = 0; n < depth; n++) value = n % 2 ? [value] : { value };
    return value;
  };
  assertEquals(deserialize(serialize(nested(1900))), nested(1900));
  assertThrows(() => serialize(nested(100_000)), DOMException, "too deeply");
  assertEquals(deserialize(serialize([1])), [1], "and goes on");
});

Deno.test("serialize takes a value whose getter serializes another", () => {
  const value = {
    before: [1],
    get inner() {
      return deserialize(serialize({ own: [2] }));
    },
    after: [3],
  };
  assertEquals(deserialize(serialize(value)), {
    before: [1],
    inner: { own: [2] },
    after: [3],
  });
});

Deno.test("serialize takes a Map and a Set that a getter in them changes", () => {
  const map = new Map<unknown, unknown>();
  map.set(1, {
    get grows() {
      map.set(map.size, 0);
      return true;
    },
  });
  const set = new Set<unknown>();
  set.add({
    get shrinks() {
      set.clear();
      return true;
    },
  });
  assertEquals(deserialize(serialize([map, set, 5])), [
    new Map([[1, { grows: true }]]),
    new Set([{ shrinks: true }]),
    5,
  ]);
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
  "a generator": (function* () {})(),
  "a module of WebAssembly": new WebAssembly.Module(
    new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]),
  ),
  "a formatter": new Intl.NumberFormat(),
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

Deno.test("deserialize sets no memory aside for the gaps of arrays", () => {
  // What serialize makes of an array of 30 million gaps, twenty times.
  const gaps = [TAG.sparseArray, 128, 135, 167, 14, 0];
  const bytes = [TAG.array, 20, ...Array.from({ length: 20 }, () => gaps)];
  const before = Deno.memoryUsage().heapTotal;
  const arrays = deserialize(new Uint8Array(bytes.flat())) as unknown[][];
  const taken = Deno.memoryUsage().heapTotal - before;
  assertEquals(arrays.map(({ length }) => length), Array(20).fill(30_000_000));
  assertLess(taken, 100_000_000);
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

Deno.test("serialize writes whole numbers in hexadecimal, which takes a tenth of the time", () => {
  const bytes = serialize(-(2n ** 4000n));
  assertLess(bytes.byteLength, 1010);
  assertEquals(deserialize(bytes), -(2n ** 4000n));
});
