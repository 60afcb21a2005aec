/** Tasks that are tried again. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import { TimeoutError } from "../../mod.ts";
import type { LoopTask } from "../../src/loop/loop_task.ts";
import { callWithRetries } from "../../src/loop/retries.ts";
import { openLoop } from "../helpers.ts";
import { PATIENCE_MS } from "../patience.ts";
import { until } from "../until.ts";

declare const task: import("../../src/task_api.ts").Task;

const FAST = { backoff: 1, jitter: 0 };
const SLOW = { backoff: 3_600_000, jitter: 0 };

function failsTill(attempt: number): number {
  console.log(task.attempt);
  if (task.attempt < attempt) throw new RangeError(`at ${task.attempt}`);
  return task.attempt;
}

Deno.test("retry runs a task again till it succeeds, and shows the attempt", async () => {
  await using loop = openLoop();
  const retry = { attempts: 5, ...FAST };
  const handle = loop.submit(failsTill, [3], { retry });
  assertEquals(await handle, 3);
  const { attempt, attempts, state } = handle.snapshot();
  assertEquals([attempt, attempts, state], [3, 5, "succeeded"]);
  assertEquals(handle.logs().map(({ text }) => text), ["1", "2", "3"]);
});

Deno.test("retry fails with what the last attempt threw", async () => {
  await using loop = openLoop();
  const retry = { attempts: 3, ...FAST };
  const handle = loop.submit(failsTill, [9], { retry });
  const outcome = await handle.outcome();
  assert(outcome.state === "failed");
  assert(outcome.error instanceof RangeError);
  assertEquals(outcome.error.message, "at 3");
  assertEquals(handle.snapshot().attempt, 3);
});

Deno.test("retry of one attempt is none", async () => {
  await using loop = openLoop();
  const retry = { attempts: 1, ...SLOW };
  const outcome = await loop.submit(failsTill, [2], { retry }).outcome();
  assert(outcome.state === "failed");
  assertEquals(outcome.error.message, "at 1");
});

Deno.test("retry without a pause goes on at once", async () => {
  await using loop = openLoop();
  const retry = { attempts: 20, backoff: 0 };
  assertEquals(await loop.submit(failsTill, [20], { retry }), 20);
});

function asksFor(retryAfter: unknown): number {
  if (task.attempt === 2) return 2;
  throw Object.assign(new Error(`at ${task.attempt}`), { retryAfter });
}

Deno.test("an error says with retryAfter how long the pause is, or that it is the last", async () => {
  await using loop = openLoop();
  const slow = { attempts: 2, ...SLOW };
  assertEquals(await loop.submit(asksFor, [0], { retry: slow }), 2);
  const last = loop.submit(asksFor, [Infinity], {
    retry: { attempts: 2, ...FAST },
  });
  const outcome = await last.outcome();
  assert(outcome.state === "failed");
  assertEquals([outcome.error.message, last.snapshot().attempt], ["at 1", 1]);
});

for (const wrong of [-1, NaN, "0", null]) {
  Deno.test(`a retryAfter of ${Deno.inspect(wrong)} says nothing`, async () => {
    await using loop = openLoop();
    const retry = { attempts: 2, ...FAST };
    assertEquals(await loop.submit(asksFor, [wrong], { retry }), 2);
  });
}

Deno.test("the pause that an error asks for is bounded, and never shorter", async () => {
  const pauses: number[] = [];
  const retried = {
    options: { retry: { attempts: 9, backoff: 1000 } },
    beginAttempt: () => {},
    attemptFailed: () => {},
    sleep: (ms: number) => Promise.resolve(void pauses.push(ms)),
  } as unknown as LoopTask;
  const asked = [5000, 1e9];
  const call = (): void => {
    const retryAfter = asked.shift();
    if (retryAfter === undefined) return;
    throw Object.assign(new Error(), { retryAfter });
  };
  await callWithRetries(retried, call, []);
  const [first, second] = pauses as [number, number];
  assert(first >= 5000 && first <= 6000, `${first}`);
  assert(second >= 3_600_000 && second <= 3_602_000, `${second}`);
});

Deno.test("retry tries a task that rejects, and one whose function is cached, alike", async () => {
  await using loop = openLoop();
  const rejects = async () => {
    await task.sleep(0);
    if (task.attempt === 1) throw undefined;
    return "second";
  };
  const retry = { attempts: 2, ...FAST };
  assertEquals(await loop.submit(rejects, [], { retry }), "second");
  assertEquals(await loop.submit(rejects, [], { retry }), "second");
});

Deno.test("a cancel in the pause before the next attempt is immediate", async () => {
  await using loop = openLoop();
  const retry = { attempts: 2, ...SLOW };
  const handle = loop.submit(failsTill, [2], { retry });
  await until(() => handle.logs().length === 1);
  const result = await handle.cancel("enough", { grace: PATIENCE_MS });
  assertEquals(result, "cancelled");
  assertEquals(handle.logs().length, 1, "no note that it threw");
});

Deno.test("a timeout counts the pauses, and cuts them short", async () => {
  await using loop = openLoop();
  const options = { retry: { attempts: 2, ...SLOW }, timeout: 20 };
  const outcome = await loop.submit(failsTill, [2], options).outcome();
  assert(outcome.state === "cancelled" && outcome.confirmed);
  assert(outcome.reason instanceof TimeoutError);
});

Deno.test("a task that was asked to stop is not tried again", async () => {
  await using loop = openLoop();
  const handle = loop.submit(
    async () => {
      console.log(task.attempt);
      await task.sleep(Infinity);
    },
    [],
    { retry: { attempts: 5, ...FAST } },
  );
  await until(() => handle.logs().length === 1);
  assertEquals(await handle.cancel(), "cancelled");
  // Whose pause is as long.
  await loop.submit(failsTill, [2], { retry: { attempts: 2, ...FAST } });
  assertEquals(handle.logs().map(({ text }) => text), ["1"]);
});

Deno.test("a child is tried again as well", async () => {
  await using loop = openLoop();
  const handle = loop.submit(async () =>
    await task.spawn(
      (n: number) => {
        if (task.attempt < n) throw new Error("not yet");
        return task.attempt;
      },
      [3],
      { retry: { attempts: 3, backoff: 1 } },
    )
  );
  assertEquals(await handle, 3);
  const { attempt, attempts } = loop.get("1.1")!.snapshot();
  assertEquals([attempt, attempts], [3, 3]);
});

const BAD: readonly [object, string][] = [
  [{ attempts: 0 }, "retry.attempts"],
  [{ attempts: 1.5 }, "retry.attempts"],
  [{ attempts: NaN }, "retry.attempts"],
  [{}, "retry.attempts"],
  [{ attempts: 2, backoff: -1 }, "retry.backoff"],
  [{ attempts: 2, backoff: NaN }, "retry.backoff"],
  [{ attempts: 2, backoff: Infinity }, "retry.backoff"],
  [{ attempts: 2, jitter: 2 }, "retry.jitter"],
  [{ attempts: 2, jitter: NaN }, "retry.jitter"],
];

for (const [retry, what] of BAD) {
  Deno.test(`submit refuses the retry ${Deno.inspect(retry)}`, async () => {
    await using loop = openLoop();
    const error = assertThrows(
      () => loop.submit(() => 1, [], { retry: retry as never }),
      Error,
      `as ${what}`,
    );
    assert(error instanceof RangeError || error instanceof TypeError);
    assertEquals(loop.list(), []);
  });
}

Deno.test("retry leaves a task that was cancelled with its child cancelled", async () => {
  await using loop = openLoop();
  const handle = loop.submit(
    async () => {
      const child = task.spawn(() => task.sleep(Infinity));
      child.cancel("not needed");
      await child;
    },
    [],
    { retry: { attempts: 3, ...FAST } },
  );
  assertEquals((await handle.outcome()).state, "cancelled");
  assertEquals(handle.snapshot().attempt, 1);
});

Deno.test("a snapshot says when a task is tried again, and what it threw last", async () => {
  await using loop = openLoop();
  const retry = { attempts: 4, ...SLOW };
  const handle = loop.submit(failsTill, [9], { retry });
  await until(() => handle.snapshot().retryInMs !== undefined);
  const { state, attempt, retryInMs = 0, lastError } = handle.snapshot();
  assertEquals([state, attempt, lastError], ["running", 1, "RangeError: at 1"]);
  assert(retryInMs > 0 && retryInMs <= SLOW.backoff);
  await handle.cancel();
  assertEquals(handle.snapshot().retryInMs, undefined);
});
