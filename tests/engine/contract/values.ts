import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import type { Suite } from "./suite.ts";

const circular: { self?: unknown; list: unknown[] } = { list: [] };
circular.self = circular;
circular.list.push(circular);

const VALUES: readonly unknown[] = [
  undefined,
  null,
  true,
  -0,
  NaN,
  -Infinity,
  2n ** 70n,
  "",
  "ünïcödé \u0000 𝄞",
  [1, , 3],
  { a: { b: [{ c: "deep" }] } },
  new Map<unknown, unknown>([["k", new Map([[1, new Date(5)]])], [{}, 2n]]),
  new Set([1, "1", null]),
  new Date(0),
  new Date(NaN),
  /a+/giu,
  new Uint8Array([1, 2, 3]),
  new Float64Array([0.5, -0, NaN]),
  new BigInt64Array([-1n, 2n ** 62n]),
  new DataView(new ArrayBuffer(3)),
  new ArrayBuffer(5),
  Object("boxed"),
  new TypeError("no", { cause: new RangeError("deeper") }),
  circular,
];

export const values: Suite = {
  name: "values",
  cases: {
    "a value comes back from a task as it was": async (loop) => {
      for (const value of VALUES) {
        assertEquals(await loop.submit((v: unknown) => v, [value]), value);
      }
    },

    "a task sees an argument as what it is": async (loop) => {
      const kind = (v: unknown) => Object.prototype.toString.call(v);
      for (const value of VALUES) {
        assertEquals(await loop.submit(kind, [value]), kind(value));
      }
    },

    "a typed array has no more memory behind it than it shows": async (
      loop,
    ) => {
      const make = (): unknown => ["x".repeat(1000), new Uint8Array([1, 2])];
      const [, bytes] = await loop.submit(make) as [string, Uint8Array];
      assertEquals([bytes.byteOffset, bytes.buffer.byteLength], [0, 2]);
    },

    "two views of one buffer still share it": async (loop) => {
      const buffer = new ArrayBuffer(8);
      const views = [new Uint8Array(buffer), new Uint8Array(buffer, 4, 2)];
      const [whole, part] = await loop.submit(
        (v: Uint8Array[]) => v,
        [views],
      ) as [Uint8Array, Uint8Array];
      part[0] = 7;
      assertEquals(whole[4], 7);
    },

    "an argument crosses as it is when it is submitted": async (loop) => {
      const list = [1];
      const args: [number[]] = [list];
      const handle = loop.submit((l: number[]) => l, args);
      list.push(2);
      args[0] = [9];
      assertEquals(await handle, [1]);
    },

    "a result of 50 MB comes whole": async (loop) => {
      const bytes = await loop.submit(
        (n: number) => new Uint8Array(n).fill(3),
        [50_000_000],
      );
      assertEquals(bytes.byteLength, 50_000_000);
      assertEquals([bytes[0], bytes.at(-1)], [3, 3]);
    },

    "an argument that can't be copied is refused at once, by its place": async (
      loop,
    ) => {
      const args = [1, { url: new URL("http://a/") }];
      const error = assertThrows(
        () => loop.submit((..._: unknown[]) => 1, args),
        DOMException,
        "argument 2.url (a URL)",
      );
      assertEquals(error.name, "DataCloneError");
      assertEquals(await loop.submit(() => 1), 1);
    },

    "a result that can't be copied fails its task, by its place": async (
      loop,
    ) => {
      const sibling = loop.submit(() => 2);
      await assertRejects(
        () => loop.submit(() => ({ list: [{ f: () => 1 }] })).then(),
        TypeError,
        "result.list[0].f (a function)",
      );
      assertEquals(await sibling, 2);
    },

    "what is transferred moves to the task": async (loop) => {
      const bytes = new Uint8Array([1, 2, 3]);
      const sum = loop.submit(
        (b: Uint8Array) => b.reduce((a, c) => a + c, 0),
        [bytes],
        { transfer: [bytes.buffer] },
      );
      assertEquals(bytes.byteLength, 0);
      assert(bytes.buffer.detached);
      assertEquals(await sum, 6);
    },
  },
};
