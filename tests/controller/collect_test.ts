import { assert, assertEquals, assertMatch } from "@std/assert";
import type { LoopController, LoopOptions, TaskHandle } from "../../mod.ts";
import { Gate } from "../gate.ts";
import { openLoop } from "../helpers.ts";
import { tasks } from "../tasks.ts";

function ids(handles: Iterable<TaskHandle>): unknown[] {
  return [...handles].map(({ id }) => id);
}

/** A loop, and what it reported. */
function reporting(options?: LoopOptions): [LoopController, string[]] {
  const notices: string[] = [];
  const onWarning = (notice: string) => {
    notices.push(notice);
  };
  return [openLoop({ ...options, onWarning }), notices];
}

Deno.test("collect hands out each outcome once, and forgets the task", async () => {
  await using loop = openLoop();
  using gate = new Gate();
  const handles = [
    loop.submit(tasks.echo, [1]),
    loop.submit(tasks.fail, ["boom"]),
    loop.submit(tasks.waitAt, [gate.key, 3]),
  ];
  await loop.wait(handles.slice(0, 2));
  assertEquals(ids(loop.collect()), [1, 2]);
  assertEquals(ids(loop.collect()), []);
  assertEquals(ids(loop.list()), [3]);
  assertEquals([loop.get(1), loop.get(2)], [undefined, undefined]);
  gate.open();
  await loop.wait();
  assertEquals(ids(loop.collect()), [3]);
  assertEquals(loop.list(), []);
});

Deno.test("collect leaves the outcome in the handle", async () => {
  await using loop = openLoop();
  const handle = loop.submit(tasks.echo, [1]);
  await loop.wait();
  const [collected] = loop.collect();
  assert(collected === handle);
  assertEquals([handle.result(), await handle, handle.state], [
    1,
    1,
    "succeeded",
  ]);
});

Deno.test("collect of some takes those that have ended, each once, and leaves the others", async () => {
  await using loop = openLoop();
  using gate = new Gate();
  const a = loop.submit(tasks.echo, [1]);
  const b = loop.submit(tasks.echo, [2]);
  const c = loop.submit(tasks.waitAt, [gate.key, 3]);
  await loop.wait([a, b]);
  assertEquals(ids(loop.collect([c, b, b])), [2]);
  assertEquals(ids(loop.collect([b])), []);
  assertEquals(ids(loop.collect()), [1]);
});

Deno.test("collect hands out in the order of submission, read or not", async () => {
  await using loop = openLoop();
  const handles = [1, 2, 3, 4, 5, 6].map((n) =>
    n % 3 === 0
      ? loop.submit(tasks.fail, ["boom"])
      : loop.submit(tasks.echo, [n])
  );
  await loop.wait();
  for (const n of [4, 2, 1]) handles[n]!.peek()?.state;
  await handles[4]!.outcome();
  await handles[1]!.outcome();
  assertEquals(ids(loop.collect()), [1, 2, 3, 4, 5, 6]);
});

Deno.test("what was awaited, or read, can still be collected once", async () => {
  await using loop = openLoop();
  const handle = loop.submit(tasks.echo, [1]);
  await handle;
  handle.result();
  assertEquals(ids(loop.collect()), [1]);
  assertEquals(ids(loop.collect()), []);
});

Deno.test("history drops the oldest that was read first, an unread failure last", async () => {
  const [loop, notices] = reporting({ history: 4 });
  await using _ = loop;
  const end = async (fails: boolean, read: boolean): Promise<void> => {
    const handle = fails
      ? loop.submit(tasks.fail, ["boom"])
      : loop.submit(tasks.echo, [1]);
    await loop.wait([handle]);
    if (read) await handle.outcome();
  };
  await end(true, false); // 1: unread failure
  await end(false, false); // 2: unread
  await end(false, true); // 3: read
  await end(true, true); // 4: read failure
  assertEquals(ids(loop.list()), [1, 2, 3, 4]);
  await end(false, false); // 5
  assertEquals(ids(loop.list()), [1, 2, 4, 5]);
  await end(false, false); // 6
  assertEquals(ids(loop.list()), [1, 2, 5, 6]);
  assertEquals([notices, loop.health().dropped], [[], 0]);
  await end(false, false); // 7
  assertEquals(ids(loop.list()), [1, 5, 6, 7]);
  assertEquals(loop.health().dropped, 1);
  await end(true, false); // 8
  await end(true, false); // 9
  await end(true, false); // 10
  assertEquals(ids(loop.list()), [1, 8, 9, 10]);
  await end(true, false); // 11
  assertEquals(ids(loop.list()), [8, 9, 10, 11]);
  assertEquals(loop.health().dropped, 5);
  await loop.close();
});

