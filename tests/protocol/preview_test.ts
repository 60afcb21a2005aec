import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import fc from "fast-check";
import { shortArguments } from "../../src/protocol/preview.ts";

Deno.test("shortArguments keeps short primitive arguments as they are, uncopied", () => {
  const args = ["http://127.0.0.1:8000/", 1, -0, true, null, undefined, 5n];
  assertStrictEquals(shortArguments(args), args);
});

Deno.test("shortArguments marks where it cuts", () => {
  const [text, list, object, deep, bytes] = shortArguments([
    "x".repeat(1000) + "end",
    Array.from({ length: 1000 }, (_, n) => n),
    { a: 1, ["__proto__"]: 2 },
    { a: { b: { c: { d: 1 } } } },
    new Uint8Array(1e6),
  ]);
  assertEquals((text as string).length, 200);
  assert(/^x+…x+end$/.test(text as string));
  assertEquals((list as unknown[]).slice(17), [17, 18, "… 981 more"]);
  assertEquals(object, { a: 1, ["__proto__"]: 2 });
  assertEquals(deep, { a: { b: { c: "{…}" } } });
  assert(`${bytes}`.startsWith("Uint8Array(1000000) [ 0, 0"));
});

Deno.test("shortArguments survives what throws when it is read", () => {
  const hostile = {
    get url() {
      throw new Error("no");
    },
  };
  assertEquals(shortArguments([hostile]), ["…"]);
  assertEquals(shortArguments([() => 1, Symbol("s")]), [
    "[Function (anonymous)]",
    "Symbol(s)",
  ]);
});

Deno.test("short arguments are bounded plain data, and stay as they are", () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.anything({ withBigInt: true, withDate: true, withMap: true }),
      ),
      (args) => {
        const short = shortArguments(args);
        assertEquals(structuredClone(short), short);
        assertEquals(shortArguments(short), short);
        assert(Deno.inspect(short, { depth: 9 }).length < 30_000);
      },
    ),
  );
});
