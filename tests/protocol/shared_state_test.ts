import { assertEquals } from "@std/assert";
import { SharedState } from "../../src/protocol/shared_state.ts";

/** Both ends of one shared state. */
function pair(): { controller: SharedState; loop: SharedState } {
  const controller = new SharedState();
  return { controller, loop: new SharedState(controller.buffer) };
}

Deno.test("SharedState.addPost is seen from the other end, and wakes who waits", async () => {
  const { controller, loop } = pair();
  assertEquals(controller.posts, 0);
  const woken = controller.waitForPost(0);
  loop.addPost();
  await woken;
  assertEquals(controller.posts, 1);
});

Deno.test("SharedState.waitForPost resolves at once when there was a post already", async () => {
  const { controller, loop } = pair();
  loop.addPost();
  await controller.waitForPost(0);
});

Deno.test("SharedState.waitForPostSync gives up in its time, and returns at once for a post", () => {
  const { controller, loop } = pair();
  controller.waitForPostSync(0, 1);
  assertEquals(controller.posts, 0);
  loop.addPost();
  controller.waitForPostSync(0, Infinity);
  assertEquals(controller.posts, 1);
});

Deno.test("SharedState.begin counts tasks in the order in which they were sent", () => {
  const { controller, loop } = pair();
  assertEquals([controller.hasBegun(1), controller.latest], [false, 0]);
  assertEquals(loop.begin(70), true);
  assertEquals([controller.hasBegun(1), controller.latest], [true, 70]);
  assertEquals(controller.hasBegun(2), false);
});

Deno.test("SharedState.revoke keeps a task from beginning, and no other", () => {
  const { controller, loop } = pair();
  assertEquals(controller.revoke(2), true);
  assertEquals([1, 2, 3].map((id) => loop.begin(id)), [true, false, true]);
});

Deno.test("SharedState.revoke says no when the task has begun", () => {
  const { controller, loop } = pair();
  loop.begin(1);
  assertEquals(controller.revoke(1), false);
  assertEquals(loop.begin(2), true);
});

Deno.test("SharedState.revoke says no to a task that is too far behind the front", () => {
  const { controller, loop } = pair();
  assertEquals(controller.revoke(65_536), false);
  assertEquals(controller.revoke(65_535), true);
  for (let n = 1; n < 65_535; n++) loop.begin(n);
  assertEquals(loop.begin(65_535), false);
  assertEquals(loop.begin(65_536), true);
});

Deno.test("SharedState goes on when its counts wrap around", () => {
  const { controller, loop } = pair();
  const BEGUN = 1;
  new Int32Array(controller.buffer)[BEGUN] = 2 ** 31 - 2;
  const before = 2 ** 31 - 2;
  assertEquals(controller.revoke(before + 3), true);
  assertEquals([1, 2, 3, 4].map((id) => loop.begin(id)), [
    true,
    true,
    false,
    true,
  ]);
  assertEquals(controller.hasBegun(before + 4), true);
  assertEquals(controller.hasBegun(before + 5), false);
});

Deno.test("no task is both begun and taken for revoked, whatever the race", async () => {
  const BEGUN = 1;
  const CLOSE = 1;
  const { controller } = pair();
  const begun = new Uint8Array(new SharedArrayBuffer(2_000_000));
  const worker = new Worker(import.meta.resolve("./shared_state_worker.ts"), {
    type: "module",
  });
  const done = new Promise((resolve) => worker.onmessage = resolve);
  worker.postMessage({ buffer: controller.buffer, begun });
  const cells = new Int32Array(controller.buffer);
  const revoked: number[] = [];
  for (let n = 1; n < begun.length; n++) {
    const front = Atomics.load(cells, BEGUN);
    // Where the two meet, and no further ahead.
    if (n > front + CLOSE) n--;
    else if (controller.revoke(n)) revoked.push(n);
    else n = Math.max(n, front);
  }
  await done;
  worker.terminate();
  assertEquals(revoked.length > 0, true);
  assertEquals(revoked.filter((n) => begun[n] === 1), []);
});
