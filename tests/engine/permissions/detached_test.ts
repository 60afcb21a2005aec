/** What a detached task may do: as much as the one that has detached it. */
import { assertEquals } from "@std/assert";
import { openLoop } from "../../helpers.ts";

declare const task: import("../../../src/task_api.ts").Task;

Deno.test("a task that an isolated task has detached may do no more than that", async () => {
  await using loop = openLoop({ permissions: {} });
  const detach = () =>
    task.detach(() => {
      try {
        return Deno.env.has("HOME") ? "free" : "without a home";
      } catch (error) {
        return (error as Error).name;
      }
    });
  const free = await loop.submit(detach);
  assertEquals(await loop.get(free), "free");
  const isolated = await loop.submit(detach, [], { isolate: true });
  assertEquals(await loop.get(isolated), "NotCapable");
});
