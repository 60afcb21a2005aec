import { assertEquals } from "@std/assert";
import { layOut, type Section } from "../../../src/cli/timeline/layout.ts";
import { NOON } from "../render/samples.ts";
import { many, ran } from "./samples.ts";

function slots({ tasks }: Section): unknown {
  return Object.fromEntries(tasks.map(({ task, slot }) => [task.id, slot]));
}

Deno.test("a slot goes to the next task when its task ends, and no two overlap in it", () => {
  const { sections: [section] } = layOut([
    ran(1, [0, 0, 10]),
    ran(2, [0, 0, 5]),
    ran(3, [0, 5, 20]),
    ran(4, [0, 10, 12]),
    ran(5, [0, 11, 12]),
  ], NOON);
  assertEquals(slots(section!), { 1: 0, 2: 1, 3: 1, 4: 0, 5: 2 });
  assertEquals(section!.slots, 3);
  const { sections: [large] } = layOut(many(1000, 10), NOON);
  assertEquals(large!.slots, 10);
  const ends = new Map<number, number>();
  for (const { task, slot } of large!.tasks) {
    assertEquals((ends.get(slot) ?? 0) <= task.startedAt!, true);
    ends.set(slot, task.endedAt!);
  }
});

Deno.test("each group has slots of its own, and what never ran has some after the others", () => {
  const { from, to, sections } = layOut([
    ran(1, [5, 5, 10], { group: "crawl" }),
    ran(2, [0, 1, 7]),
    ran(3, [6], { group: "crawl" }),
  ], NOON + 30);
  assertEquals([from, to], [NOON, NOON + 30]);
  assertEquals(sections.map(({ name }) => name), ["crawl", ""]);
  assertEquals(sections.map(slots), [{ 1: 0, 3: 1 }, { 2: 0 }]);
});

Deno.test("a task waits, runs, and stops from when it was asked to", () => {
  const { sections: [section] } = layOut([
    ran(1, [0, 10, 30], { state: "cancelled", stopAskedAt: NOON + 25 }),
  ], NOON);
  assertEquals(section!.tasks[0]!.parts, [
    { phase: "queued", from: NOON, to: NOON + 10 },
    { phase: "cancelled", from: NOON + 10, to: NOON + 25 },
    { phase: "cancelling", from: NOON + 25, to: NOON + 30 },
  ]);
  assertEquals(section!.waiting, [
    { at: NOON, count: 1 },
    { at: NOON + 10, count: 0 },
  ]);
});

Deno.test("tasks that begin and end in the same moment get a slot each", () => {
  const { sections: [section] } = layOut([
    ran(1, [0, 5, 5]),
    ran(2, [0, 5, 5]),
    ran(3, [0, 6, 7]),
  ], NOON);
  assertEquals(slots(section!), { 1: 0, 2: 0, 3: 0 });
});
