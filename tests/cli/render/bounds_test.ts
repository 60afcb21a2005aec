/** Values and lines that are too large or too many to be shown whole. */
import { assertEquals, assertLess, assertStringIncludes } from "@std/assert";
import { compile } from "../../../src/cli/language/compile.ts";
import {
  toJsonError,
  toJsonValue,
} from "../../../src/cli/render/json_value.ts";
import { nearest } from "../../../src/cli/text/nearest.ts";
import {
  inspectValue,
  outcomeBounds,
  plainValue,
  previewValue,
  resultBounds,
} from "../../../src/cli/render/value_text.ts";

function sparse(): unknown[] {
  const list: unknown[] = [];
  list[4_000_000_000] = 1;
  return list;
}

/** Holds itself so often that nothing can be said of each time. */
function unfolding(part: (inner: unknown) => unknown): unknown {
  let value: unknown = "leaf";
  for (let depth = 0; depth < 60; depth++) value = part(value);
  return value;
}

/** Each would take all the memory, or hours, if it were told whole. */
const LARGE: Readonly<Record<string, () => unknown>> = {
  "lists of one list": () => unfolding((inner) => Array(300).fill(inner)),
  "maps of one map": () =>
    unfolding((inner) =>
      new Map(Array.from({ length: 300 }, (_, n) => [n, inner]))
    ),
  "objects of one object": () =>
    unfolding((inner) =>
      Object.fromEntries(Array.from({ length: 300 }, (_, n) => [n, inner]))
    ),
  "errors of one error": () =>
    unfolding((cause) => new AggregateError([cause, cause], "", { cause })),
  "a list that is all gaps": sparse,
  "a typed array": () => new Uint8Array(420_000_000),
  "a text": () => "\0".repeat(150_000_000),
  "a text in a list": () => Array(10_000).fill("\0".repeat(150_000_000)),
  "a whole number": () => 2n ** 40_000_000n,
  "whole numbers": () => Array(10_000).fill(2n ** 40_000_000n),
};

for (const [name, make] of Object.entries(LARGE)) {
  Deno.test(`${name} too large to be told whole: so much of it as anybody reads`, () => {
    const value = make();
    const json = JSON.stringify(toJsonValue(value));
    assertStringIncludes(json, `"text":`);
    assertLess(json.length, 100_000);
    assertLess(inspectValue(value, outcomeBounds(80)).length, 100_000);
    assertLess(plainValue(value, resultBounds(80)).length, 1_000_000);
    assertEquals(previewValue(value, 40).length <= 40, true);
  });
}

Deno.test("an error too large to be told whole keeps its name in JSON", () => {
  const error = new TypeError("x".repeat(100_000_000));
  assertEquals(toJsonError(error), {
    name: "TypeError",
    message: `${"x".repeat(500)}…`,
  });
});

Deno.test("texts that are too many are each cut short through a pipe", () => {
  const lines = plainValue(
    Array(500).fill("x".repeat(1_000_000)),
    resultBounds(Infinity),
  ).split("\n");
  assertEquals(lines.length, 502);
  assertStringIncludes(lines[1]!, `"... 999920 more characters,`);
});

Deno.test("nearest is near to no name for a word that is longer than any", () => {
  assertEquals(nearest("x".repeat(100_000_000), ["submit", "poll"]), undefined);
});

/** 100 KB of JavaScript, in which nearly each `;` parts no statements. */
const LONG: Readonly<Record<string, [source: string, value: unknown]>> = {
  "a text": [`const s = '${";".repeat(100_000)}'`, undefined],
  "a block": [`if (true) {${"0;".repeat(50_000)}}`, undefined],
  "a comment": [`1 + 1 /* ${"0;".repeat(50_000)} */`, 2],
  "a function": [
    `let n = 0; (() => { ${"n += 1;\n".repeat(3000)} return n })()`,
    3000,
  ],
};

for (const [name, [text, value]] of Object.entries(LONG)) {
  Deno.test(`compile finds what ${name} of many semicolons comes to`, async () => {
    const word = { text, quoted: false, start: 0, end: text.length };
    const enter = (0, eval)(compile(word).source);
    assertEquals(await enter({}, () => {})(), value);
  });
}
