import { assertEquals, assertThrows } from "@std/assert";
import { compile } from "../../../src/cli/language/compile.ts";
import { LineError } from "../../../src/cli/language/line.ts";

function compiled(text: string): ReturnType<typeof compile> {
  return compile({ text, quoted: false, start: 4, end: 4 + text.length });
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
};

for (const [source, value] of Object.entries(VALUES)) {
  Deno.test(`run ${source} comes to ${Deno.inspect(value)}`, async () => {
    const task = compiled(source);
    assertEquals([await task(), task.name], [value, source]);
  });
}

Deno.test("compile refuses what is no JavaScript, and says where it stands", () => {
  for (const source of ["1 +", "a b", "})((", "let x = 1; a b", "throw"]) {
    const error = assertThrows(() => compiled(source), LineError);
    assertEquals(error.message.startsWith("SyntaxError: "), true);
    assertEquals(error.span, { start: 4, end: 4 + source.length });
  }
});