Deno.test("history says aloud, once, that it drops outcomes that nobody read", async () => {
  const [loop, notices] = reporting({ history: 2 });
  await using _ = loop;
  for (let n = 0; n < 5; n++) {
    await loop.wait([loop.submit(tasks.echo, [n])]);
  }
  assertEquals(notices.length, 1);
  assertMatch(notices[0]!, /history of 2 tasks is full.*task 1 /);
  assertEquals(loop.health().dropped, 3);
});

Deno.test("history drops nothing that is awaited before it is handed out", async () => {
  const [loop, notices] = reporting({ history: 1 });
  await using _ = loop;
  const handles = Array.from(
    { length: 50 },
    (_, n) => loop.submit(tasks.echo, [n]),
  );
  const values = await Promise.all(handles);
  assertEquals(values, Array.from({ length: 50 }, (_, n) => n));
  assertEquals([notices, loop.health().dropped], [[], 0]);
  assertEquals(loop.list().length, 1);
});

Deno.test("history bounds what has ended, never what waits or runs", async () => {
  const [loop] = reporting({ history: 1, concurrency: 2 });
  await using _ = loop;
  using gate = new Gate();
  const handles = Array.from(
    { length: 6 },
    (_, n) => loop.submit(tasks.waitAt, [gate.key, n]),
  );
  await gate.arrivals(2);
  assertEquals(loop.list().length, 6);
  gate.open();
  await loop.wait(handles);
  assertEquals(ids(loop.list()), [6]);
  assertEquals(handles.map((handle) => handle.result()), [0, 1, 2, 3, 4, 5]);
});

Deno.test("history of Infinity drops nothing", async () => {
  const [loop, notices] = reporting({ history: Infinity });
  await using _ = loop;
  const handles = Array.from(
    { length: 300 },
    (_, n) => loop.submit(tasks.echo, [n]),
  );
  await loop.wait(handles);
  assertEquals([loop.list().length, notices], [300, []]);
});

Deno.test("close reports failures that nobody read, by id, name and error", async () => {
  const [loop, notices] = reporting();
  await using _ = loop;
  loop.submit(tasks.fail, ["boom"], { name: "nightly" });
  await loop.close();
  assertEquals(notices.length, 1);
  assertMatch(notices[0]!, /Task 1.*nightly.*nobody read.*Error: boom/);
});

/** What counts as having read a failure. */
const READS: Readonly<
  Record<string, (handle: TaskHandle, loop: LoopController) => unknown>
> = {
  "awaited": (handle) => handle.then(undefined, () => {}),
  "asked for by result": (handle) => {
    try {
      handle.result();
    } catch {
      // That is how it is handed out.
    }
  },
  "asked for by outcome": (handle) => handle.outcome(),
  "collected": (_, loop) => loop.collect(),
};

for (const [how, read] of Object.entries(READS)) {
  Deno.test(`close does not report a failure that was ${how}`, async () => {
    const [loop, notices] = reporting();
    await using _ = loop;
    const handle = loop.submit(tasks.fail, ["boom"]);
    await loop.wait();
    await read(handle, loop);
    await loop.close();
    assertEquals(notices, []);
  });
}

Deno.test("close reports a failure that was looked at in passing only", async () => {
  const [loop, notices] = reporting();
  await using _ = loop;
  const handle = loop.submit(tasks.fail, ["boom"]);
  await loop.wait();
  loop.list();
  assertEquals([handle.state, handle.peek()?.state], ["failed", "failed"]);
  handle.snapshot();
  await loop.close();
  assertEquals(notices.length, 1);
});

Deno.test("close does not report what was cancelled, nor what succeeded unread", async () => {
  const [loop, notices] = reporting();
  await using _ = loop;
  using gate = new Gate();
  const handle = loop.submit(tasks.waitAt, [gate.key, 1]);
  loop.submit(tasks.waitAt, [gate.key, 1], { timeout: 1 });
  loop.submit(tasks.echo, [1]);
  await gate.arrivals();
  await handle.cancel();
  await loop.close();
  assertEquals(notices, []);
});

Deno.test("close reports ten of many failures, and how many more there are", async () => {
  const [loop, notices] = reporting();
  await using _ = loop;
  for (let n = 0; n < 25; n++) loop.submit(tasks.fail, [`boom ${n}`]);
  await loop.close();
  assertEquals(notices.length, 11);
  assertMatch(notices[10]!, /15 more/);
});

Deno.test("an onWarning that throws keeps no handle from settling", async () => {
  const loop = openLoop({
    history: 1,
    onWarning: () => {
      throw new Error("of the callback");
    },
  });
  await using _ = loop;
  const thrown: unknown[] = [];
  const onError = (event: ErrorEvent) => {
    event.preventDefault();
    thrown.push(event.error);
  };
  addEventListener("error", onError);
  const handles = Array.from(
    { length: 5 },
    (_, n) => loop.submit(tasks.echo, [n]),
  );
  await loop.wait(handles);
  assertEquals(handles.map((handle) => handle.result()), [0, 1, 2, 3, 4]);
  removeEventListener("error", onError);
});
