import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { IdTable } from "../src/id_table.ts";
import type { TaskId } from "../src/task.ts";

Deno.test("IdTable gives what a Map would, whatever is added and deleted", () => {
  const id = fc.oneof(
    fc.integer({ min: 1, max: 5000 }),
    fc.constantFrom<TaskId>("1.1", "2.1", "2.1.1"),
  );
  fc.assert(
    fc.property(
      fc.array(fc.record({ id, deletes: fc.boolean() }), { maxLength: 300 }),
      (steps) => {
        const table = new IdTable<string>();
        const model = new Map<TaskId, string>();
        for (const { id, deletes } of steps) {
          if (deletes) {
            table.delete(id);
            model.delete(id);
          } else if (!model.has(id)) {
            table.add(id, `task ${id}`);
            model.set(id, `task ${id}`);
          }
          assertEquals(table.get(id), model.get(id));
          assertEquals(table.size, model.size);
        }
        assertEquals(
          [...table.values()].sort(),
          [...model.values()].sort(),
        );
      },
    ),
  );
});

Deno.test("IdTable yields numbered ids in the order in which they came, children last", () => {
  const table = new IdTable<TaskId>();
  for (const id of [1, "1.1", 2, 1024, 1025, 3000] as const) table.add(id, id);
  table.delete(2);
  assertEquals([...table.values()], [1, 1024, 1025, 3000, "1.1"]);
});
