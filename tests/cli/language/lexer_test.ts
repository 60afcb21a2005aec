import fc from "fast-check";
import { assertEquals, assertThrows } from "@std/assert";
import { LineError } from "../../../src/cli/language/line.ts";
import { quoteWord, WordReader } from "../../../src/cli/language/lexer.ts";

function wordsOf(line: string): string[] {
  const reader = new WordReader(line);
  const words: string[] = [];
  for (;;) {
    const word = reader.next();
    if (word === undefined) return words;
    words.push(word.text);
  }
}

function placeOfError(line: string): number {
  return assertThrows(() => wordsOf(line), LineError).span.start;
}

Deno.test("WordReader splits at white space and takes quotes off as a shell", () => {
  assertEquals(wordsOf(`  a\t'b c'  "d e"f\\ g '' `), [
    "a",
    "b c",
    "d ef g",
    "",
  ]);
});

Deno.test("WordReader keeps in double quotes what a backslash does not escape", () => {
  assertEquals(wordsOf(String.raw`"a\"b\\c\n" '\n'`), [
    String.raw`a"b\c\n`,
    String.raw`\n`,
  ]);
});

Deno.test("WordReader reads JSON as one word, with its quotes and spaces", () => {
  assertEquals(wordsOf(`f {"a": [1, "} ]"], "b\\"": 2} [1, 2] x`), [
    "f",
    `{"a": [1, "} ]"], "b\\"": 2}`,
    "[1, 2]",
    "x",
  ]);
});

Deno.test("WordReader takes a ; at the end of a word as a separator", () => {
  assertEquals(wordsOf("a 1; b;c ; d"), ["a", "1", ";", "b;c", ";", "d"]);
});

Deno.test("WordReader takes < FILE out of the words, once", () => {
  const reader = new WordReader("map a <b.txt c");
  const words = [reader.next(), reader.next(), reader.next(), reader.next()];
  assertEquals(words.map((word) => word?.text), ["map", "a", "c", undefined]);
  assertEquals(reader.source?.text, "b.txt");
  assertEquals(placeOfError("map < a < b"), 8);
  assertEquals(placeOfError("map a <"), 6);
});

Deno.test("WordReader says where a quote or a bracket is left open", () => {
  assertEquals(placeOfError(`a "b`), 2);
  assertEquals(placeOfError(`a b'c`), 3);
  assertEquals(placeOfError(`a {"b": [1}`), 2);
  assertEquals(placeOfError("a b\\"), 3);
});

Deno.test("WordReader tells the place of each word", () => {
  const reader = new WordReader(` ab 'c d' `);
  assertEquals(reader.next(), { text: "ab", quoted: false, start: 1, end: 3 });
  assertEquals(reader.next(), { text: "c d", quoted: true, start: 4, end: 9 });
  assertEquals(reader.next(), undefined);
});

Deno.test("quoteWord makes of any text a word that reads as that text", () => {
  fc.assert(fc.property(fc.string({ unit: "grapheme" }), (text) => {
    assertEquals(wordsOf(quoteWord(text)), [text]);
  }));
});
