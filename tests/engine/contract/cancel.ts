import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import { CancelledError, type TaskHandle, TimeoutError } from "../../../mod.ts";
import { until } from "../../until.ts";
import type { Suite } from "./suite.ts";

declare const task: typeof import("../../../src/task_api.ts").task;

function running(handle: TaskHandle): Promise<void> {
  return until(() => handle.state === "running");
}

export const cancel: Suite = {
  name: "cancel and limits",
  cases: {
    "a sleeping task is cancelled, with the reason given": async (loop) => {
      const handle = loop.submit(() => task.sleep(Infinity));
      await running(handle);
      assertEquals(await handle.cancel("enough"), "cancelled");
      const outcome = await handle.outcome();
      assert(outcome.state === "cancelled" && outcome.confirmed);
      assertInstanceOf(outcome.reason, CancelledError);
      assertEquals(outcome.reason.message, "enough");
    },

    "a task that returns all the same has finished": async (loop) => {
      const handle = loop.submit(async () => {
        await task.sleep(Infinity).catch(() => {});
        return "kept";
      });
      await running(handle);
      assertEquals(await handle.cancel(), "finished");
      assertEquals(await handle, "kept");
    },

    "a task that goes on has ignored it, and is abandoned till it ends": async (
      loop,
    ) => {
      const handle = loop.submit(async () => {
        await task.sleep(Infinity).catch(() => {});
        await new Promise((resolve) => setTimeout(resolve, 50));
        return "dropped";
      });
      await running(handle);
      assertEquals(await handle.cancel("now", { grace: 0 }), "ignored");
      const outcome = await handle.outcome();
      assert(outcome.state === "cancelled" && !outcome.confirmed);
      await until(() => !handle.abandoned);
      assertEquals(handle.state, "cancelled");
    },

    "cleaning up comes before the answer": async (loop) => {
      const handle = loop.submit(async () => {
        try {
          await task.sleep(Infinity);
        } finally {
          await new Promise((resolve) => setTimeout(resolve, 20));
          console.log("cleaned up");
        }
      });
      await running(handle);
      assertEquals(await handle.cancel(), "cancelled");
      assertEquals(handle.logs().map(({ text }) => text), ["cleaned up"]);
    },

    "the end of an outside signal cancels, with its error": async (loop) => {
      const outside = new AbortController();
      const handle = loop.submit(() => task.sleep(Infinity), [], {
        signal: outside.signal,
      });
      outside.abort(new RangeError("from outside"));
      const outcome = await handle.outcome();
      assert(outcome.state === "cancelled");
      assertInstanceOf(outcome.reason, RangeError);
    },

    "a timeout, a deadline and a stall each end a task and are named": async (
      loop,
    ) => {
      const limits = [
        [{ timeout: 5 }, "timeout"],
        [{ deadline: Date.now() + 20 }, "deadline"],
        [{ stallTimeout: 5 }, "stall"],
      ] as const;
      for (const [options, limit] of limits) {
        const handle = loop.submit(() => task.sleep(Infinity), [], options);
        const outcome = await handle.outcome();
        assert(outcome.state === "cancelled");
        assertInstanceOf(outcome.reason, TimeoutError);
        assertEquals(outcome.reason.limit, limit);
      }
    },

    "a timeout is lifted and set while the task runs": async (loop) => {
      const handle = loop.submit(() => task.sleep(Infinity), [], {
        timeout: 60_000,
      });
      await running(handle);
      handle.setTimeout(null);
      assertEquals(handle.snapshot().timeoutMs, undefined);
      handle.setTimeout(0);
      const outcome = await handle.outcome();
      assert(outcome.state === "cancelled");
      assertInstanceOf(outcome.reason, TimeoutError);
    },

    "a fetch in a task ends with the task, its body too": async (loop) => {
      const asked = Promise.withResolvers<void>();
      const gone = Promise.withResolvers<void>();
      const endless = () =>
        new ReadableStream({
          start(controller) {
            controller.enqueue(new Uint8Array(1));
            asked.resolve();
          },
          cancel: () => gone.resolve(),
        });
      await using server = Deno.serve(
        { port: 0, onListen() {} },
        () => new Response(endless()),
      );
      const url = `http://127.0.0.1:${server.addr.port}/`;
      const handle = loop.submit(async (u: string) => {
        await (await fetch(u)).text();
      }, [url]);
      await asked.promise;
      assertEquals(await handle.cancel(), "cancelled");
      await gone.promise;
    },

    "children end with their parent, and show under it": async (loop) => {
      const parent = loop.submit(async () => {
        const child = task.spawn(() => task.sleep(Infinity), [], {
          name: "child",
        });
        const value = await task.spawn((n: number) => n + 1, [1]);
        console.log(`${value} ${child.state}`);
        await task.sleep(Infinity);
      });
      await until(() => parent.logs().length === 1);
      assertEquals(parent.logs()[0]!.text, "2 running");
      const child = loop.get(`${parent.id as number}.1`)!;
      assertEquals([child.name, child.parent], ["child", parent]);
      assertEquals(await parent.cancel(), "cancelled");
      assertEquals((await child.outcome()).state, "cancelled");
    },
  },
};
