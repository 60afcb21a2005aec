/** What the controller makes of a loop that asks for tasks. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import { DetachedTasks } from "../../src/controller/loops/detached_tasks.ts";
import type { SubmitOptions } from "../../src/controller/scheduling/submission.ts";
import { type TaskLoop, TaskRecord } from "../../src/controller/task/record.ts";
import { TaskTable } from "../../src/controller/task/table.ts";
import { ProtocolViolation } from "../../src/protocol/check_message.ts";
import type { FromLoop } from "../../src/protocol/messages.ts";
import type { TaskId } from "../../src/task.ts";

type Request = Extract<FromLoop, { type: "detach" }>;

function taskLoop(): TaskLoop {
  const nothing = () => {};
  return {
    refresh: nothing,
    update: nothing,
    cancel: nothing,
    moveLimit: nothing,
    revoke: () => false,
    kill: () => Promise.resolve(),
  };
}

/** A scheduler's part in it, with task 1, 1.1 under it, and 1.1.1 under that. */
class Owner {
  readonly table = new TaskTable(10, () => {});
  readonly detached = new DetachedTasks(this);
  readonly loop = taskLoop();
  readonly submitted: TaskRecord[] = [];
  readonly options: SubmitOptions[] = [];

  constructor() {
    this.table.lastId = 1;
    this.add("1.1.1", this.add("1.1", this.add(1)));
  }

  add(id: TaskId, parent?: TaskRecord): TaskRecord {
    const record = new TaskRecord(id, undefined, "t", [], 0, parent);
    record.loop = this.loop;
    record.sent = 1;
    record.start(0);
    this.table.add(record);
    return record;
  }

  submit(_: unknown, args: readonly unknown[], options: SubmitOptions) {
    const id = 100 + this.submitted.length;
    const record = new TaskRecord(id, undefined, "t", args, 0, undefined);
    this.submitted.push(record);
    this.options.push(options);
    return record;
  }
}

function request(from: TaskId, more: object = {}): Request {
  const source = { kind: "inline", source: "() => 1", name: "f" } as const;
  const rest = { reference: source, args: [], options: {} };
  return { type: "detach", request: 1, from, ...rest, ...more };
}

/** What the loop is told: an id, or why not. */
function answer(owner: Owner, message: Request): unknown {
  const said = owner.detached.submit(owner.loop, message);
  assert(said.type === "detached");
  if (said.error === undefined) return said.id;
  assert(said.error.kind === "error");
  return said.error.error.message;
}

Deno.test("DetachedTasks takes it for a violation that a loop asks in the name of a task that it does not have", () => {
  const owner = new Owner();
  const other = taskLoop();
  for (const [n, id] of [1, "1.1" as const].entries()) {
    assertEquals(answer(owner, request(id)), 100 + n);
    const ask = () => owner.detached.submit(other, request(id));
    assertThrows(ask, ProtocolViolation, "none of its tasks");
  }
  assertThrows(() => answer(owner, request(7)), ProtocolViolation);
  assertEquals(owner.submitted.length, 2);
});

Deno.test("DetachedTasks refuses a task that has ended", () => {
  const owner = new Owner();
  owner.table.get("1.1")!.settle("succeeded", 1, 0);
  assertEquals(
    answer(owner, request("1.1")),
    "Cannot detach a task: task 1.1 is not running",
  );
  assertEquals(owner.submitted, []);
});

Deno.test("DetachedTasks takes priority and a process of its own from the task that was submitted, whatever is asked for", () => {
  const owner = new Owner();
  const root = owner.table.get(1)!;
  root.ensureDetails().priority = 4;
  root.ensureDetails().isolated = true;
  const options = { name: "n", priority: 9, isolate: false, transfer: [] };
  answer(owner, request("1.1.1", { options }));
  const { priority, isolate, transfer, name } = owner.options[0]!;
  assertEquals([priority, isolate, transfer, name], [4, true, undefined, "n"]);
});

Deno.test("DetachedTasks takes no more than it should of those that have not ended", () => {
  const owner = new Owner();
  const ask = () => answer(owner, request(1));
  for (let n = 0; n < 10_000; n++) assertEquals(ask(), 100 + n);
  assertEquals(
    ask(),
    "Cannot detach a task: 10000 that were detached have not ended",
  );
  const first = owner.submitted[0]!;
  first.settle("succeeded", 1, 0);
  first.announce();
  assertEquals(ask(), 10_100);
});
