import { assertEquals } from "@std/assert";
import { Surveyor } from "../../../src/cli/watch/survey.ts";
import { sample } from "./tasks.ts";

Deno.test("a survey puts tasks that run before those that wait, and the latest end first", () => {
  const survey = new Surveyor().take([
    sample({ id: 1, state: "failed", endedAt: 2 }),
    sample({ id: 2, state: "queued" }),
    sample({ id: 3, state: "running" }),
    sample({ id: 4, state: "succeeded", endedAt: 3 }),
  ], 0);
  assertEquals(survey.active.map(({ id }) => id), [3, 2]);
  assertEquals(survey.ended.map(({ id }) => id), [4, 1]);
  assertEquals(survey.counts, {
    queued: 1,
    running: 1,
    succeeded: 1,
    failed: 1,
    cancelled: 0,
  });
});

Deno.test("a survey knows from those before it how fast tasks end, and when the last does", () => {
  const tasks = Array.from({ length: 10 }, (_, id) => sample({ id }));
  const surveyor = new Surveyor();
  assertEquals(surveyor.take(tasks, 0).perSecond, undefined);
  const end = (count: number) => {
    for (const task of tasks.slice(0, count)) {
      task.fields = { ...task.fields, state: "succeeded" };
    }
  };
  end(2);
  const { perSecond, remainingMs } = surveyor.take(tasks, 1000);
  assertEquals([perSecond, remainingMs], [2, 4000]);
  // What ended more than ten seconds ago says nothing about now.
  surveyor.take(tasks, 11_000);
  assertEquals(surveyor.take(tasks, 12_000).perSecond, undefined);
  end(10);
  assertEquals(surveyor.take(tasks, 13_000).remainingMs, undefined);
});

Deno.test("a survey begins anew when tasks that it has counted are gone", () => {
  const surveyor = new Surveyor();
  const ended = [1, 2, 3].map((id) => sample({ id, state: "succeeded" }));
  surveyor.take([], 0);
  surveyor.take(ended, 1000);
  const survey = surveyor.take(ended.slice(2), 2000);
  assertEquals(survey.ended.map(({ id }) => id), [3]);
  assertEquals(survey.perSecond, undefined);
});

Deno.test("a survey counts the members of a group that have ended", () => {
  const survey = new Surveyor().take([
    sample({ id: 1, group: "crawl", state: "succeeded" }),
    sample({ id: 2, group: "crawl", state: "queued" }),
    sample({ id: 3, group: "crawl" }),
  ], 0);
  const { size, active } = survey.groups.get("crawl")!;
  assertEquals([size, active.map(({ id }) => id)], [3, [3, 2]]);
});
