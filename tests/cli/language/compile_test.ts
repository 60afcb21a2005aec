import { assertEquals, assertThrows } from "@std/assert";
import { compile, type Compiled } from "../../../src/cli/language/compile.ts";
import { LineError } from "../../../src/cli/language/line.ts";

function compiled(text: string): Compiled {
  return compile({ text, quoted: false, start: 4, end: 4 + text.length });
}

async function valueOf(text: string): Promise<unknown> {
  const enter = (0, eval)(compiled(text).source);
  return await enter({}, () => {}, (name: string) => ({ imported: name }))();
}

const VALUES: Readonly<Record<string, unknown>> = {
  "1 + 1": 2,
  "1 + 1 // a comment": 2,
  "{ a: await Promise.resolve(1) }": { a: 1 },
  "let x = 3; x * 2": 6,
  "let x = 3; x * 2;": 6,
  "const s = 'a; b'; s": "a; b",
  "const s = 'a; b'": undefined,
  "let n = 0; for (const m of [1, 2]) { n += m; }; n": 3,
  "for (let n = 0; n < 3; n++);": undefined,
  "for (let n = 0; n < 3; n++) { n; }": undefined,
  "if (true) { 1; 2 }": undefined,
  "if (true) 1; else 2": undefined,
  "const f = () => { 1; return 2 }; f()": 2,
  "const p = Promise.resolve(5); await p": 5,
  "if (true) return 1; 2": 1,
  ";": undefined,
  "{ a: 1 }.a // a comment": 1,
  "{ a: 1 }; 2": 2,
  "{ let a = 1; }": undefined,
  "`;`": ";",
  "(1, 2);": 2,
  "1;\n2 +\n3 // the last": 5,
  "import('./x.ts')": { imported: "./x.ts" },
  "typeof nowhere": "undefined",
  "const n: number = 1; interface N { a: string }; n as unknown": 1,
  "((a: string): string => a)('typed')": "typed",
};

for (const [source, value] of Object.entries(VALUES)) {
  Deno.test(`run ${source} comes to ${Deno.inspect(value)}`, async () => {
    assertEquals(await valueOf(source), value);
  });
}

Deno.test("compile finds what the text declares at its top level", () => {
  const text = `const {a, b: [c = 1, ...d]} = {}; let e; var f; function g() {
    var no; } class H {} for (var i in {}) { let no; var j; { function no() {} } }
    async () => { var no; }; await using non = null; class K { m() { var no; } }`;
  assertEquals(compiled(text).declared, [..."acdefgHijK"]);
});

const FAULTS: Readonly<Record<string, number>> = {
  "a b": 2,
  "})((": 0,
  "let x = 1; a b": 13,
  "let x = 1; let x = 2": 15,
  "1;\n  2 3": 7,
  "import a from './a.ts'": 0,
  "export const a = 1": 0,
  "x = import.meta.url": 4,
  "'abc": 0,
  "delete a": 0,
  "let a: number = 1; b c": 5,
};

const UNFINISHED: readonly string[] = [
  "1 +",
  "throw",
  "f(",
  "[1, 2",
  "{ a: 1, b: 2",
  "{ a: [",
  "if (true) {",
  "`a ${1}",
  "1 /* a",
  "class A { m() {}",
  "function f(a: number) {",
];

Deno.test("compile points at the place in the text that is no JavaScript", () => {
  for (const [text, at] of Object.entries(FAULTS)) {
    const error = assertThrows(
      () => compiled(text),
      LineError,
      "SyntaxError: ",
    );
    assertEquals([text, error.span.start - 4], [text, at]);
    assertEquals([text, error.unfinished], [text, false]);
  }
});

Deno.test("compile tells text that ends too early", () => {
  for (const text of UNFINISHED) {
    const error = assertThrows(
      () => compiled(text),
      LineError,
      "SyntaxError: ",
    );
    assertEquals([text, error.unfinished], [text, true]);
  }
});
