import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertRejects,
} from "@std/assert";
import { CancelledError, type TaskId, TimeoutError } from "../../../mod.ts";
import { until } from "../../until.ts";
import type { Suite } from "./suite.ts";

declare const task: typeof import("../../../src/task_api.ts").task;

const module = import.meta.resolve("../../task_functions.ts");

export const children: Suite = {
  name: "what tasks start, and stop",
  ownLoop: { concurrency: 1 },
  cases: {
    "a detached task outlives its parent, and waits for its turn": async (
      loop,
    ) => {
      const parent = loop.submit(
        async () => {
          const id = await task.detach(
            async (n: number) => {
              await task.sleep(1);
              return [task.id, task.name, n];
            },
            [41],
            { name: "later", timeout: 60_000 },
          );
          task.progress(1, 1, String(id));
          await task.sleep(Infinity);
        },
        [],
        { priority: 3 },
      );
      await until(() => parent.snapshot().progress !== undefined);
      const id = Number(parent.snapshot().progress?.note);
      const detached = loop.get(id)!;
      assertEquals(loop.list(), [parent, detached]);
      const { state, name, timeoutMs, priority } = detached.snapshot();
      assertEquals(
        [state, name, timeoutMs, priority],
        ["queued", "later", 60_000, 3],
      );
      assertEquals(detached.parent, undefined);
      assertEquals(await parent.cancel(), "cancelled");
      assertEquals(await detached, [id, "later", 41]);
      assertEquals(loop.collect(), [parent, detached]);
    },

    "a detached task can be an export of a module, and fails alone": async (
      loop,
    ) => {
      const detach = (module: string) =>
        task.detach({ module, export: "fail" }, ["boom"]);
      const id = await loop.submit(detach, [module]);
      const outcome = await loop.get(id)!.outcome();
      assert(outcome.state === "failed");
      assertEquals(outcome.error.message, "boom");
      assertEquals(loop.get(id)!.name, "fail");
    },

    "the arguments of a detached task are copied as they are then": async (
      loop,
    ) => {
      const id = await loop.submit(async () => {
        const list = [1];
        const detached = task.detach((l: number[]) => l, [list]);
        list.push(2);
        return await detached;
      });
      assertEquals(await loop.get(id), [1]);
    },

    "what can't be detached rejects with the reason, and harms no other task":
      async (
        loop,
      ) => {
        const refused = await loop.submit(async () => {
          const detach = task.detach as (...args: unknown[]) => Promise<TaskId>;
          const tries = [
            detach(() => 1, [() => 2]),
            detach(() => 1, [new AbortController().signal]),
            detach(() => 1, [], { timeout: -1 }),
            detach(() => 1, [], { name: 7 }),
            detach(() => 1, [], { deadline: "noon" }),
            detach(() => 1, [], { retry: { attempts: 0 } }),
            detach(Math.max),
            detach({ module: 5 }),
            detach(null),
          ];
          const settled = await Promise.allSettled(tries);
          return settled.map((one) =>
            one.status === "rejected" ? one.reason.name : "detached"
          );
        });
        assertEquals(
          refused,
          ["DataCloneError", "TypeError", "TypeError", "TypeError"]
            .concat(["TypeError", "RangeError", "TypeError"])
            .concat(["TypeError", "TypeError"]),
        );
        assertEquals(loop.list().length, 1);
        assertEquals(await loop.submit(() => "unharmed"), "unharmed");
      },

    "a controller that is closing refuses, and the task is told why": async (
      loop,
    ) => {
      const handle = loop.submit(async () => {
        await task.sleep(Infinity).catch(() => {});
        return await task.detach(() => 1).catch(({ stack }) => stack);
      });
      await until(() => handle.state === "running");
      await loop.close({ cancel: true });
      assertEquals(
        handle.result(),
        "InvalidStateError: Cannot submit a task: the loop is closing",
      );
    },

    "a task that is being stopped can leave its cleaning up to another": async (
      loop,
    ) => {
      const handle = loop.submit(async () => {
        await task.sleep(Infinity).catch(() => {});
        return await task.detach(() => "cleaned up");
      });
      await until(() => handle.state === "running");
      assertEquals(await handle.cancel(), "finished");
      assertEquals(await loop.get(handle.result()), "cleaned up");
    },

    "a task stops itself, and its children, as by its handle": async (loop) => {
      const handle = loop.submit(async () => {
        task.spawn(() => task.sleep(Infinity));
        task.cancel("nothing to do");
        task.cancel("again");
        await task.sleep(Infinity);
      });
      const outcome = await handle.outcome();
      assert(outcome.state === "cancelled" && outcome.confirmed);
      assertInstanceOf(outcome.reason, CancelledError);
      assertEquals(outcome.reason.message, "nothing to do");
      assertEquals((await loop.get("1.1")!.outcome()).state, "cancelled");
    },

    "a task that stops itself and goes on is abandoned after its grace": async (
      loop,
    ) => {
      const handle = loop.submit(
        async () => {
          task.cancel(new RangeError("too far"));
          await new Promise(() => {});
        },
        [],
        { grace: 1 },
      );
      const outcome = await handle.outcome();
      assert(outcome.state === "cancelled" && !outcome.confirmed);
      assertInstanceOf(outcome.reason, RangeError);
    },

    "a task moves the limits of its child, which its handle shows": async (
      loop,
    ) => {
      const handle = loop.submit(async () => {
        const child = task.spawn(() => task.sleep(Infinity), [], {
          timeout: 60_000,
        });
        child.setTimeout(null);
        child.setDeadline(8e12);
        task.progress(1);
        await task.sleep(Infinity).catch(() => {});
        child.setTimeout(0);
        return await child.then(() => "no", (error) => error);
      });
      await until(() => handle.snapshot().progress !== undefined);
      const { timeoutMs, deadlineAt } = loop.get("1.1")!.snapshot();
      assertEquals([timeoutMs, deadlineAt], [undefined, 8e12]);
      assertEquals(await handle.cancel(), "finished");
    },

    "a child runs into the limits that its parent has set": async (loop) => {
      const limits = await loop.submit(async () => {
        const kids = [0, 1].map(() => task.spawn(() => task.sleep(Infinity)));
        kids[0]!.setTimeout(0);
        kids[1]!.setDeadline(new Date(0));
        const settled = await Promise.allSettled(kids);
        return settled.map((one) =>
          one.status === "rejected" && one.reason instanceof TimeoutError &&
          one.reason.limit
        );
      });
      assertEquals(limits, ["timeout", "deadline"]);
      for (const id of ["1.1", "1.2"] as const) {
        const outcome = loop.get(id)!.peek();
        assert(outcome?.state === "cancelled");
        assertInstanceOf(outcome.reason, TimeoutError);
      }
    },

    "the first failure of gathered children cancels the rest": async (loop) => {
      const handle = loop.submit(async () => {
        await task.gather([
          [() => task.sleep(Infinity), [], { name: "slow" }],
          [async () => {
            await task.sleep(1);
            throw new RangeError("boom");
          }],
        ], { onFailure: "cancel-rest", timeout: 60_000 });
      });
      await assertRejects(() => handle.then(), RangeError, "boom");
      const slow = loop.get("1.1")!;
      assertEquals([slow.name, slow.snapshot().timeoutMs], ["slow", 60_000]);
      const outcome = slow.peek();
      assert(outcome?.state === "cancelled" && outcome.confirmed);
      assertEquals(outcome.reason.message, "task 1.2 of its group failed");
    },

    "an inline task knows the errors that it can be stopped with": async (
      loop,
    ) => {
      const handle = loop.submit(async () => {
        const child = task.spawn(() => task.sleep(Infinity), [], {
          timeout: 1,
        });
        const first = await child.then(null, (error) => error);
        const second = await task.sleep(Infinity).catch((error) => error);
        return [
          first instanceof TimeoutError,
          second instanceof CancelledError,
        ];
      });
      await until(() => loop.get("1.1")?.done === true);
      assertEquals(await handle.cancel(), "finished");
      assertEquals(handle.result(), [true, true]);
    },
  },
};
