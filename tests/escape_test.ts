import { assertEquals } from "@std/assert";
import { escapeJson, escapeLine, escapeText } from "../src/escape.ts";

const HOSTILE = "a\x1b[2J\x9b\u202e\ud800\r\x00b";

Deno.test("escapeLine shows every character that a terminal would act on", () => {
  assertEquals(
    escapeLine(`${HOSTILE}\t\n`),
    "a\\x1b[2J\\x9b\\u{202e}\\u{d800}\\r\\x00b\\t\\n",
  );
});

Deno.test("escapeText leaves tabs and ends of lines", () => {
  assertEquals(
    escapeText(`${HOSTILE}\t\n\r\n\r`),
    "a\\x1b[2J\\x9b\\u{202e}\\u{d800}\\r\\x00b\t\n\r\n\\r",
  );
});

Deno.test("escapeJson says the same, in characters that no terminal acts on", () => {
  const json = escapeJson(JSON.stringify(HOSTILE));
  assertEquals(JSON.parse(json), HOSTILE);
  assertEquals(escapeLine(json), json);
});
