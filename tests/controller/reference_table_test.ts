import { assertEquals } from "@std/assert";
import { moduleTask } from "../../mod.ts";
import { ReferenceTable } from "../../src/controller/loops/reference_table.ts";
import type { ToLoop } from "../../src/protocol/messages.ts";
import { openLoop } from "../helpers.ts";

function constant(n: number): () => number {
  return (0, eval)(`() => ${n}`);
}

Deno.test("ReferenceTable tells of each reference once", () => {
  const told: ToLoop[] = [];
  const table = new ReferenceTable((message) => told.push(message));
  const references = [
    constant(1),
    constant(2),
    moduleTask("node:path", "join"),
    moduleTask("node:path", "dirname"),
  ];
  const numbers = references.map((one) => table.numberOf(one));
  assertEquals(numbers, [1, 2, 3, 4]);
  assertEquals(references.map((one) => table.numberOf(one)), numbers);
  assertEquals(table.numberOf(constant(1)), 1, "the same source");
  assertEquals(told.map(({ type }) => type), Array(4).fill("define"));
});

Deno.test("ReferenceTable keeps so many inline functions, and tells of those that it forgets", () => {
  const told: ToLoop[] = [];
  const table = new ReferenceTable((message) => told.push(message));
  for (let n = 1; n <= 5000; n++) assertEquals(table.numberOf(constant(n)), n);
  const forgotten = told.flatMap((one) => one.type === "forget" ? one.ref : []);
  assertEquals(forgotten.length, 4000);
  assertEquals(forgotten, forgotten.toSorted((a, b) => a - b));
  assertEquals(table.numberOf(constant(5000)), 5000);
  assertEquals(table.numberOf(constant(1)), 5001, "it is told anew");
});

Deno.test("tasks of functions without number run each its own", async () => {
  await using loop = openLoop();
  const handles = Array.from(
    { length: 3000 },
    (_, n) => loop.submit(constant(n % 1500)),
  );
  const values = await Promise.all(handles);
  assertEquals(values, values.map((_, n) => n % 1500));
});
