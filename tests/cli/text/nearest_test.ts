import { assertEquals } from "@std/assert";
import { didYouMean, nearest } from "../../../src/cli/text/nearest.ts";

const NAMES = ["submit", "poll", "wait", "collect", "cancel"];

Deno.test("nearest finds a name with a letter swapped, missing or wrong", () => {
  for (const text of ["sumbit", "submt", "sobmit", "SUBMIT", "submits"]) {
    assertEquals(nearest(text, NAMES), "submit", text);
  }
});

Deno.test("nearest finds the name that the text begins", () => {
  assertEquals(nearest("coll", NAMES), "collect");
});

Deno.test("nearest says nothing about what is near to no name", () => {
  for (const text of ["", "x", "xyzzy", "pears"]) {
    assertEquals(nearest(text, NAMES), undefined, text);
  }
  assertEquals(didYouMean("xyzzy", NAMES), "");
});
