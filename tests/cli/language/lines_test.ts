import fc from "fast-check";
import { assertEquals } from "@std/assert";
import { type Line, readLines } from "../../../src/cli/language/line.ts";

async function read(...chunks: Uint8Array<ArrayBuffer>[]): Promise<Line[]> {
  return await Array.fromAsync(readLines(ReadableStream.from(chunks)));
}

function bytes(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}

Deno.test("readLines numbers lines, blank ones too, and needs no last newline", async () => {
  assertEquals(await read(bytes("\ufeffa\r\n\r\nb\n\nc")), [
    { text: "a", number: 1 },
    { text: "", number: 2 },
    { text: "b", number: 3 },
    { text: "", number: 4 },
    { text: "c", number: 5 },
  ]);
  assertEquals(await read(), []);
  assertEquals(await read(bytes("a\n")), [{ text: "a", number: 1 }]);
});

Deno.test("readLines reads the same lines however the bytes are cut", async () => {
  await fc.assert(fc.asyncProperty(
    fc.array(fc.constantFrom("a", "é", "👍", "\n", "\r\n", "")),
    fc.infiniteStream(fc.integer({ min: 1, max: 4 })),
    async (parts, sizes) => {
      const whole = bytes(parts.join(""));
      const chunks: Uint8Array<ArrayBuffer>[] = [];
      for (let at = 0; at < whole.length;) {
        const end = at + sizes.next().value;
        chunks.push(whole.slice(at, end));
        at = end;
      }
      assertEquals(await read(...chunks), await read(whole));
    },
  ));
});

Deno.test("readLines tells the place of bytes that are no UTF-8", async () => {
  const line = new Uint8Array([...bytes("é "), 0xff, ...bytes("x")]);
  assertEquals(await read(line), [{
    text: "é \ufffdx",
    number: 1,
    malformed: { start: 2, end: 3 },
  }]);
});

Deno.test("readLines reads the lines of a text in a Blob", async () => {
  assertEquals(await Array.fromAsync(readLines(new Blob(["a\nb"]).stream())), [
    { text: "a", number: 1 },
    { text: "b", number: 2 },
  ]);
});
