import { assertEquals } from "@std/assert";
import { TaskRecord } from "../../src/controller/task/record.ts";

Deno.test("TaskRecord has begun no later than it ended, though its beginning was seen later", () => {
  const record = new TaskRecord(1, undefined, "task", [], 5, undefined);
  record.start(12);
  record.settle("succeeded", "value", 11);
  assertEquals([record.startedAt, record.endedAt], [11, 11]);
});
