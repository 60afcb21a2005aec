/** What is hard to copy, by name and at random. */
import { deepStrictEqual } from "node:assert";
import fc from "fast-check";
import { VIEWS } from "../../src/serial/tags.ts";

/** Values of every kind that structured clone copies, but for errors. */
export const values = fc.anything({
  withBigInt: true,
  withDate: true,
  withMap: true,
  withSet: true,
  withSparseArray: true,
  withTypedArray: true,
  withBoxedValues: true,
  maxDepth: 4,
});

const [first, second] = [new Uint8Array(8), [1]];
const circular: unknown[] = [];
circular.push({ circular }, circular);
class Point {
  constructor(readonly x: number) {}
}

/** Each by what is hard about it. */
export const CASES: Readonly<Record<string, unknown>> = {
  "an array with gaps": [1, , , 4],
  "an array with a gap of four thousand million": Object.assign([], {
    4_000_000_000: 1,
  }),
  "an array with properties besides its elements": /b(?<name>c)/.exec("abcd"),
  "a circle": circular,
  "one object in two places": [second, { second }],
  "two views of one buffer": [first.subarray(2, 4), new DataView(first.buffer)],
  "an instance of a class": new Point(3),
  "an object without a prototype": Object.assign(Object.create(null), { a: 1 }),
  "a property called __proto__": JSON.parse('{"__proto__": {"x": 1}, "b": 2}'),
  "text that is no valid Unicode": "a\ud800b".repeat(10_000),
  "text with a byte order mark": "\ufeffa longer text than is written by hand",
  "text beyond ASCII": "ünïcödé 𝄞",
  "numbers at the edges": [-0, NaN, 2 ** 31, -(2 ** 31), 2 ** 53, 1e308],
  "bigints": [0n, -1n, 2n ** 200n],
  "nothing at all": [undefined, { a: undefined }, null],
  "a Map and a Set with objects for keys": new Map([[[1], new Set([second])]]),
  "a date that is none": new Date(NaN),
  "a regular expression": /a\/b[/]/giu,
  "views of every kind": VIEWS.map((kind) =>
    new kind(new ArrayBuffer(8), 0, 1)
  ),
  "boxed values": [Object(1), Object("s"), Object(false), Object(1n)],
  "an error with a cause": new TypeError("no", { cause: [new URIError("x")] }),
  "an error without a stack": Object.defineProperty(new Error("x"), "stack", {
    value: undefined,
  }),
  "a DOMException": new DOMException("too much", "QuotaExceededError"),
  "a buffer that can grow": new ArrayBuffer(3, { maxByteLength: 8 }),
};

/** Fails if the copy is not what structured clone makes of the value. */
export function assertCopy(copy: unknown, value: unknown): void {
  const expected: unknown = structuredClone(value);
  // Node's comparison knows of prototypes, gaps and circles.
  deepStrictEqual(copy, expected);
  deepStrictEqual(unseen(copy), unseen(expected));
}

/** What that comparison does not look at. */
function unseen(value: unknown): unknown {
  if (value instanceof Error) return value.stack;
  if (value instanceof ArrayBuffer) return value.maxByteLength;
  if (!Array.isArray(value)) return undefined;
  const views: ArrayBufferView[] = Object.values(value)
    .filter(ArrayBuffer.isView);
  return new Set(views.map(({ buffer }) => buffer)).size;
}
