import { assertEquals } from "@std/assert";
import {
  chosenAt,
  itemAt,
  itemsOf,
  press,
  type Request,
  START,
  type WatchState,
} from "../../../src/cli/watch/state.ts";
import { Surveyor, type Watched } from "../../../src/cli/watch/survey.ts";
import { sample } from "./tasks.ts";

const TASKS = [
  sample({ id: 1 }),
  sample({ id: 2, group: "crawl" }),
  sample({ id: 3, group: "crawl" }),
  sample({ id: 4, state: "succeeded" }),
];

/** Presses the keys one after the other; what was asked, and what is chosen. */
function after(
  keys: readonly string[],
  tasks: readonly Watched[] = TASKS,
  from: WatchState = START,
): { state: WatchState; requests: Request[]; chosen: unknown } {
  const survey = new Surveyor().take(tasks, 0);
  let state = from;
  const requests: Request[] = [];
  for (const key of keys) {
    const items = itemsOf(survey, state.folded);
    const [next, request] = press(state, key, items, 5);
    state = next;
    if (request !== undefined) requests.push(request);
  }
  const items = itemsOf(survey, state.folded);
  const item = itemAt(items, chosenAt(state, items));
  const chosen = item?.kind === "task" ? item.task.id : item?.name;
  return { state, requests, chosen };
}

function asked(...keys: string[]): string[] {
  return after(keys).requests.map((request) => {
    const { kind } = request;
    if (!("item" in request)) return kind;
    const { item } = request;
    const what = item?.kind === "task" ? item.task.id : item?.name;
    return `${kind} ${what}`;
  });
}

Deno.test("arrows choose tasks, groups and ends, and stop at both ends", () => {
  assertEquals(after([]).chosen, 1);
  assertEquals(after(["up"]).chosen, 1);
  assertEquals(after(["down"]).chosen, "crawl");
  assertEquals(after(["down", "down"]).chosen, 2);
  assertEquals(after(["end"]).chosen, 4);
  assertEquals(after(["pagedown", "home"]).chosen, 1);
});

Deno.test("the chosen task stays chosen when it ends, and its place when it goes", () => {
  const { state } = after(["down", "down"]);
  const ended = [...TASKS];
  ended[1] = sample({ id: 9 });
  assertEquals(after([], ended, state).chosen, 3);
  const moved = [sample({ id: 8 }), ...TASKS];
  assertEquals(after([], moved, state).chosen, 2);
});

Deno.test("a key asks for the chosen task; kill, and cancel of a group, only twice", () => {
  assertEquals(asked("c", "+", "=", "-", "p"), [
    "cancel 1",
    "more 1",
    "more 1",
    "less 1",
    "pause 1",
  ]);
  assertEquals(asked("k"), []);
  assertEquals(asked("k", "k"), ["kill 1"]);
  assertEquals(asked("k", "down", "k"), []);
  assertEquals(asked("down", "c", "c"), ["cancel crawl"]);
  assertEquals(asked("q", "ctrl-c"), ["leave", "leave"]);
});

Deno.test("a group folds and unfolds, from any of its members", () => {
  const folded = after(["down", "down", "space"]);
  assertEquals(folded.chosen, "crawl");
  assertEquals(after(["down"], TASKS, folded.state).chosen, 4);
  const unfolded = after(["enter"], TASKS, folded.state);
  assertEquals(after(["down"], TASKS, unfolded.state).chosen, 2);
});

Deno.test("what is typed after / is a filter, and no command", () => {
  const typed = after(["/", "q", "c", "backspace", "space", "1"]);
  assertEquals([typed.state.typed, typed.requests], ["q 1", []]);
  const { state, requests } = after(["enter"], TASKS, typed.state);
  assertEquals([state.typed, requests], [
    undefined,
    [{ kind: "filter", text: "q 1" }],
  ]);
  assertEquals(asked("/", "1", "escape", "c"), ["cancel 1"]);
});

Deno.test("a page scrolls, follows its end, and closes", () => {
  const top = (...keys: string[]) => after(keys).state.page?.top;
  assertEquals(top("l"), Infinity);
  assertEquals(top("l", "up"), 4);
  assertEquals(top("l", "up", "down"), Infinity);
  assertEquals(top("enter"), 0);
  assertEquals(top("enter", "pageup"), 0);
  assertEquals(top("enter", "down"), 1);
  assertEquals(top("enter", "q"), undefined);
  assertEquals(asked("l", "c", "q", "c"), ["cancel 1"]);
});

Deno.test("keys do nothing where there is no task", () => {
  const { requests } = after(["c", "k", "k", "enter", "down", "space"], []);
  assertEquals(requests, []);
});
