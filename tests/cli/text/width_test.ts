import { assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  displayWidth,
  fit,
  fitMiddle,
  padEnd,
  wrap,
} from "../../../src/cli/text/width.ts";

Deno.test("displayWidth counts wide characters twice and marks not at all", () => {
  const widths = {
    "": 0,
    "abc": 3,
    "é": 1,
    "e\u0301": 1,
    "漢字": 4,
    "ｆ": 2,
    "한": 2,
    "👍": 2,
    "👩‍👩‍👧": 2,
    "❤\ufe0f": 2,
    "→·…": 3,
  };
  for (const [text, width] of Object.entries(widths)) {
    assertEquals(displayWidth(text), width, text);
  }
});

Deno.test("fit cuts between characters, and keeps what fits", () => {
  assertEquals(fit("abcdef", 6), "abcdef");
  assertEquals(fit("abcdef", 4), "abc…");
  assertEquals(fit("漢字漢", 4), "漢…");
  assertEquals(fit("👩‍👩‍👧x👍", 3), "👩‍👩‍👧…");
  assertEquals(fit("abc", 0), "");
});

Deno.test("wrap breaks at spaces, and leaves a word that is too long", () => {
  assertEquals(wrap("ab cd ef", 5), ["ab cd", "ef"]);
  assertEquals(wrap("ab abcdefgh cd", 4), ["ab", "abcdefgh", "cd"]);
  assertEquals(wrap("漢 字 漢", 5), ["漢 字", "漢"]);
  assertEquals(wrap("a  b", 9), ["a  b"]);
  assertEquals(wrap("ab cd", Infinity), ["ab cd"]);
  assertEquals(wrap("", 5), [""]);
});

Deno.test("fit never takes more columns than there are", () => {
  const text = fc.string({ unit: "grapheme" });
  fc.assert(fc.property(text, fc.nat({ max: 20 }), (text, columns) => {
    const cut = fit(text, columns);
    assertEquals(displayWidth(cut) <= columns, true);
    assertEquals(displayWidth(padEnd(cut, columns)) >= columns, true);
  }));
});

Deno.test("fitMiddle keeps both ends of what is too long", () => {
  assertEquals(fitMiddle("abcdef", 6), "abcdef");
  assertEquals(fitMiddle("abcdef", 5), "ab…ef");
  assertEquals(fitMiddle("abcdef", 4), "ab…f");
  assertEquals(fitMiddle("漢字漢字", 6), "漢…字");
  assertEquals(fitMiddle("abcdef", 1), "…");
  assertEquals(fitMiddle("abcdef", 0), "");
});
