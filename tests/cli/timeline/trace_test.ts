import { assert, assertEquals } from "@std/assert";
import { layOut } from "../../../src/cli/timeline/layout.ts";
import { traceText } from "../../../src/cli/timeline/trace.ts";
import { NOON } from "../render/samples.ts";
import { many, ran } from "./samples.ts";

interface Event {
  readonly ph: string;
  readonly name: string;
  readonly id?: string;
  readonly pid: number;
  readonly tid?: number;
  readonly ts?: number;
}

function events(...tasks: Parameters<typeof layOut>): Event[] {
  return JSON.parse(traceText(layOut(...tasks))).traceEvents;
}

Deno.test("a trace has a task with its parts inside, as asynchronous events with ids", () => {
  const [group, ...own] = events([
    ran("3.1", [0, 10, 30], {
      group: "crawl",
      state: "cancelled",
      stopAskedAt: NOON + 25,
    }),
  ], NOON);
  assertEquals([group?.ph, group?.name], ["M", "process_name"]);
  assertEquals(own.map(({ ph, name, id, ts }) => [ph, name, id, ts]), [
    ["b", "#3.1 sleep", "3.1", 0],
    ["b", "queued", "3.1", 0],
    ["e", "queued", "3.1", 10_000],
    ["b", "cancelled", "3.1", 10_000],
    ["e", "cancelled", "3.1", 25_000],
    ["b", "cancelling", "3.1", 25_000],
    ["e", "cancelling", "3.1", 30_000],
    ["e", "#3.1 sleep", "3.1", 30_000],
  ]);
});

Deno.test("every begin in a trace has its end, no part is outside of its task", () => {
  const open = new Map<string, Event[]>();
  for (const event of events(many(1000, 50), NOON)) {
    if (event.ph === "M") continue;
    assert(event.id !== undefined && event.ts! >= 0, JSON.stringify(event));
    const stack = open.get(event.id) ?? [];
    open.set(event.id, stack);
    if (event.ph === "b") {
      assert(event.ts! >= (stack.at(-1)?.ts ?? 0));
      stack.push(event);
    } else {
      const begin = stack.pop();
      assertEquals([begin?.name, begin?.tid], [event.name, event.tid]);
      assert(event.ts! >= begin!.ts!);
    }
  }
  assertEquals(open.size, 1000);
  assertEquals([...open.values()].flat(), []);
});
