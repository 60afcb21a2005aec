import { assertEquals } from "@std/assert";
import { TimeoutError } from "../../../mod.ts";
import {
  type ListedTask,
  taskListReply,
} from "../../../src/cli/render/task_list.ts";
import { shownState, type TaskStatus } from "../../../src/cli/render/status.ts";
import type { Style } from "../../../src/cli/text/style.ts";
import type { TaskSnapshot } from "../../../src/task.ts";
import { json, NOON, PIPED, snapshot, text } from "./samples.ts";

const SCREEN: Style = { width: 80, height: 12, color: false, now: NOON };

function task(fields: Partial<TaskSnapshot>): ListedTask {
  const status = statusOf(fields);
  return { ...status, name: status.task.name, shown: shownState(status) };
}

function statusOf(fields: Partial<TaskSnapshot>): TaskStatus {
  const task = snapshot(fields);
  switch (task.state) {
    case "succeeded":
      return { task, outcome: { state: "succeeded", value: 1 } };
    case "failed":
      return { task, outcome: { state: "failed", error: new TypeError("no") } };
    case "cancelled": {
      const reason = new TimeoutError("too long", "timeout", 1);
      const outcome = { state: "cancelled", reason, confirmed: true } as const;
      return { task, outcome };
    }
    default:
      return { task };
  }
}

/** Pages of a site: 312 succeeded, 2 failed, 3 run, 80 wait. */
const PAGES = Array.from({ length: 397 }, (_, n) => {
  const id = n + 1;
  const page = { id, name: "page", task: "page", args: [`http://a/?${id}`] };
  if (n < 312) {
    return task({ ...page, state: "succeeded", elapsedMs: 100 + 7 * n });
  }
  if (n < 313) return task({ ...page, state: "failed" });
  if (n < 314) return task({ ...page, state: "cancelled" });
  if (n < 317) return task({ ...page, state: "running" });
  return task({ ...page, state: "queued", elapsedMs: 0 });
});

Deno.test("a list longer than the screen shows what runs and what failed, and folds the rest", () => {
  assertEquals(
    text(taskListReply(PAGES), SCREEN),
    `
#315  page http://a/?315  running    1.2s
#316  page http://a/?316  running    1.2s
#317  page http://a/?317  running    1.2s
#313  page http://a/?313  failed     1.2s  TypeError: no
#314  page http://a/?314  timed out  1.2s  too long
312 page succeeded, 100ms–2.3s
80 page queued
397 tasks: 312 succeeded, 1 failed, 1 timed out, 3 running, 80 queued
`.slice(1),
  );
});

Deno.test("a list never has more lines than the screen, whatever is in it", () => {
  const states = ["queued", "running", "succeeded", "failed"] as const;
  for (let tasks = 0; tasks < 100; tasks++) {
    const list = Array.from(
      { length: tasks },
      (_, n) => task({ id: n + 1, name: `t${n % 7}`, state: states[n % 4]! }),
    );
    for (const height of [10, 12, 24, 40]) {
      const lines = text(taskListReply(list), { ...SCREEN, height })
        .trimEnd().split("\n").length;
      assertEquals(
        lines <= height - 2,
        true,
        `${tasks} in ${height}: ${lines}`,
      );
    }
  }
});

Deno.test("a list is whole, and summed up, where there is no screen", () => {
  const lines = text(taskListReply(PAGES), PIPED).trimEnd().split("\n");
  assertEquals(lines.length, 398);
  assertEquals(json(taskListReply([])), [
    { type: "notice", message: "no tasks" },
  ]);
});

Deno.test("a list can be cut, and begin with the slowest or the newest", () => {
  const ids = (options: Parameters<typeof taskListReply>[1]): unknown =>
    (json(taskListReply(PAGES, options)) as { id: number }[])
      .map(({ id }) => id);
  assertEquals(ids({ order: "slowest", most: 2 }), [312, 311]);
  assertEquals(ids({ order: "newest", most: 2 }), [397, 396]);
  assertEquals(ids({ most: 4 }), [315, 316, 317, 313]);
  const last = text(taskListReply(PAGES, { most: 1 })).trimEnd().split("\n");
  assertEquals(last.length, 2);
});
